"""Output: a show becomes a feed and pages, as bytes. No I/O in this package."""
