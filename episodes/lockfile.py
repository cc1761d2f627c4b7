"""Reads and writes `earmark.lock`, which records what was published for good.

It is beside `show.md` and belongs under version control. Two encoders give different bytes for one
recording; the entry has the digest of the bytes that were published, so that every computer
publishes the same.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, TypeVar

from pydantic import Field, NonNegativeFloat, NonNegativeInt, ValidationError

from episodes import site_layout
from episodes.errors import SourceError
from episodes.frontmatter.value_types import Link, Slug
from episodes.model import Frozen
from episodes.rules import finding

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from episodes.findings import Finding

NAME = "earmark.lock"
VERSION = 1
SLACK = timedelta(minutes=15)  # clocks of two computers differ; S3 allows as much
STAMP = "%Y%m%dT%H%M%S"  # how the name of a release begins
_NEWER = ("was written by a newer version of Earmark", "update Earmark on this computer")
_MERGE = re.compile(r"^(<<<<<<<|>>>>>>>) ", re.MULTILINE)


class LockedFile(Frozen):
    """A published audio file. Digests are SHA-256 in hex.

    `recipe` is how it was made from the recording, and `encoder` with which program. `audio` is the
    digest of the audio without tags, `tags` that of the facts in the tags. `file` and `length`
    (bytes) are of the published file; `former` are its earlier names.
    """

    recipe: str
    encoder: str = ""
    audio: str
    tags: str
    file: str
    length: NonNegativeInt
    seconds: NonNegativeFloat
    former: tuple[str, ...] = ()


class LockedSmallFile(LockedFile):
    """The small file of an episode; `sha256` is of the whole file."""

    file: Annotated[str, Field(pattern=site_layout.SMALL_PATTERN)]
    sha256: str


class LockedEpisode(LockedFile):
    """An episode as it was built.

    `source` is the digest of the recording, for an MP3 of its audio frames.
    """

    source: str
    file: Annotated[str, Field(pattern=site_layout.RECORDING_PATTERN)]
    small: LockedSmallFile | None = None


Entries = dict[str, LockedEpisode]


class RemoteRecordings(Frozen):
    """What is known of an episode whose recording is, or was, on another server.

    `addresses` are its URLs, and `slugs` the slugs that the episode had at that time.
    """

    addresses: tuple[Link, ...] = ()
    slugs: tuple[Slug, ...] = ()

    def __or__(self, other: RemoteRecordings) -> RemoteRecordings:
        """Return the values of both, without repetition."""
        return RemoteRecordings(
            addresses=_once(self.addresses, other.addresses), slugs=_once(self.slugs, other.slugs)
        )


class Lock(Frozen):
    """The whole file: episodes by guid, and the last release at each destination.

    `elsewhere` is by guid too. `released` are the guids in any release, since an episode in
    `episodes` may only have been built; None in files from versions without this key.
    """

    version: int
    episodes: Entries
    elsewhere: dict[str, RemoteRecordings] = Field(default_factory=dict)
    published: dict[str, str] = Field(default_factory=dict)
    released: tuple[str, ...] | None = None

    def left(self, guid: str) -> RemoteRecordings:
        """Return what is known of recordings of an episode on other servers."""
        return self.elsewhere.get(guid, RemoteRecordings())

    def was_out(self, guid: str) -> bool:
        """Return whether an episode was ever built with a recording."""
        return guid in self.episodes or bool(self.left(guid).slugs)

    def was_released(self, guid: str) -> bool:
        """Return whether subscribers may have an episode, as far as Earmark published it."""
        if self.released is None:
            return bool(self.published) and self.was_out(guid)
        return guid in self.released

    def releasing(self, place: str, release: str, names: Collection[str]) -> Lock:
        """Return a lock with a release that was published to `place`; `names` are its files.

        Later releases are removed: a clock was ahead, and the lead has confirmed it.
        """
        every = self.episodes.keys() | self.elsewhere.keys()
        new = {guid for guid, entry in self.episodes.items() if entry.file in names}
        new |= {guid for guid, row in self.elsewhere.items()
                if any(site_layout.page_name(slug) in names for slug in row.slugs)}  # fmt: skip
        new |= {guid for guid in every if self.was_released(guid)}
        new |= set(self.released or ())
        known = {
            each: name
            for each, name in self.published.items()
            if not is_later_release(name, release)
        }
        update = {"published": {**known, place: release}, "released": tuple(sorted(new))}
        return self.model_copy(update=update)

    def knowing(self, elsewhere: Mapping[str, RemoteRecordings]) -> Lock:
        """Return a lock with these remote recordings added; none is ever removed."""
        new = {guid: self.left(guid) | row for guid, row in elsewhere.items()}
        return self.model_copy(update={"elsewhere": {**self.elsewhere, **new}})


def release_time(release: str) -> datetime | None:
    """Return when a release was published, from its name; None if it has no time."""
    try:
        return datetime.strptime(release.partition("-")[0], STAMP).replace(tzinfo=UTC)
    except ValueError:
        return None


def is_later_release(release: str, than: str) -> bool:
    """Return whether a release is so much later than another that a clock was wrong."""
    at, last = release_time(release), release_time(than)
    return bool(at and last and at > last + SLACK)


EMPTY = Lock(version=VERSION, episodes={})


def parse(text: str) -> Lock:
    """Parse the file. Raises SourceError if it is damaged or too new."""
    try:
        lock = Lock.model_validate_json(text)
    except ValidationError as error:
        raise SourceError(_unread(text, error)) from None
    if lock.version > VERSION:
        raise SourceError(finding("lock-file", NAME, "", _NEWER[0], fix=_NEWER[1]))
    return lock


def _unread(text: str, error: ValidationError) -> Finding:
    """Return why it cannot be read: a newer Earmark, an unfinished merge, or damage."""
    if any(each["type"] == "extra_forbidden" and len(each["loc"]) == 1 for each in error.errors()):
        return finding("lock-file", NAME, "", _NEWER[0], fix=_NEWER[1])
    if _MERGE.search(text):
        message = "has the markers of a merge conflict in it (<<<<<<<)"
        fix = "keep one of the two sides, and the later of the two `published`"
        return finding("lock-file", NAME, "", message, fix=fix)
    return finding("lock-file", NAME, "", "is damaged")


def render(lock: Lock) -> str:
    """Return the file, sorted, so that changes of two leads conflict as little as possible."""
    document = lock.model_dump(mode="json", exclude_none=True)
    for key in ("elsewhere", "published"):
        if not document[key]:
            del document[key]
    return json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def _once(*rows: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each for row in rows for each in row))


M = TypeVar("M", bound=LockedFile)


def keep_former_names(before: M | None, now: M) -> M:
    """Return `now` with every file name that it ever had."""
    if before is None:
        return now
    former = _once(before.former, (before.file,))
    return now.model_copy(update={"former": tuple(name for name in former if name != now.file)})
