"""Reads, measures, encodes and tags sound files."""
