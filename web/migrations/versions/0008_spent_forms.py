"""Forms that count once, and the journal of leads and operators."""

from __future__ import annotations

from alembic import op
from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    String,
)

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Make both tables."""
    op.create_table(
        "spent_forms",
        Column("digest", LargeBinary, nullable=False),
        Column("outcome", LargeBinary, nullable=False),
        Column("secret", LargeBinary, nullable=True),
        Column("at", BigInteger, nullable=False),
        PrimaryKeyConstraint("digest", name="pk_spent_forms"),
    )
    op.create_table(
        "journal",
        Column("number", Integer, autoincrement=True, nullable=False),
        Column("day", Date, nullable=False),
        Column("act", String(40), nullable=False),
        Column("actor", String(60), nullable=False),
        Column("about", String(60), nullable=False),
        PrimaryKeyConstraint("number", name="pk_journal"),
    )
    op.create_index("ix_journal_day", "journal", ["day"])
