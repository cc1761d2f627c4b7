"""Defines, reads and changes the front matter of show.md and episode.md."""
