"""How it is told: a show becomes a feed and pages, as bytes; nothing in this package reads or writes."""
