"""Guids are kept whole: many a feed has the address of a recording for one."""

from __future__ import annotations

from alembic import op
from sqlalchemy import String

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Take the limit away; SQLite never kept to it."""
    if op.get_bind().dialect.name == "postgresql":
        for table in ("media", "places", "figures"):
            op.alter_column(table, "guid", type_=String())
