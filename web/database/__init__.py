"""The database: SQLite or PostgreSQL by the same text, and what happens when it does not answer."""
