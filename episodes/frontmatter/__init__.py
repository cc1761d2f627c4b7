"""The head of show.md and episode.md: its schema, reading it, changing it, and what is wrong in it."""
