"""Prepares the pictures of a show once, and publishes them under names from their digests."""

from __future__ import annotations

import contextlib
import re
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from episodes import site_layout
from episodes.audio import id3_lint
from episodes.errors import SourceError
from episodes.findings import Finding
from episodes.model import Art
from episodes.pictures import metadata
from episodes.rules import RULES, finding
from podcast import atomic_files
from podcast.cache.store import stat as stat_of

if TYPE_CHECKING:
    from episodes.pictures.artwork import Picture
    from podcast.cache.build_cache import BuildCache
    from podcast.cache.store import CacheFolder

VERSION = "2"  # of the cached facts about pictures
NAME = "art.json"
COPIES = ("embedded", "small")
PUBLISHED = "published"  # a copy of the published picture, if that is not the lead's own file
HEAD = 4_000_000  # bytes of a recording that hold its tags, with the pictures of chapters
_COPY = re.compile(r"[0-9a-f]{32}-(?:embedded|small|published)\.(?:jpg|png)")
SIDES = ("width", "small_width")


class PreparedPicture(NamedTuple):
    """A picture ready to publish: its name in the built folder, and the paths of its copies."""

    source: Path
    art: Art
    embedded: Path
    small: Path


class Gallery:
    """The pictures of one show, cached by (size, mtime, inode).

    Without `copies` they are only checked, and cannot be published.
    """

    def __init__(
        self, show: Path, store: CacheFolder, *, verify: bool, copies: bool = True
    ) -> None:
        self._show, self._store, self._copies = show, store, copies
        self._seen: dict[str, Any] = {}
        if not verify:
            self._seen = store.load(NAME, VERSION).get("pictures", {})
            self._seen = self._seen if isinstance(self._seen, dict) else {}
        self._new = False
        self.prepared: dict[str, PreparedPicture] = {}

    def prepare(  # noqa: PLR0913 - a picture, what it is called, and what it is for
        self,
        path: str,
        slug: str,
        alt: str,
        findings: list[Finding],
        *,
        chapter: bool = False,
        crop: bool = False,
    ) -> Art | None:
        """Check a picture, and add to `findings`; return None if it cannot be published.

        A chapter's picture may be smaller: no directory shows it. `crop` cuts out its middle.
        """
        there = (self._show / path).stat()
        stat = [there.st_size, there.st_mtime_ns, there.st_ino]
        known = f"{path}{' of a chapter' * chapter}{' cropped' * crop}"
        row: dict[str, Any] | None = self._seen.get(known)
        if row is None or not self._known(row, stat):
            row = self._look(path, slug, findings, chapter=chapter, crop=crop)
            if row is None:
                return None
            self._seen[known] = row = row | {"stat": stat}
            self._new = True
        findings += map(Finding.load, row["findings"])
        art = Art(
            file=site_layout.picture_name(slug, row["digest"], row["suffix"]),
            width=row["width"],
            small=site_layout.picture_name(slug, row["digest"], "-small.jpg"),
            small_width=row["small_width"],
            alt=alt,
        )
        source = self._show / path if row["bare"] else self._copy(row, PUBLISHED)
        copies = (self._copy(row, kind) for kind in COPIES)
        self.prepared[art.file] = PreparedPicture(source, art, *copies)
        return art

    def _known(self, row: Any, stat: list[int]) -> bool:
        """Return whether the cached facts about a picture are current and its copies complete."""
        try:
            if not _whole(row):
                return False
            kinds = COPIES if row["bare"] else (*COPIES, PUBLISHED)
            sizes = {kind: self._copy(row, kind).stat().st_size for kind in kinds}
            return bool(row["stat"] == stat and row["sizes"] == sizes)
        except (OSError, TypeError, KeyError):
            return False

    def embedded(self, art: Art | None) -> bytes:
        """Return the JPEG that goes into recordings, b"" if there is none.

        Raises SourceError if it has anything in it but the picture.
        """
        picture = self.prepared.get(art.file) if art else None
        return _read(picture.embedded, picture.art.file) if picture else b""

    def _copy(self, row: dict[str, Any], kind: str) -> Path:
        suffix = row["suffix"] if kind == PUBLISHED else ".jpg"
        return self._store.path / "art" / f"{row['digest'][:32]}-{kind}{suffix}"

    def _look(
        self, path: str, slug: str, findings: list[Finding], *, chapter: bool, crop: bool
    ) -> dict[str, Any] | None:
        from episodes.pictures import artwork as art

        key = "`cover_crop: centre` in show.md"
        if slug != "cover" or "/" in path:
            key = "`picture_crop: centre` in episode.md"
        wish = art.PictureRequest(art.OF_CHAPTER if chapter else art.SMALLEST, crop, key)
        picture, faults = art.prepare_picture(self._show / path, path, wish, copies=self._copies)
        if picture is None:
            findings += faults
            return None
        copies = self._copies_of(picture)
        row = {
            "digest": picture.digest,
            "suffix": picture.suffix,
            "width": picture.width,
            "small_width": art.SMALL,
            "bare": PUBLISHED not in copies,
            "sizes": {kind: len(data) for kind, data in copies.items()},
            "findings": faults,
        }
        for kind, data in copies.items() if self._copies else ():
            atomic_files.write(self._store.file("art", self._copy(row, kind).name), data)
        return row

    def _copies_of(self, picture: Picture) -> dict[str, bytes]:
        """Return the copies to keep of a picture: what is published and not the lead's own file."""
        copies = dict(zip(COPIES, (picture.embedded, picture.small), strict=True))
        return copies if picture.bare else {**copies, PUBLISHED: picture.data}

    def publish(self, out: Path, cache: BuildCache) -> int:
        """Copy every prepared picture into the built folder; return how many were written.

        Raises SourceError if one of them has anything in it but the picture.
        """
        written = 0
        for picture in self.prepared.values():
            for name, origin in (
                (picture.art.file, picture.source),
                (picture.art.small, picture.small),
            ):
                if cache.output_stat(name) is None or stat_of(out / name) != cache.output_stat(
                    name
                ):
                    data = origin.read_bytes()
                    refuse_metadata(name, data)
                    written += atomic_files.write_changed(out / name, data)
        if self._new:
            self._sweep()
        return written

    def _sweep(self) -> None:
        """Remove unknown copies of pictures: those of an earlier version may contain metadata."""
        rows = [row for row in self._seen.values() if isinstance(row, dict) and "digest" in row]
        kinds = (*COPIES, PUBLISHED)
        known = {self._copy(row, kind).name for row in rows for kind in kinds}
        for path in (self._store.path / "art").glob("*-*.*"):
            if _COPY.fullmatch(path.name) and path.name not in known:
                path.unlink(missing_ok=True)

    def forget(self, folders: set[str]) -> None:
        """Forget the pictures in these folders, and delete their copies."""
        gone = {path for path in self._seen if path.rpartition("/")[0] in folders}
        rows = [self._seen.pop(path) for path in gone]
        left = {each.get("digest") for each in self._seen.values() if isinstance(each, dict)}
        for row in rows:
            with contextlib.suppress(TypeError, KeyError):  # damaged or forged
                if _whole(row) and row["digest"] not in left:
                    for kind in (*COPIES, PUBLISHED):
                        self._copy(row, kind).unlink(missing_ok=True)
        if gone:
            self._store.save(NAME, {"pictures": self._seen}, VERSION)

    def remember(self) -> None:
        """Save the cached facts, if there are new ones."""
        if self._new:
            self._store.save(NAME, {"pictures": self._seen}, VERSION)


