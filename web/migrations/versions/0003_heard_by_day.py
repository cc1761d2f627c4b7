"""Counting a month reads one index, instead of every event of it."""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the index that holds all that a month's figures need."""
    op.drop_index("ix_events_day", "events")
    op.create_index("ix_events_day", "events", ["day", "media", "listener", "tenths"])
