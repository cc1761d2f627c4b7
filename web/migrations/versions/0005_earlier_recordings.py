"""Recordings that are not there any more have no length in common: each report says its own."""

from __future__ import annotations

from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Forget the length that came first; `earmark web rebuild` restores what it cut short."""
    op.execute("UPDATE media SET tenths = 0 WHERE version = 'former'")
