"""Podcast apps, and the parsers that they are made of."""
