"""Defines the tables of the database; what only a learner may read is encrypted.

Days are days; only sessions, which are gone in hours, and what a connected app reports carry
seconds (since 1970, UTC). Nothing here names a person: ids are random, and a lead's name is what
the lead chose to sign in with. A guid is as long as `Guid` lets it be, which fits into an index.
"""

from __future__ import annotations

from sqlalchemy import (
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
)

from web.database.columns import Day, Large, Number, Text

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _owner(table: str) -> ForeignKey:
    return ForeignKey(f"{table}.id", ondelete="CASCADE")


def _listener() -> ForeignKey:
    return ForeignKey("listeners.number", ondelete="CASCADE")


# What the settings file must fit: a digest of the pepper, so that two databases are not mixed up.
marks = Table(
    "marks",
    metadata,
    Column("name", Text(40), primary_key=True),
    Column("value", LargeBinary, nullable=False),
)
learners = Table(
    "learners",
    metadata,
    Column("id", Text(32), primary_key=True),
    Column("lookup", LargeBinary, nullable=False, unique=True),
    Column("wrapped", LargeBinary, nullable=False),  # the data key, under the phrase's key
    Column("joined", Day, nullable=False),
    Column("seen", Day, nullable=False),
)
leads = Table(
    "leads",
    metadata,
    Column("id", Text(32), primary_key=True),
    Column("name", Text(60), nullable=False, unique=True),
    Column("password", Text(200), nullable=False),  # argon2id
    Column("totp", LargeBinary, nullable=False),  # under the key in the settings file
    Column("step", Large, nullable=False),  # the last half minute whose code was taken
    Column("made", Day, nullable=False),
)
invitations = Table(
    "invitations",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    Column("lead", Text(32), _owner("leads"), nullable=True),  # whose factors it replaces
    Column("expires", Large, nullable=False),
)
sessions = Table(
    "sessions",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    Column("learner", Text(32), _owner("learners"), nullable=True, index=True),
    Column("lead", Text(32), _owner("leads"), nullable=True, index=True),
    Column("wrapped", LargeBinary, nullable=True),  # the data key, under the cookie's key
    Column("phrase", LargeBinary, nullable=True),  # until it is kept, under the cookie's key
    Column("began", Large, nullable=False),
    Column("seen", Large, nullable=False),
)
join_codes = Table(
    "join_codes",
    metadata,
    Column("id", Text(32), primary_key=True),
    Column("digest", LargeBinary, nullable=False, unique=True),
    Column("sealed", LargeBinary, nullable=False),  # for the poster, under the settings' key
    Column("uses_left", Number, nullable=False),
    Column("made", Day, nullable=False),
    Column("expires", Day, nullable=False),
    Column("withdrawn", Day, nullable=True),
)
reflections = Table(
    "reflections",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("id", Text(32), nullable=False, unique=True),
    Column("learner", Text(32), _owner("learners"), nullable=False, index=True),
    Column("version", Number, nullable=False),
    Column("body", LargeBinary, nullable=True),  # as saved, under the learner's data key
    Column("draft", LargeBinary, nullable=True),  # what is being written, under the same
    Column("made", Day, nullable=False),
    Column("changed", Day, nullable=False),
)
# Listening: only of those who switched it on, under numbers that name nobody.
listeners = Table(
    "listeners",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("learner", Text(32), _owner("learners"), nullable=False, unique=True),
    Column("turn", Large, nullable=False),  # counts what arrived; says nothing of when
)
# A recording: an episode may have several over the years, and each keeps its own coverage.
media = Table(
    "media",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("guid", Text, nullable=False),
    Column("version", Text(80), nullable=False),
    Column("tenths", Number, nullable=False),
    UniqueConstraint("guid", "version"),
)
# What arrived, as it arrived; coverage is derived from it (`earmark web rebuild`).
events = Table(
    "events",
    metadata,
    Column("listener", Integer, _listener(), nullable=False),
    Column("sitting", LargeBinary, nullable=False),  # one opening of a page
    Column("sequence", Number, nullable=False),
    Column("media", Integer, ForeignKey("media.number"), nullable=False),
    Column("runs", LargeBinary, nullable=False),  # packed as in coverage.py
    Column("tenths", Number, nullable=False),  # how much that is
    Column("day", Day, nullable=False),
    PrimaryKeyConstraint("listener", "sitting", "sequence"),
    Index("ix_events_day", "day", "media", "listener", "tenths"),  # all that a month's figures need
    sqlite_with_rowid=False,
)
coverage = Table(
    "coverage",
    metadata,
    Column("listener", Integer, _listener(), nullable=False),
    Column("media", Integer, ForeignKey("media.number"), nullable=False),
    Column("runs", LargeBinary, nullable=False),
    Column("played", Number, nullable=False),  # tenths in all: listening again counts
    PrimaryKeyConstraint("listener", "media"),
    sqlite_with_rowid=False,
)
# Where somebody was: the last that arrived stands, by the listener's turn.
places = Table(
    "places",
    metadata,
    Column("listener", Integer, _listener(), nullable=False),
    Column("guid", Text, nullable=False),
    Column("tenths", Number, nullable=False),
    Column("turn", Large, nullable=False),
    Column("day", Day, nullable=False),
    Column("finished", Number, nullable=False),  # how often it was played to the end
    Column("elsewhere", Day, nullable=True),  # "I listened elsewhere", on that day
    Column("at", Large, nullable=True),  # the second, of those who connected an app
    PrimaryKeyConstraint("listener", "guid"),
)
# Podcast apps: only of those who connected one, and gone with the listener.
sync_accounts = Table(
    "sync_accounts",
    metadata,
    Column("listener", Integer, _listener(), primary_key=True, autoincrement=False),
    Column("handle", Text(20), nullable=False, unique=True),  # random: what apps call the account
    Column("began", Large, nullable=False),
    Column("received", Large, nullable=False),  # number of the newest upload, about its second
    Column("subscribed", Number, nullable=True),  # to our show; nobody said so yet: NULL
    Column("changed", Large, nullable=False),  # the same of what says so
)
app_passwords = Table(
    "app_passwords",
    metadata,
    Column("id", Text(32), primary_key=True),
    Column("listener", Integer, _listener(), nullable=False, index=True),
    Column("digest", LargeBinary, nullable=False, unique=True),
    Column("name", LargeBinary, nullable=False),  # the learner's own, under their data key
    Column("made", Day, nullable=False),
    Column("used", Day, nullable=True),
    Column("logins", Number, nullable=False),  # to end a cookie
    Column("feed", Text(500), nullable=True),  # how this app writes our feed's address
)
# What an app has seen of two lists, so that nothing is withheld from it.
sync_cursors = Table(
    "sync_cursors",
    metadata,
    Column("app", Text(32), ForeignKey("app_passwords.id", ondelete="CASCADE"), primary_key=True),
    Column("what", Text(20), primary_key=True),
    Column("seen", Large, nullable=False),  # answered last
    Column("least", Large, nullable=False),  # known to have arrived
    Column("asked", Large, nullable=False),  # since when, by the app's own clock
)
# A device as a protocol names it. Its id and caption may hold a name: under the settings' key.
sync_devices = Table(
    "sync_devices",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("listener", Integer, _listener(), nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("synchronized", Number, nullable=False),  # which devices go together; 0: alone
    UniqueConstraint("listener", "digest"),
)
# What apps reported, as it arrived; `reported` is derived from it.
sync_actions = Table(
    "sync_actions",
    metadata,
    Column("listener", Integer, _listener(), nullable=False),
    Column("digest", LargeBinary, nullable=False),  # of the values as sent, under a key
    Column("received", Large, nullable=False),
    Column(
        "device", Integer, ForeignKey("sync_devices.number", ondelete="CASCADE"), nullable=False
    ),
    Column("media", Integer, ForeignKey("media.number"), nullable=False),
    Column("kind", Text(8), nullable=False),  # play, new, download, delete
    Column("proves", Text(8), nullable=False),  # interval, position, finished, nothing
    Column("at", Large, nullable=False),  # when, by the app's clock, not after it arrived
    Column("started", Number, nullable=True),
    Column("position", Number, nullable=True),
    Column("total", Number, nullable=True),
    Column("clock", Number, nullable=False, server_default="0"),  # whose `at` is: times.OWN ...
    PrimaryKeyConstraint("listener", "digest"),
    Index("ix_sync_actions_received", "listener", "received"),
    Index("ix_sync_actions_media", "listener", "media", "at"),
    Index("ix_sync_actions_device", "device", "at"),
    sqlite_with_rowid=False,
)
# What they say together of one recording: apart from what our page measured, for ever.
reported = Table(
    "reported",
    metadata,
    Column("listener", Integer, _listener(), nullable=False),
    Column("media", Integer, ForeignKey("media.number"), nullable=False),
    Column("runs", LargeBinary, nullable=False),  # packed as in coverage.py
    Column("played", Number, nullable=False),  # tenths in all
    Column("furthest", Number, nullable=False),  # tenths that were reached
    Column("finished", Number, nullable=False),  # how often the end was
    Column("place", Number, nullable=False),  # tenths: where to resume
    Column("at", Large, nullable=False),  # since when that is so
    PrimaryKeyConstraint("listener", "media"),
    sqlite_with_rowid=False,
)
# Somebody who connects an app by granting: over in minutes, gone once the app knows its password.
sync_logins = Table(
    "sync_logins",
    metadata,
    Column("poll", LargeBinary, primary_key=True),
    Column("grant", LargeBinary, nullable=False, unique=True),
    Column("app", Text(40), nullable=False),  # what the app calls itself
    Column("began", Large, nullable=False),
    Column("sealed", LargeBinary, nullable=True),  # handle and password, for who polls
)
# A month's figures as they were first seen after it ended; they never change again.
figures = Table(
    "figures",
    metadata,
    Column("month", Text(7), nullable=False),
    Column("place", Number, nullable=False),  # in the table
    Column("guid", Text, nullable=False),
    Column("title", Text(255), nullable=False),
    Column("shown", Text(40), nullable=False),
    PrimaryKeyConstraint("month", "guid"),
)
# Random ids of what was erased, so that a backup that still has it does not bring it back.
erased = Table(
    "erased",
    metadata,
    Column("id", Text(32), primary_key=True),
    Column("on", Day, nullable=False),
)
# Forms that were sent, so that a second press does nothing more: no row says whose it was.
spent_forms = Table(
    "spent_forms",
    metadata,
    Column("digest", LargeBinary, primary_key=True),  # of the form's own token, under a key
    Column("outcome", LargeBinary, nullable=False),  # where it led, under the token's key
    Column("secret", LargeBinary, nullable=True),  # a phrase or a password, for minutes, the same
    Column("at", Large, nullable=False),
)
# What leads and operators did, by day, for an audit. Nothing about a learner fits in.
journal = Table(
    "journal",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("day", Day, nullable=False),
    Column("act", Text(40), nullable=False),  # one of web/journal/rules.py
    Column("actor", Text(60), nullable=False),  # the name of a lead; "" is the operator
    Column("about", Text(60), nullable=False),  # the name of a lead, or ""
    Index("ix_journal_day", "day"),
)
