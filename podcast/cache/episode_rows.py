"""Keeps each unchanged episode as a row: what the whole show needs of it, and the rest on demand.

`episodes.json` has an episode a line. `rows.json` says of each line where it stands, its digest,
what the rules found, and a head: the values that joining a show needs. An episode is made from its
head; its first missing value reads the whole line (docs/decisions/0055-episodes-as-rows.md).
"""

from __future__ import annotations

import contextlib
import hashlib
import threading
import weakref
from typing import IO, TYPE_CHECKING, Any, NamedTuple

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from episodes.errors import EarmarkError
from episodes.frontmatter.schema import EpisodeFacts
from episodes.model import Episode
from feed.checks.directories import EpisodeFindings
from podcast import atomic_files
from podcast.cache.field_sets import share_field_sets
from podcast.cache.store import stat

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from podcast.cache.field_sets import FieldSets
    from podcast.cache.store import CacheFolder

EPISODES, ROWS = "episodes.json", "rows.json"
# What indexes, neighbours, versions, waivers and the rules of the whole show ask of each episode.
_FACTS = frozenset({
    "title", "guid", "date", "summary", "season", "number", "display", "type", "language",
    "audio_at", "comments", "replaces", "replaced_by", "withdrawn", "recordings", "waive",
    "picture_crop", "picture_alt",
})  # fmt: skip
_LEFT_OUT: dict[str, Any] = {
    "chapters_lines": True,
    "facts": dict.fromkeys(EpisodeFacts.model_fields.keys() - _FACTS, True),
}
_REST = ("notes", "chapters_lines")  # of an episode, beside most of its front matter
_EMPTY = {"notes": ""}  # every episode has notes; those of a head are not read
_LINE = TypeAdapter(dict[str, Episode], config=ConfigDict(defer_build=True))
_SLOTS = ("__dict__", "__pydantic_fields_set__", "__pydantic_extra__", "__pydantic_private__")


