"""The head of show.md and episode.md: its schema, reading and changing it, and its faults."""
