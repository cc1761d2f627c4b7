"""Stores the cache of a show in `.earmark/`, so that an unchanged show costs nothing.

Everything here can be deleted at any time; the next build makes it again. Damaged files count as
missing.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sys
from pathlib import Path
from stat import S_ISREG
from typing import TYPE_CHECKING, Any, NamedTuple

import episodes
from episodes.errors import SourceError
from episodes.findings import Finding
from episodes.former_names import EpisodeFiles
from episodes.rules import finding
from podcast import atomic_files
from podcast.cache import identity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from episodes.show_folder.scan import Signature

LOCK = "earmark.lock"
FOLDER = ".earmark"
RECORD = "build.json"
ROOT = Path(episodes.__file__).parent.parent
# The installed packages whose versions change a build.
CODE = (".py", ".html", ".txt", ".css", ".js", ".svg", ".yaml", ".mo", ".woff2", ".png")
Stat = tuple[int, int]


class Summary(NamedTuple):
    """The result of a build, to be shown again if nothing has changed since."""

    episodes: int
    coming: list[tuple[str, str]]  # (when, title) of scheduled episodes
    findings: list[Finding]
    publish: dict[str, str]  # where to publish, from show.md
    feed: str  # the feed's URL
    withdrawn: list[EpisodeFiles]

    @classmethod
    def load(cls, row: list[Any]) -> Summary:
        """Return the summary that was saved as JSON. Raises TypeError or ValueError."""
        episodes, coming, findings, publish, feed, withdrawn = row
        if not (type(episodes) is int and type(publish) is dict and type(feed) is str):
            raise TypeError(row)
        return cls(
            episodes,
            [(when, title) for when, title in coming],
            [Finding.load(each) for each in findings],
            publish,
            feed,
            [EpisodeFiles.load(each) for each in withdrawn],
        )


def code_version(root: Path = ROOT) -> str:
    """Return a digest of this program's own files: a new version builds everything again.

    Every folder of the packages a build uses is walked, so that a module that moves or is added
    can never be left out; the companion's (`web/`) has no part in a build.
    """
    rows = [row for package in ("episodes", "feed", "podcast") for row in _files(root, package)]
    rows += [episodes.__version__, sys.version]
    return hashlib.sha256("\n".join(sorted(rows)).encode()).hexdigest()


def _files(root: Path, folder: str) -> Iterator[str]:
    """Yield a line for each file of an installed package: its path, size and time."""
    with os.scandir(root / folder) as entries:
        for entry in entries:
            if entry.is_dir() and entry.name != "__pycache__":
                yield from _files(root, f"{folder}/{entry.name}")
            elif entry.name.endswith(CODE):
                stat = entry.stat()
                yield f"{folder}/{entry.name} {stat.st_size} {stat.st_mtime_ns}"


def stat(path: Path | str) -> Stat | None:
    """Return (size, mtime in ns) of a file, None if it is missing or a link."""
    try:
        there = os.lstat(path)  # thousands of times in a build that does nothing else
    except (OSError, ValueError):
        return None
    return (there.st_size, there.st_mtime_ns) if S_ISREG(there.st_mode) else None


def size(path: Path) -> int | None:
    """Return the length of a file in bytes, None if it is missing or a link."""
    there = stat(path)
    return there[0] if there else None


class CacheFolder:
    """The folder `.earmark/` of a show, read when asked for and written at the end."""

    def __init__(self, show: Path) -> None:
        """Raise SourceError if the folder is a link: its target may belong to anybody."""
        refuse_links(show)
        self.path = show / FOLDER
        self.code = code_version()
        self._record: tuple[Stat | None, dict[str, Any]] = (None, {})

    def load(self, name: str, version: str | None = None) -> dict[str, Any]:
        """Return a JSON document, {} if it is missing, damaged, of another version or not ours.

        A show folder moves between people with its cache, so only what this user wrote is
        trusted. The version is that of the whole program, unless a document has its own.
        """
        path = self.path / name
        try:
            data = path.read_bytes() if path.is_file() else b""  # never a pipe
            document = json.loads(data) if unsealed(name, data) else None
        except (OSError, ValueError, RecursionError):
            return {}
        if not isinstance(document, dict) or document.get("code") != (version or self.code):
            return {}
        return document

    def record(self) -> dict[str, Any]:
        """Return the record of the last build, as `load` does; parsed once until it changes."""
        there = stat(self.path / RECORD)
        if there is None or there != self._record[0]:
            self._record = (there, self.load(RECORD))
        return self._record[1]

    def release(self) -> None:
        """Free the parsed record: that of a large show takes megabytes."""
        self._record = (None, {})

    def save(self, name: str, document: dict[str, Any], version: str | None = None) -> None:
        """Write a JSON document that only this version and this user will read."""
        text = json.dumps({"code": version or self.code, **document}, separators=(",", ":"))
        atomic_files.write(self.file(name), sealed(name, text))

    def file(self, *names: str) -> Path:
        """Return a path inside the folder; create it, and hide it from version control."""
        return inside(self.path, *names)

    def directory(self, name: str) -> Path:
        """Return a folder inside the folder; create it if needed."""
        path = self.file(name)
        path.mkdir(exist_ok=True)
        return path

    def unchanged(self, tree: dict[str, Signature], out: Path, now: datetime) -> Summary | None:
        """Return the summary of the last build if a build would change nothing, else None."""
        # `BuildRecord` validates every field, but loading pydantic takes longer than all the rest
        # of a build of nothing. The seal proves that a build wrote this; what is used is checked.
        record = self.record()
        try:
            same = self._is_current(record, tree, out, now)
            return Summary.load(record["summary"]) if same else None
        except (KeyError, TypeError, ValueError, AttributeError):
            return None

    def _is_current(
        self, record: dict[str, Any], tree: dict[str, Signature], out: Path, now: datetime
    ) -> bool:
        if record["out"] != str(out) or record["tree"] != _as_json(tree):
            return False
        if record["due"] is not None and now.timestamp() >= record["due"]:
            return False
        if stat(self.path.parent / LOCK) != _pair(record["lock"]):
            return False
        return all(stat(f"{out}/{name}") == tuple(row) for name, row in record["outputs"].items())

    def sweep(self, folders: Iterable[Path]) -> None:
        """Delete half-written files of interrupted builds, but none that is being written."""
        for folder in folders:
            if folder.is_dir():
                atomic_files.sweep(folder)


def sealed(name: str, text: str) -> bytes:
    """Return a JSON object with this user's seal as its first key."""
    rest = text[1:].encode()
    return b'{"seal":"%s",%s' % (identity.seal(name, rest).encode(), rest)