def _whole(row: Any) -> bool:
    """Return whether a cached row is valid: it becomes the names of files."""
    return (
        re.fullmatch(r"[0-9a-f]{64}", row["digest"]) is not None
        and row["suffix"] in {".jpg", ".png"}
        and type(row["bare"]) is bool
        and all(Finding.load(each).rule in RULES for each in row["findings"])
        and all(type(row[key]) is int and 0 < row[key] < 100_000 for key in SIDES)
    )


def refuse_metadata(name: str, data: bytes) -> None:
    """Raise SourceError if the bytes of a picture have anything in them but the picture."""
    if not metadata.is_bare(data):
        raise SourceError(finding("art-bare", name, "", "contains more than the picture"))


def is_name(name: str) -> bool:
    """Return whether a published picture, or a recording that may have one in it, has this name."""
    return site_layout.is_picture(name) or site_layout.is_recording(name)


def left_over(out: Path, names: set[str]) -> set[str]:
    """Return files in the built folder that an earlier version made, with metadata in them.

    Nobody has a list of what another version made, so this returns every picture that is not ours
    now, and each recording whose picture has metadata.
    """
    art = {f"{site_layout.ART}{path.name}" for path in (out / site_layout.ART).iterdir()} - names
    media = {
        f"{site_layout.MEDIA}{path.name}" for path in (out / site_layout.MEDIA).iterdir()
    } - names
    pictures = {name for name in art if site_layout.is_picture(name)}
    return pictures | {
        name for name in media if site_layout.is_recording(name) and _tells(out / name)
    }


def _tells(recording: Path) -> bool:
    try:
        with recording.open("rb") as file:
            return not id3_lint.is_bare(file.read(HEAD))
    except OSError:
        return False


@lru_cache(maxsize=64)
def _read(path: Path, name: str) -> bytes:
    data = path.read_bytes()
    refuse_metadata(name, data)
    return data
