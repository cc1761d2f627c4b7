"""Renders a show as a feed and pages, in bytes. No I/O in this package."""
