"""Podcast apps: passwords of their own, devices, what they reported, what that says together."""

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

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the tables."""
    op.add_column("places", Column("at", BigInteger, nullable=True))
    _connected()
    _devices()
    _reported()
    op.create_table(
        "sync_logins",
        Column("poll", LargeBinary, nullable=False),
        Column("grant", LargeBinary, nullable=False),
        Column("app", String(40), nullable=False),
        Column("began", BigInteger, nullable=False),
        Column("sealed", LargeBinary, nullable=True),
        PrimaryKeyConstraint("poll", name="pk_sync_logins"),
        UniqueConstraint("grant", name="uq_sync_logins_grant"),
    )


def _connected() -> None:
    op.create_table(
        "sync_accounts",
        Column("listener", Integer, autoincrement=False, nullable=False),
        Column("handle", String(20), nullable=False),
        Column("began", BigInteger, nullable=False),
        Column("received", BigInteger, nullable=False),
        Column("subscribed", Integer, nullable=True),
        Column("changed", BigInteger, nullable=False),
        PrimaryKeyConstraint("listener", name="pk_sync_accounts"),
        UniqueConstraint("handle", name="uq_sync_accounts_handle"),
        _of_listener("sync_accounts"),
    )
    op.create_table(
        "app_passwords",
        Column("id", String(32), nullable=False),
        Column("listener", Integer, nullable=False),
        Column("digest", LargeBinary, nullable=False),
        Column("name", LargeBinary, nullable=False),
        Column("made", Date, nullable=False),
        Column("used", Date, nullable=True),
        Column("logins", Integer, nullable=False),
        Column("feed", String(500), nullable=True),
        PrimaryKeyConstraint("id", name="pk_app_passwords"),
        UniqueConstraint("digest", name="uq_app_passwords_digest"),
        _of_listener("app_passwords"),
    )
    op.create_index("ix_app_passwords_listener", "app_passwords", ["listener"])
    op.create_table(
        "sync_cursors",
        Column("app", String(32), nullable=False),
        Column("what", String(20), nullable=False),
        Column("seen", BigInteger, nullable=False),
        Column("least", BigInteger, nullable=False),
        Column("asked", BigInteger, nullable=False),
        PrimaryKeyConstraint("app", "what", name="pk_sync_cursors"),
        ForeignKeyConstraint(
            ["app"],
            ["app_passwords.id"],
            name="fk_sync_cursors_app_app_passwords",
            ondelete="CASCADE",
        ),
    )


def _devices() -> None:
    op.create_table(
        "sync_devices",
        Column("number", Integer, nullable=False),
        Column("listener", Integer, nullable=False),
        Column("digest", LargeBinary, nullable=False),
        Column("sealed", LargeBinary, nullable=False),
        Column("synchronized", Integer, nullable=False),
        PrimaryKeyConstraint("number", name="pk_sync_devices"),
        UniqueConstraint("listener", "digest", name="uq_sync_devices_listener"),
        _of_listener("sync_devices"),
    )


def _reported() -> None:
    op.create_table(
        "sync_actions",
        Column("listener", Integer, nullable=False),
        Column("digest", LargeBinary, nullable=False),
        Column("received", BigInteger, nullable=False),
        Column("device", Integer, nullable=False),
        Column("media", Integer, nullable=False),
        Column("kind", String(8), nullable=False),
        Column("proves", String(8), nullable=False),
        Column("at", BigInteger, nullable=False),
        Column("started", Integer, nullable=True),
        Column("position", Integer, nullable=True),
        Column("total", Integer, nullable=True),
        PrimaryKeyConstraint("listener", "digest", name="pk_sync_actions"),
        _of_listener("sync_actions"),
        ForeignKeyConstraint(
            ["device"],
            ["sync_devices.number"],
            name="fk_sync_actions_device_sync_devices",
            ondelete="CASCADE",
        ),
        _to_media("sync_actions"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_sync_actions_received", "sync_actions", ["listener", "received"])
    op.create_index("ix_sync_actions_media", "sync_actions", ["listener", "media", "at"])
    op.create_index("ix_sync_actions_device", "sync_actions", ["device", "at"])
    op.create_table(
        "reported",
        Column("listener", Integer, nullable=False),
        Column("media", Integer, nullable=False),
        Column("runs", LargeBinary, nullable=False),
        Column("played", Integer, nullable=False),
        Column("furthest", Integer, nullable=False),
        Column("finished", Integer, nullable=False),
        Column("place", Integer, nullable=False),
        Column("at", BigInteger, nullable=False),
        PrimaryKeyConstraint("listener", "media", name="pk_reported"),
        _of_listener("reported"),
        _to_media("reported"),
        sqlite_with_rowid=False,
    )


def _of_listener(table: str) -> ForeignKeyConstraint:
    name = f"fk_{table}_listener_listeners"
    return ForeignKeyConstraint(["listener"], ["listeners.number"], name=name, ondelete="CASCADE")


def _to_media(table: str) -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["media"], ["media.number"], name=f"fk_{table}_media_media")
