"""Decodes, converts and checks texts, times and numbers."""
