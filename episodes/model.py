"""Defines the show and its episodes as the rest of the program uses them."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict

from episodes import site_layout
from episodes.chapters.lint import Origin
from episodes.frontmatter.people import Person
from episodes.frontmatter.safeguarding import Support
from episodes.frontmatter.schema import EpisodeFacts, ShowFacts

if TYPE_CHECKING:
    from collections.abc import Iterable

    from episodes.frontmatter.production import AudioAt


NO_ADDRESS = "https://podcast.invalid/"  # stands for the address that a show does not have yet


class Frozen(BaseModel):
    """An immutable value."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True, allow_inf_nan=False)


class SmallFile(Frozen):
    """The small file of an episode; `length` in bytes, `sha256` in hex of the whole file."""

    file: str
    length: int
    type: str
    seconds: float
    sha256: str
    former: tuple[str, ...] = ()


class Media(Frozen):
    """The published recording.

    `length` is in bytes, `seconds` is exact. `digest` is of the audio frames alone: the media
    version.
    """

    file: str
    length: int
    type: str
    seconds: float
    digest: str
    former: tuple[str, ...] = ()
    small: SmallFile | None = None

    @property
    def is_remote(self) -> bool:
        """Whether it stays on another server; `file` is then a whole URL."""
        return "://" in self.file

    def at(self, address: str) -> str:
        """Return its URL, if the show's URL is `address`."""
        return self.file if self.is_remote else address + self.file


class Art(Frozen):
    """A published picture: a square for feeds and apps, and a small copy for pages."""

    file: str
    width: int
    small: str
    small_width: int
    alt: str = ""


class OtherVersion(Frozen):
    """Another version of an episode, as far as pages and notes need it."""

    guid: str
    slug: str
    title: str

    @property
    def page(self) -> str:
        """The name of its page in the built folder."""
        return site_layout.page_name(self.slug)


class Episode(Frozen):
    """An episode. `facts` includes the show's defaults; `notes` is sanitised HTML.

    `facts.chapters` are its chapters from any source; `chapters_source` is the path of that source,
    unless it is front matter, and `chapters` the published file. `pictures` are those of chapters,
    by the name in the chapters. `transcripts` are published files, best first. `newer` replaces it
    and it replaces `older`, if that is published too (see `link_versions`).
    """

    slug: str
    folder: str
    facts: EpisodeFacts
    published: datetime
    notes: str
    recording: str
    transcript_source: str | None = None
    picture_source: str | None = None
    media: Media | None = None
    art: Art | None = None
    transcripts: tuple[str, ...] = ()
    chapters: str | None = None
    chapters_source: str = ""
    chapters_lines: tuple[int, ...] = ()
    pictures: dict[str, Art] = {}
    newer: OtherVersion | None = None
    older: OtherVersion | None = None

    @property
    def guid(self) -> str:
        """The permanent identity; `check` requires one before anything is built."""
        return self.facts.guid or ""

    @property
    def page(self) -> str:
        """The name of its page in the built folder."""
        return site_layout.page_name(self.slug)

    @property
    def transcript(self) -> str | None:
        """The most detailed published transcript: VTT if it is timed, else HTML."""
        return self.transcripts[0] if self.transcripts else None

    def was_out(self, zone: str) -> bool:
        """Return whether it can have been heard before the day of its withdrawal, if any.

        Days are those of the show's time zone.
        """
        taken = self.facts.withdrawn
        return taken is None or self.published.astimezone(ZoneInfo(zone)).date() <= taken.on

    @property
    def chapters_origin(self) -> Origin:
        """Where its chapters are written."""
        path = self.chapters_source or f"{self.folder}/episode.md"
        return Origin(path, self.chapters_lines, soft=path == self.recording)

    @property
    def built_files(self) -> list[str]:
        """The names of its files in the built folder."""
        media, art = self.media, (self.art, *self.pictures.values())
        names = [self.page, *self.transcripts, self.chapters]
        if media and not media.is_remote:
            names += [media.file, media.small.file if media.small else ""]
        names += [name for each in art if each for name in (each.file, each.small)]
        return [each for each in names if each]

    @property
    def support(self) -> tuple[Support, ...]:
        """Its sources of support, in the order in which they are written."""
        return self.facts.support or ()

    @property
    def people(self) -> tuple[Person, ...]:
        """Its contributors."""
        return self.facts.contributors or ()

    @property
    def minutes(self) -> int:
        """Its length in whole minutes, at least 1; 0 without a recording."""
        return max(1, round(self.media.seconds / 60)) if self.media else 0


