"""The first tables."""

from __future__ import annotations

from alembic import op
from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    ForeignKeyConstraint,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    String,
    UniqueConstraint,
)

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make every table."""
    _kept_apart()
    _people()
    _sessions()
    _reflections()


def _kept_apart() -> None:
    op.create_table(
        "marks",
        Column("name", String(40), nullable=False),
        Column("value", LargeBinary, nullable=False),
        PrimaryKeyConstraint("name", name="pk_marks"),
    )
    op.create_table(
        "erased",
        Column("id", String(32), nullable=False),
        Column("on", Date, nullable=False),
        PrimaryKeyConstraint("id", name="pk_erased"),
    )


def _people() -> None:
    op.create_table(
        "learners",
        Column("id", String(32), nullable=False),
        Column("lookup", LargeBinary, nullable=False),
        Column("wrapped", LargeBinary, nullable=False),
        Column("joined", Date, nullable=False),
        Column("seen", Date, nullable=False),
        PrimaryKeyConstraint("id", name="pk_learners"),
        UniqueConstraint("lookup", name="uq_learners_lookup"),
    )
    op.create_table(
        "leads",
        Column("id", String(32), nullable=False),
        Column("name", String(60), nullable=False),
        Column("password", String(200), nullable=False),
        Column("totp", LargeBinary, nullable=False),
        Column("step", BigInteger, nullable=False),
        Column("made", Date, nullable=False),
        PrimaryKeyConstraint("id", name="pk_leads"),
        UniqueConstraint("name", name="uq_leads_name"),
    )


def _sessions() -> None:
    op.create_table(
        "invitations",
        Column("digest", LargeBinary, nullable=False),
        Column("lead", String(32), nullable=True),
        Column("expires", BigInteger, nullable=False),
        PrimaryKeyConstraint("digest", name="pk_invitations"),
        _owner("invitations", "lead", "leads"),
    )
    op.create_table(
        "sessions",
        Column("digest", LargeBinary, nullable=False),
        Column("learner", String(32), nullable=True),
        Column("lead", String(32), nullable=True),
        Column("wrapped", LargeBinary, nullable=True),
        Column("phrase", LargeBinary, nullable=True),
        Column("began", BigInteger, nullable=False),
        Column("seen", BigInteger, nullable=False),
        PrimaryKeyConstraint("digest", name="pk_sessions"),
        _owner("sessions", "learner", "learners"),
        _owner("sessions", "lead", "leads"),
    )
    op.create_index("ix_sessions_learner", "sessions", ["learner"])
    op.create_index("ix_sessions_lead", "sessions", ["lead"])
    op.create_table(
        "join_codes",
        Column("id", String(32), nullable=False),
        Column("digest", LargeBinary, nullable=False),
        Column("sealed", LargeBinary, nullable=False),
        Column("uses_left", Integer, nullable=False),
        Column("made", Date, nullable=False),
        Column("expires", Date, nullable=False),
        Column("withdrawn", Date, nullable=True),
        PrimaryKeyConstraint("id", name="pk_join_codes"),
        UniqueConstraint("digest", name="uq_join_codes_digest"),
    )


def _reflections() -> None:
    op.create_table(
        "reflections",
        Column("number", Integer, autoincrement=True, nullable=False),
        Column("id", String(32), nullable=False),
        Column("learner", String(32), nullable=False),
        Column("version", Integer, nullable=False),
        Column("body", LargeBinary, nullable=True),
        Column("draft", LargeBinary, nullable=True),
        Column("made", Date, nullable=False),
        Column("changed", Date, nullable=False),
        PrimaryKeyConstraint("number", name="pk_reflections"),
        UniqueConstraint("id", name="uq_reflections_id"),
        _owner("reflections", "learner", "learners"),
    )
    op.create_index("ix_reflections_learner", "reflections", ["learner"])


def _owner(table: str, column: str, other: str) -> ForeignKeyConstraint:
    name = f"fk_{table}_{column}_{other}"
    return ForeignKeyConstraint([column], [f"{other}.id"], name=name, ondelete="CASCADE")
