"""The database, SQLite or PostgreSQL, and how Earmark behaves when it does not answer."""
