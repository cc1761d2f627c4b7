"""Servers in tests: the real ones, and those that fail on purpose."""
