"""Reads, checks and writes chapters."""