def unsealed(name: str, data: bytes) -> bool:
    """Return whether this user wrote a JSON object for this purpose."""
    start, end = len(b'{"seal":"'), len(b'{"seal":"') + 64
    seal = data[start:end].decode("ascii", "replace")
    return identity.sealed(name, data[end + 2 :], seal)


def refuse_links(show: Path) -> None:
    """Raise SourceError if one of our folders is a link; remove links inside them."""
    folder = show / FOLDER
    for path in (folder, folder / "art", folder / "audio"):
        if path.is_symlink():
            name = path.relative_to(show).as_posix()
            fix = "delete the link: it is made again"
            raise SourceError(finding("file-outside", name, "", "is a link", fix=fix))
    for path in (folder, folder / "art", folder / "audio"):
        _clear(path)


def inside(folder: Path, *names: str) -> Path:
    """Return a path inside `.earmark/`; create the folder, and hide it from version control."""
    path = folder.joinpath(*names)
    if not path.parent.is_dir():
        path.parent.mkdir(parents=True, exist_ok=True)
        (folder / ".gitignore").write_text("*\n", encoding="utf-8")
    return path


def _clear(folder: Path) -> None:
    """Remove links, pipes and the like from one of our folders; all in it can be made again."""
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if not entry.is_file(follow_symlinks=False) and not entry.is_dir(follow_symlinks=False):
                os.unlink(entry.path)  # noqa: PTH108 - a path as scandir gives it


def _pair(value: Any) -> Stat | None:
    return tuple(value) if value else None


def _as_json(tree: dict[str, Signature]) -> dict[str, list[list[Any]]]:
    """Return a scan as JSON returns it."""
    return {name: [list(row) for row in rows] for name, rows in tree.items()}
