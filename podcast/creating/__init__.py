"""New shows, episodes and companions, and the example."""
