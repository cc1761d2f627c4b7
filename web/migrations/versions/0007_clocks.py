"""Each action says by which clock its time is: times that we made up are no evidence."""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column, Integer

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add the clock; of what arrived before, it counts as the app's own."""
    op.add_column("sync_actions", Column("clock", Integer, nullable=False, server_default="0"))
