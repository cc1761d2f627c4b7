"""Writes the folder of an imported show: whole files, none overwritten, none outside it."""

from __future__ import annotations

import contextlib
import os
import shutil
import uuid
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from episodes import site_layout
from episodes.errors import EarmarkError
from episodes.frontmatter import read, write
from episodes.frontmatter.schema import EpisodeFacts, ShowFacts
from episodes.lockfile import RemoteRecordings
from episodes.show_folder import read as source
from episodes.show_folder import scan, text_files
from episodes.text import html_to_markdown
from podcast import atomic_files
from podcast.cache.store import FOLDER
from podcast.importing import fit_schema
from podcast.show_folder import lockfile, read_source, show_guid

if TYPE_CHECKING:
    from collections.abc import Mapping

    from feed.reader.result import Loss, ParsedEpisode, ParsedFeed

_ABOVE = {
    "": "Made by `earmark import`. `earmark schema --markdown` explains every key.",
    "recordings": "Published recordings stay unchanged. Remove this to give all the same loudness.",
}
_SUPPORT = (
    "A source of support, for every episode. Ring or open each one first:\n"
    "support:\n"
    '  - {name: Samaritans, phone: "116 123", link: "https://www.samaritans.org/"}'
)
_ADDRESS = (
    "Write the web address of the show, and run `earmark check --fix`:\n"
    "address: https://podcast.example.org/talks/"
)


class ExistingShow:
    """The front matter of the show that is in the folder already; it is never overwritten."""

    def __init__(self, folder: Path) -> None:
        """Raise SourceError if it cannot be read, EarmarkError if it has a link to elsewhere."""
        self.folder = folder
        for name in ("episodes", FOLDER, f"{FOLDER}/import"):
            if (folder / name).is_symlink():
                raise EarmarkError(f"{folder / name} is a link; nothing is written through it")
        self.facts: ShowFacts | None = None
        self.guids: set[str] = set()
        if (folder / "show.md").exists():
            self._read()
        elif folder.exists() and not folder.is_dir():
            raise EarmarkError(f"{folder} is a file; name a folder")

    def _read(self) -> None:
        self.facts = read_source.read_facts(self.folder)
        for name in filter(None, scan.scan(self.folder)):
            text = text_files.read_text(self.folder, f"{name}/episode.md")
            path = f"{name}/episode.md"
            facts = read.parse_facts(EpisodeFacts, read.split_file(text, path), path)
            self.guids |= {facts.guid} if facts.guid else set()

    @property
    def zone(self) -> ZoneInfo:
        """The time zone in which dates are written."""
        return ZoneInfo(self.facts.timezone if self.facts else "Europe/London")


def guid_of(feed: ParsedFeed) -> str:
    """Return the guid in the feed, else that of its URL; "" if both are unknown."""
    try:
        return str(uuid.UUID(str(feed.facts.get("guid", ""))))
    except ValueError:
        has_host = feed.address.partition("://")[2].rstrip("/")
        return show_guid.guid_of_feed(feed.address) if has_host else ""


def write_show_md(folder: Path, feed: ParsedFeed, losses: list[Loss]) -> str:
    """Write `show.md`, and return the title."""
    values: dict[str, Any] = {**feed.facts, "recordings": {"finished": True}}
    address = feed.address.removesuffix(site_layout.FEED)
    values |= {"address": address} if address != feed.address and "?" not in address else {}
    values |= {"guid": guid} if (guid := guid_of(feed)) else {}
    fitted = fit_schema.fit(ShowFacts, values, 0, "the show", losses)
    if fitted is None:
        raise EarmarkError("the feed has no usable title for the show")
    values, facts = fitted
    comments = dict(_ABOVE)
    comments |= {} if facts.address else {"address": _ADDRESS}
    comments |= {} if facts.support else {"support": _SUPPORT}
    folder.mkdir(parents=True, exist_ok=True)
    write_file(folder / "show.md", write.write(ShowFacts, values, comments).encode())
    if not (folder / ".gitignore").exists():
        write_file(folder / ".gitignore", f"{FOLDER}/\n{site_layout.PUBLIC}/\n".encode())
    return facts.title


def remember_addresses(known: ExistingShow, episodes: list[ParsedEpisode]) -> None:
    """Write the URLs of the recordings into the lock file: apps still report them."""
    own = known.facts.address if known.facts else None
    recordings = {}
    for each in episodes:
        url = each.enclosure.url
        if not (own and url.startswith(own)):
            with contextlib.suppress(ValidationError):
                recordings[each.guid] = RemoteRecordings(addresses=(url,))
    if recordings:
        lockfile.remember_elsewhere(known.folder, recordings)


def write_file(path: Path, data: bytes) -> None:
    """Write a file atomically; replace links, never write through them."""
    for each in (path, path.with_name(f".{path.name}{atomic_files.TEMPORARY}")):
        if each.is_symlink():
            each.unlink()
    atomic_files.write(path, data)


def folder_name(episode: ParsedEpisode, number: int, folder: Path) -> str:
    """Return a free name for an episode's folder; an episode of Earmark keeps its page's name."""
    name = (
        episode.slug or f"{number:02}-{source.slugify(episode.title)[:60].strip('-') or 'episode'}"
    )
    free, number_after = name, 2
    while os.path.lexists(folder / "episodes" / free):
        free, number_after = f"{name}-{number_after}", number_after + 1
    return free


class EpisodeFolder:
    """The folder of an episode while it is made; it gets its name when it is complete."""

    def __init__(self, folder: Path, name: str) -> None:
        self._final = folder / "episodes" / name
        self.path = self._final.with_name(f".{name}{atomic_files.TEMPORARY}")
        (folder / "episodes").mkdir(exist_ok=True)
        self._clear()
        self.path.mkdir()

    def _clear(self) -> None:
        if self.path.is_symlink():
            self.path.unlink()
        elif self.path.exists():
            shutil.rmtree(self.path)

    def drop(self) -> None:
        """Delete the folder."""
        self._clear()

    def finish(self, values: Mapping[str, Any], notes: str) -> None:
        """Write `episode.md`, and rename the folder to its name."""
        text = write.write(EpisodeFacts, values, {})
        body = html_to_markdown.to_markdown(notes)
        write_file(self.path / "episode.md", (text + (f"\n{body}\n" if body else "")).encode())
        self.path.rename(self._final)


def format_date(moment: datetime, zone: ZoneInfo) -> str:
    """Return a date for front matter: local, with an offset if clocks show that time twice."""
    local = moment.astimezone(zone)
    plain = local.replace(tzinfo=None, fold=0)
    sure = plain.replace(tzinfo=zone).astimezone(moment.tzinfo) == moment
    form = "%Y-%m-%d %H:%M:%S" if local.second else "%Y-%m-%d %H:%M"
    return f"{local:{form}}" if sure else f'"{moment:%Y-%m-%d %H:%M:%S}+00:00"'
