"""Reads, checks and writes transcripts."""
