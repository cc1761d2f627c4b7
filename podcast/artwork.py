"""Pictures of a show: looked at once, copied small once, then published under the digest's name."""

from __future__ import annotations

import contextlib
import re
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from episodes.model import Art
from podcast import files

if TYPE_CHECKING:
    from episodes.findings import Finding
    from podcast.store import Store

VERSION = "1"  # of what is remembered about pictures
NAME = "art.json"
COPIES = ("embedded", "small")
SIDES = ("width", "small_width")


class Prepared(NamedTuple):
    """A picture that can be published: its name in the built folder, and where its copies lie."""

    source: Path
    art: Art
    embedded: Path
    small: Path


class Gallery:
    """The pictures of one show, remembered by (size, mtime, inode).

    Without `copies` they are only looked at: nothing can be published then.
    """

    def __init__(self, show: Path, store: Store, *, verify: bool, copies: bool = True) -> None:
        self._show, self._store, self._copies = show, store, copies
        self._seen: dict[str, Any] = {}
        if not verify:
            self._seen = store.load(NAME, VERSION).get("pictures", {})
            self._seen = self._seen if isinstance(self._seen, dict) else {}
        self._new = False
        self.prepared: dict[str, Prepared] = {}

    def prepare(
        self, path: str, slug: str, alt: str, findings: list[Finding], *, chapter: bool = False
    ) -> Art | None:
        """Look at a picture; what is wrong goes to `findings`, and then the answer is None.

        That of a chapter may be smaller: no directory shows it.
        """
        there = (self._show / path).stat()
        stat = [there.st_size, there.st_mtime_ns, there.st_ino]
        known = f"{path} of a chapter" if chapter else path
        row: dict[str, Any] | None = self._seen.get(known)
        if row is None or not self._known(row, stat):
            row = self._look(path, findings, chapter=chapter)
            if row is None:
                return None
            self._seen[known] = row = row | {"stat": stat}
            self._new = True
        short = row["digest"][:12]
        art = Art(
            file=f"art/{slug}-{short}{row['suffix']}",
            width=row["width"],
            small=f"art/{slug}-{short}-small.jpg",
            small_width=row["small_width"],
            alt=alt,
        )
        self.prepared[art.file] = Prepared(
            self._show / path, art, self._copy(row, "embedded"), self._copy(row, "small")
        )
        return art

    def _known(self, row: Any, stat: list[int]) -> bool:
        """Say whether a picture was looked at as it is now, and its copies are whole."""
        try:
            if not _whole(row):
                return False
            sizes = {kind: self._copy(row, kind).stat().st_size for kind in COPIES}
            return bool(row["stat"] == stat and row["sizes"] == sizes)
        except (OSError, TypeError, KeyError):
            return False

    def embedded(self, art: Art | None) -> bytes:
        """Return the JPEG that goes into recordings, b"" where there is none."""
        picture = self.prepared.get(art.file) if art else None
        return _read(picture.embedded) if picture else b""

    def _copy(self, row: dict[str, Any], kind: str) -> Path:
        return self._store.folder / "art" / f"{row['digest'][:32]}-{kind}.jpg"

    def _look(self, path: str, findings: list[Finding], *, chapter: bool) -> dict[str, Any] | None:
        from episodes import art

        smallest = art.OF_CHAPTER if chapter else art.SMALLEST
        problems = art.inspect(self._show / path, path, smallest)
        if problems:
            findings += problems
            return None
        picture = art.load(self._show / path, copies=self._copies)
        copies = dict(zip(COPIES, (picture.embedded, picture.small), strict=True))
        row = {
            "digest": picture.digest,
            "suffix": picture.suffix,
            "width": picture.width,
            "small_width": art.SMALL,
            "sizes": {kind: len(data) for kind, data in copies.items()},
        }
        for kind, data in copies.items() if self._copies else ():
            files.write(self._store.file("art", self._copy(row, kind).name), data)
        return row

    def publish(self, out: Path) -> int:
        """Copy every prepared picture to its place; return how many were written."""
        written = 0
        for picture in self.prepared.values():
            for name, origin in (
                (picture.art.file, picture.source),
                (picture.art.small, picture.small),
            ):
                if not _same(out / name, origin):
                    written += files.write_changed(out / name, origin.read_bytes())
        return written

    def forget(self, folders: set[str]) -> None:
        """Forget the pictures that lie in these folders, and remove the copies of them."""
        gone = {path for path in self._seen if path.rpartition("/")[0] in folders}
        rows = [self._seen.pop(path) for path in gone]
        left = {each.get("digest") for each in self._seen.values() if isinstance(each, dict)}
        for row in rows:
            with contextlib.suppress(TypeError, KeyError):  # then it is none of ours
                if _whole(row) and row["digest"] not in left:
                    for kind in COPIES:
                        self._copy(row, kind).unlink(missing_ok=True)
        if gone:
            self._store.save(NAME, {"pictures": self._seen}, VERSION)

    def remember(self) -> None:
        """Write down what was seen, where something new was."""
        if self._new:
            self._store.save(NAME, {"pictures": self._seen}, VERSION)


def _whole(row: Any) -> bool:
    """Say whether a remembered row can be one of ours: it becomes the names of files."""
    return (
        re.fullmatch(r"[0-9a-f]{64}", row["digest"]) is not None
        and row["suffix"] in {".jpg", ".png"}
        and all(type(row[key]) is int and 0 < row[key] < 100_000 for key in SIDES)
    )


@lru_cache(maxsize=64)
def _read(path: Path) -> bytes:
    return path.read_bytes()


def _same(place: Path, origin: Path) -> bool:
    """Say whether a picture is there: its name is its digest, so its length is enough."""
    return place.is_file() and place.stat().st_size == origin.stat().st_size
