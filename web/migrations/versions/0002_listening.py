"""Listening: what was heard, where somebody was, and the frozen figures of months."""

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

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the tables."""
    _whose()
    _heard()
    op.create_table(
        "figures",
        Column("month", String(7), nullable=False),
        Column("place", Integer, nullable=False),
        Column("guid", String(500), nullable=False),
        Column("title", String(255), nullable=False),
        Column("shown", String(40), nullable=False),
        PrimaryKeyConstraint("month", "guid", name="pk_figures"),
    )


def _whose() -> None:
    op.create_table(
        "listeners",
        Column("number", Integer, nullable=False),
        Column("learner", String(32), nullable=False),
        Column("turn", BigInteger, nullable=False),
        PrimaryKeyConstraint("number", name="pk_listeners"),
        UniqueConstraint("learner", name="uq_listeners_learner"),
        _to("listeners", "learner", "learners", "id"),
    )
    op.create_table(
        "media",
        Column("number", Integer, nullable=False),
        Column("guid", String(500), nullable=False),
        Column("version", String(80), nullable=False),
        Column("tenths", Integer, nullable=False),
        PrimaryKeyConstraint("number", name="pk_media"),
        UniqueConstraint("guid", "version", name="uq_media_guid"),
    )


def _heard() -> None:
    op.create_table(
        "events",
        Column("listener", Integer, nullable=False),
        Column("sitting", LargeBinary, nullable=False),
        Column("sequence", Integer, nullable=False),
        Column("media", Integer, nullable=False),
        Column("runs", LargeBinary, nullable=False),
        Column("tenths", Integer, nullable=False),
        Column("day", Date, nullable=False),
        PrimaryKeyConstraint("listener", "sitting", "sequence", name="pk_events"),
        _to("events", "listener", "listeners", "number"),
        ForeignKeyConstraint(["media"], ["media.number"], name="fk_events_media_media"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_events_day", "events", ["day"])
    op.create_table(
        "coverage",
        Column("listener", Integer, nullable=False),
        Column("media", Integer, nullable=False),
        Column("runs", LargeBinary, nullable=False),
        Column("played", Integer, nullable=False),
        PrimaryKeyConstraint("listener", "media", name="pk_coverage"),
        _to("coverage", "listener", "listeners", "number"),
        ForeignKeyConstraint(["media"], ["media.number"], name="fk_coverage_media_media"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "places",
        Column("listener", Integer, nullable=False),
        Column("guid", String(500), nullable=False),
        Column("tenths", Integer, nullable=False),
        Column("turn", BigInteger, nullable=False),
        Column("day", Date, nullable=False),
        Column("finished", Integer, nullable=False),
        Column("elsewhere", Date, nullable=True),
        PrimaryKeyConstraint("listener", "guid", name="pk_places"),
        _to("places", "listener", "listeners", "number"),
    )


def _to(table: str, column: str, other: str, key: str) -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        [column], [f"{other}.{key}"], name=f"fk_{table}_{column}_{other}", ondelete="CASCADE"
    )