class SavedRow(BaseModel):
    """A line of `rows.json`: an episode's place in `episodes.json`, in bytes, and its head."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    folder: str
    length: int
    digest: str
    pictures: bool  # whether its chapters name any
    findings: EpisodeFindings | None
    head: Episode


class _KeptRow(NamedTuple):
    """A row of the last build: its bytes in `rows.json`, and where its episode starts."""

    line: bytes
    start: int
    row: SavedRow


class _Partial:
    """A value of which only a part was read; the rest is read when it is asked for."""

    __slots__ = ()

    def __getattr__(self, name: str) -> Any:
        if name in _NAMES:
            return getattr(whole(self), name)
        raise AttributeError(name)

    def __eq__(self, other: object) -> bool:
        return bool(whole(self) == whole(other))

    def __hash__(self) -> int:
        return hash(whole(self))

    def __copy__(self) -> Any:
        return whole(self).__copy__()

    def __deepcopy__(self, memo: dict[int, Any] | None = None) -> Any:
        return whole(self).__deepcopy__(memo)

    def __reduce_ex__(self, protocol: Any) -> Any:
        return whole(self).__reduce_ex__(protocol)

    def model_dump(self, *args: Any, **kwargs: Any) -> Any:
        """Return the whole value as pydantic does."""
        return whole(self).model_dump(*args, **kwargs)

    def model_dump_json(self, *args: Any, **kwargs: Any) -> Any:
        """Return the whole value as pydantic does."""
        return whole(self).model_dump_json(*args, **kwargs)


class PartialEpisode(_Partial, Episode):
    """An episode of which the head was read."""


class PartialFacts(_Partial, EpisodeFacts):
    """The front matter of an episode of which the head was read."""


_NAMES = {*EpisodeFacts.model_fields, *EpisodeFacts.__private_attributes__, *Episode.model_fields}


def whole(value: Any) -> Any:
    """Return a value; read what is missing of it."""
    read = vars(value).get("_read") if isinstance(value, _Partial) else None
    if read:
        read()
    return value


def encode(episode: Episode) -> bytes:
    """Return an episode as a line of `episodes.json`."""
    return _LINE.dump_json({episode.folder: whole(episode)}) + b"\n"


class EpisodeRows:
    """The episodes of the last build of a show, as rows, and those of this one."""

    def __init__(self, folder: CacheFolder) -> None:
        self._folder = folder
        self._rows: dict[str, _KeptRow] = {}
        self._episodes: dict[str, Episode] = {}  # made of the rows
        self._file: IO[bytes] | None = None
        self._lock = threading.Lock()  # recordings are worked on in threads
        self._field_sets: FieldSets = {}

    def load(self, digest: str) -> dict[str, Episode]:
        """Return the episodes, by folder, if the digest of `rows.json` is right; else {}."""
        try:
            rows = self._read_rows(digest)
            self._file = self._open()
            if not all(_digest(self._bytes(each)) == each.row.digest for each in rows.values()):
                return {}
        except (OSError, ValidationError, RecursionError):
            return {}
        self._rows = rows
        self._episodes = {name: self._partial(each) for name, each in rows.items()}
        return dict(self._episodes)

    def _read_rows(self, digest: str) -> dict[str, _KeptRow]:
        rows, start, total = dict[str, _KeptRow](), 0, hashlib.sha256()
        with (self._folder.path / ROWS).open("rb") as file:
            for line in file:
                total.update(line)
                row = SavedRow.model_validate_json(line)
                rows[row.folder] = _KeptRow(line, start, row)
                start += row.length
        return rows if total.hexdigest() == digest else {}

    def _open(self) -> IO[bytes]:
        path = self._folder.path / EPISODES
        if stat(path) is None:  # never a pipe
            raise FileNotFoundError(path)
        file = path.open("rb")
        weakref.finalize(self, file.close)  # a command that saves nothing reads until it ends
        return file

    def _bytes(self, kept: _KeptRow) -> bytes:
        with self._lock:
            if self._file is None:
                return b""
            self._file.seek(kept.start)
            return self._file.read(kept.row.length)

    def _partial(self, kept: _KeptRow) -> Episode:
        """Return an episode of which the head is there, and which reads the rest when asked."""
        episode = share_field_sets(kept.row.head, self._field_sets)
        facts = episode.facts
        head = {name: value for name, value in vars(episode).items() if name not in _REST}
        some = {name: value for name, value in vars(facts).items() if name in _FACTS}

        def read() -> None:
            self._complete(kept, episode, facts)

        for part, kind, values in ((facts, PartialFacts, some), (episode, PartialEpisode, head)):
            object.__setattr__(part, "__dict__", values | {"_read": read})
            object.__setattr__(part, "__class__", kind)
        return episode

    def _complete(self, kept: _KeptRow, episode: Episode, facts: EpisodeFacts) -> None:
        """Read the rest of an episode into the same object. Raises EarmarkError."""
        data = self._bytes(kept)
        if _digest(data) != kept.row.digest:
            path = f"{self._folder.path.name}/{EPISODES}"
            raise EarmarkError(f"{path}: changed during the build; run the command again")
        (read,) = _LINE.validate_json(data).values()
        share_field_sets(read, self._field_sets)
        for part, source in ((facts, read.facts), (episode, read)):
            values = vars(source) | ({"facts": facts} if source is read else {})
            object.__setattr__(part, "__class__", type(source))
            for slot in _SLOTS[1:]:
                object.__setattr__(part, slot, getattr(source, slot))
            object.__setattr__(part, "__dict__", values)

    def is_kept(self, episode: Episode) -> bool:
        """Return whether an episode is as the last build left it."""
        return self._episodes.get(episode.folder) is episode

    def digest_of(self, episode: Episode) -> str:
        """Return the digest of an episode's line in `episodes.json`."""
        kept = self._rows.get(episode.folder)
        return kept.row.digest if kept and self.is_kept(episode) else _digest(encode(episode))

    def has_chapter_pictures(self, folder: str) -> bool:
        """Return whether the chapters of an episode name pictures."""
        return self._rows[folder].row.pictures

    def findings(self) -> dict[str, EpisodeFindings]:
        """Return what the rules found in each episode, by folder."""
        rows = (each.row for each in self._rows.values())
        return {row.folder: row.findings for row in rows if row.findings}

    def save(self, episodes: Iterable[Episode], findings: dict[str, EpisodeFindings]) -> str:
        """Write the rows of a finished build; return the digest of `rows.json`."""
        lines: list[bytes] = []
        chunks = self._chunks(episodes, findings, lines)
        atomic_files.write_chunks(self._folder.file(EPISODES), chunks, compare=False)
        atomic_files.write_chunks(self._folder.file(ROWS), lines, compare=False)
        return _digest(b"".join(lines))

    def _chunks(
        self,
        episodes: Iterable[Episode],
        findings: dict[str, EpisodeFindings],
        lines: list[bytes],
    ) -> Iterator[bytes]:
        """Yield the lines of `episodes.json`, and append those of `rows.json` to `lines`."""
        with contextlib.ExitStack() as stack:
            if self._file:
                stack.callback(self._file.close)  # some systems replace no file that is open
            for episode in episodes:
                kept = self._rows.get(episode.folder) if self.is_kept(episode) else None
                data = self._bytes(kept) if kept else encode(episode)
                of_rules = findings.get(episode.folder)
                same = kept and kept.row.findings == of_rules
                lines.append(kept.line if kept and same else _line(episode, data, of_rules))
                yield data
        self._file = None


def _line(episode: Episode, data: bytes, findings: EpisodeFindings | None) -> bytes:
    facts = whole(episode).facts
    row = SavedRow.model_construct(
        folder=episode.folder,
        length=len(data),
        digest=_digest(data),
        pictures=any(chapter.picture for chapter in facts.chapters),
        findings=findings,
        head=episode.model_copy(update=_EMPTY),
    )
    text = row.model_dump_json(exclude={"head": _LEFT_OUT}, exclude_defaults=True)
    return text.encode() + b"\n"


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
