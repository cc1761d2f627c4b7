"""Builds a show: reads, checks, masters, renders, and saves the cache."""
