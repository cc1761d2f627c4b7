"""Takes the steps in `versions/` on an open connection, inside its transaction.

Only `web/maintenance/migrate.py` starts it. A step adds tables, columns and indexes. It never
copies a table that others refer to (Alembic's batch mode, for SQLite): dropping the old copy would
delete the rows of the others by cascade, and SQLite cannot stop that inside a transaction.
"""

from __future__ import annotations

from alembic import context

context.configure(connection=context.config.attributes["connection"])
context.run_migrations()