class Show(Frozen):
    """A show and its published episodes, newest first; withdrawn ones are separate."""

    facts: ShowFacts
    description: str
    address: str
    art: Art | None = None
    episodes: tuple[Episode, ...] = ()
    withdrawn: tuple[Episode, ...] = ()

    @property
    def without_episodes(self) -> Show:
        """The show without its episodes, which is cheap to send to another process."""
        return self.model_copy(update={"episodes": (), "withdrawn": ()})

    @property
    def feed(self) -> str:
        """The URL of the feed."""
        return self.address + site_layout.FEED

    @property
    def updated(self) -> datetime | None:
        """When an episode was last published or withdrawn, from the source, never the clock."""
        days = (each.facts.withdrawn.on for each in self.withdrawn if each.facts.withdrawn)
        went = (datetime.combine(day, time(), UTC) for day in days)
        return max((*(episode.published for episode in self.episodes), *went), default=None)

    def in_order(self) -> tuple[Episode, ...]:
        """Return the episodes in the order for listening."""
        return tuple(reversed(self.episodes)) if self.facts.ordered else self.episodes


def remote_media(link: AudioAt | None) -> Media | None:
    """Return a recording that stays on another server; URL and length are its version."""
    if link is None:
        return None
    version = hashlib.sha256(f"{link.url} {link.length}".encode()).hexdigest()
    return Media(
        file=link.url, length=link.length, type=link.type, seconds=link.seconds, digest=version
    )


def newest_first(episodes: Iterable[Episode]) -> tuple[Episode, ...]:
    """Sort episodes for the feed, in which clients take positions for publishing order.

    A copy of a folder ("01-talk copy", "01-talk (2)") has the longer name, and counts as newer.
    """
    return tuple(
        sorted(
            episodes,
            key=lambda each: (each.published, each.guid, len(each.folder), each.folder),
            reverse=True,
        )
    )


def link_versions(episodes: Iterable[Episode], gone: Iterable[Episode] = ()) -> tuple[Episode, ...]:
    """Set `newer` to the newest version of each episode, and `older` to the one it replaces.

    Versions that are not among `episodes` are left out, so that no link leads nowhere. Withdrawn
    episodes (`gone`) are followed to their replacements.
    """
    every = tuple(episodes)  # two may have one guid, which is found later
    out = {each.guid: each for each in every}
    if not any(each.facts.replaced_by or each.facts.replaces for each in every):
        return tuple(_with_versions(each, None, None) for each in every)
    back = {each.guid: each for each in gone}
    return tuple(
        _with_versions(each, _newest(each, out, back), out.get(each.facts.replaces or ""))
        for each in every
    )


def link_newest(gone: Iterable[Episode], episodes: Iterable[Episode]) -> tuple[Episode, ...]:
    """Set `newer` of each withdrawn episode to its newest published version."""
    every = tuple(gone)
    back = {each.guid: each for each in every}
    out = {each.guid: each for each in episodes}
    return tuple(_with_versions(each, _newest(each, out, back), None) for each in every)


def _newest(episode: Episode, out: dict[str, Episode], gone: dict[str, Episode]) -> Episode | None:
    """Follow `replaced_by` to the last published version; None if there is none or a loop."""
    seen, last, at = {episode.guid}, None, episode.facts.replaced_by
    while further := out.get(at or "") or gone.get(at or ""):
        if further.guid in seen:
            return None
        seen.add(further.guid)
        last, at = out.get(further.guid, last), further.facts.replaced_by
    return last


def _with_versions(episode: Episode, newer: Episode | None, older: Episode | None) -> Episode:
    kin = {"newer": _other_version(newer), "older": _other_version(older)}
    same = (episode.newer, episode.older) == (kin["newer"], kin["older"])
    return episode if same else episode.model_copy(update=kin)


def _other_version(episode: Episode | None) -> OtherVersion | None:
    if episode is None:
        return None
    return OtherVersion(guid=episode.guid, slug=episode.slug, title=episode.facts.title)
