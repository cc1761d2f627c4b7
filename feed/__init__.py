"""How it is told: a show becomes a feed and pages, as bytes. No I/O in this package."""
