"""Listening: what was really heard, on any device, and where somebody was."""
