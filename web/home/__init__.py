"""The first page: what this is, or what is one's own here."""
