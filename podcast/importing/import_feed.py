"""Imports a show: reads the feed, asks first if it is locked, writes the show, downloads."""

from __future__ import annotations

import contextlib
import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

from episodes.errors import EarmarkError
from episodes.frontmatter.schema import EpisodeFacts
from episodes.show_folder import chapter_sources, read
from feed.reader import enclosures, plain_text, podcast_tags
from feed.reader.result import Loss
from podcast.cache.store import CacheFolder
from podcast.importing import (
    attachments,
    chapters,
    download,
    fit_schema,
    remote_recording,
    source_feed,
    write_show,
)
from podcast.network.limited_get import GateError
from podcast.show_folder import show_lock

if TYPE_CHECKING:
    from collections.abc import Callable

    from feed.reader.result import Taken, TakenEpisode
    from podcast.network.limited_get import Gate
    from podcast.terminal.progress import Display

GIVE_UP = 5  # recordings in a row that do not come


class Wish(NamedTuple):
    """What was asked for; `limit` is the largest recording in bytes, `most` how many episodes."""

    leave_audio: bool = False
    limit: int = 500_000_000
    most: int = 500


class Done(NamedTuple):
    """What came of an import.

    `lost` is everything that could not be kept, `missing` how many recordings did not come,
    `unfit` how many cannot stay where they are.
    """

    folder: Path
    title: str
    taken: Taken
    added: int
    before: int
    missing: int
    left: int
    lost: list[Loss]
    unfit: int = 0


def import_show(  # noqa: PLR0913 - what an import is about
    where: str,
    folder: Path | None,
    wish: Wish,
    gate: Gate,
    agree: Callable[[Taken], None],
    display: Display,
) -> Done:
    """Import a feed into a folder. Raises EarmarkError; episodes that are there stay as they are.

    `agree` is asked where the feed is locked, and raises where nobody agrees.
    """
    taken = source_feed.read(where, gate)
    folder = folder or Path(read.slugify(str(taken.facts["title"])) or "imported-show")
    known = write_show.Known(folder)
    _same(known, taken)
    if known.facts is None and taken.locked:
        agree(taken)
    with show_lock.hold(folder, "import", bare=True):
        known = write_show.Known(folder)  # another import may have been here first
        _same(known, taken)
        return _take(known, taken, wish, gate, display)


def _take(known: write_show.Known, taken: Taken, wish: Wish, gate: Gate, display: Display) -> Done:
    """Write what a feed has into a folder that is held."""
    folder, lost = known.folder, list[Loss]()
    if known.facts is None:
        title = write_show.show(folder, taken, lost)
        known = write_show.Known(folder)
    else:
        title = known.facts.title
    attachments.cover(folder, taken, title, gate, lost)
    fresh = [each for each in taken.episodes if each.guid not in known.guids]
    total, before = len(taken.episodes), len(taken.episodes) - len(fresh)
    wanted = fresh[: max(0, wish.most - before)]
    trip = _Trip(known, taken, wish, gate, display, lost)
    try:
        trip.fetch([(total - taken.episodes.index(each), each) for each in wanted])
    finally:
        there = known.guids | trip.came
        write_show.remember(known, [each for each in taken.episodes if each.guid in there])
    added = len(trip.came)
    return Done(
        folder, title, taken, added, before, trip.missing(len(wanted)), len(fresh) - len(wanted),
        [*taken.losses, *lost], len(trip.unfit),
    )  # fmt: skip


def _same(known: write_show.Known, taken: Taken) -> None:
    """Refuse to mix two shows."""
    ours = known.facts.guid if known.facts else None
    theirs = write_show.guid_of(taken)
    shared = known.guids & {each.guid for each in taken.episodes}
    if ours and theirs and ours != theirs and not shared:
        raise EarmarkError(
            f"{known.folder} has another show in it (guid {ours}); name another folder"
        )


class _Trip:
    """All episodes of one import."""

    def __init__(  # noqa: PLR0913 - what every episode needs
        self,
        known: write_show.Known,
        taken: Taken,
        wish: Wish,
        gate: Gate,
        display: Display,
        lost: list[Loss],
    ) -> None:
        self._known, self._taken, self._wish, self._gate = known, taken, wish, gate
        self._display, self._lost = display, lost
        self._parts = CacheFolder(known.folder).directory("import")
        self.came: set[str] = set()
        self.unfit: set[str] = set()  # of recordings that cannot stay where they are
        self._without: set[str] = set()  # the guids of posts that have no recording

    def fetch(self, wanted: list[tuple[int, TakenEpisode]]) -> None:
        """Fetch episodes, newest first; `came` are the guids of those that did."""
        size = sum(each.enclosure.length for _, each in wanted)
        if not self._wish.leave_audio:
            self._display.transfer(len(wanted), size, "Downloading")
        failed = 0
        try:
            for number, episode in wanted:
                if self._one(number, episode):
                    self.came.add(episode.guid)
                    failed = 0
                    continue
                failed += episode.guid not in self._without | self.unfit
                if failed == GIVE_UP:
                    why = f"{GIVE_UP} in a row failed, so no more were requested"
                    self._lost.append(Loss(0, "recordings", why))
                    break
        finally:
            self._display.end()
        with contextlib.suppress(OSError):
            self._parts.rmdir()

    def missing(self, wanted: int) -> int:
        """Return how many recordings of so many could not be had."""
        return wanted - len(self.came) - len(self._without) - len(self.unfit)

    def _lose(self, episode: TakenEpisode, why: str) -> None:
        self._lost.append(Loss(episode.line, f'"{plain_text.cut(episode.title, 60)}"', why))

    def _one(self, number: int, episode: TakenEpisode) -> bool:
        """Make the folder of one episode; False where its recording cannot be had."""
        values: dict[str, Any] = dict(episode.facts)
        values["date"] = write_show.date(values["date"], self._known.zone)
        if len(episode.guid.split()) > 1:
            values["waive"] = {"guid-spaces": "subscribers know it by this"}
        seconds, rows = episode.seconds, None
        part, ending = self._parts / "none", ""
        if self._wish.leave_audio:
            try:
                values["audio_at"] = remote_recording.described(self._gate, episode)
            except EarmarkError as error:
                self._not_left(episode, error)
                return False
        else:
            try:
                part, ending = self._recording(episode)
                header = chapter_sources.read_audio_header(part)
            except GateError as error:
                self._not_had(episode, error)
                return False
            seconds = header.seconds
            rows = chapters.own(part, header.chapters)
        self._chapters(episode, values, rows or [], seconds)
        shop = write_show.Workshop(
            self._known.folder, write_show.name_of(episode, number, self._known.folder)
        )
        try:
            return self._fill(shop, episode, values, part, ending)
        except BaseException:
            shop.drop()
            raise

    def _not_left(self, episode: TakenEpisode, error: EarmarkError) -> None:
        if isinstance(error, GateError):
            self._not_had(episode, error)
            return
        self.unfit.add(episode.guid)
        self._lose(episode, str(error))

    def _not_had(self, episode: TakenEpisode, error: GateError) -> None:
        """Say why a recording did not come; what no feed called one is no recording."""
        sure = enclosures.is_sure(episode.enclosure)
        if isinstance(error, download.NotAudioError) and not sure:
            self._without.add(episode.guid)
            self._lose(episode, f"has no recording (what its feed names {error}), and was left out")
            return
        host = urlsplit(episode.enclosure.url).hostname
        self._lose(episode, f"its recording at {host} {error}")

    def _fill(
        self, shop: write_show.Workshop, episode: TakenEpisode, values: dict[str, Any], part: Path,
        ending: str,
    ) -> bool:  # fmt: skip
        self._beside(shop.path, episode)
        for why in chapters.pictures(self._gate, values.get("chapters", ()), shop.path):
            self._lose(episode, why)
        what = f'"{plain_text.cut(episode.title, 60)}"'
        fitted = fit_schema.fit(EpisodeFacts, values, episode.line, what, self._lost)
        if fitted is None or (self._wish.leave_audio and "audio_at" not in fitted[0]):
            shop.drop()
            self._lose(episode, "has too little in it to keep, and was left out")
            return False
        if ending:
            part.replace(shop.path / f"recording{ending}")
            download.forget(part)
        shop.finish(fitted[0], episode.notes)
        return True

    def _recording(self, episode: TakenEpisode) -> tuple[Path, str]:
        name = hashlib.sha256(episode.guid.encode()).hexdigest()[:24]
        part = self._parts / f"{name}.part"
        url, limit = episode.enclosure.url, self._wish.limit
        return download.fetch(self._gate, url, part, limit, self._display.moved)

    def _chapters(
        self,
        episode: TakenEpisode,
        values: dict[str, Any],
        own: list[dict[str, Any]],
        seconds: float,
    ) -> None:
        """Take the chapters of the feed, else those of the file it names, else the recording's."""
        said: list[str] = []
        rows = values.pop("chapters", None)
        if rows is None and episode.chapters:
            try:
                rows, said = chapters.read(self._gate, episode.chapters)
            except GateError as error:
                self._lose(episode, f"its chapters: the file {error}")
        listed, changed = chapters.ordered(rows or own, episode.title, seconds)
        for why in (*said, *changed):
            self._lose(episode, why)
        if listed:
            values["chapters"] = [
                {**each, "start": podcast_tags.clock(each["start"])} for each in listed
            ]

    def _beside(self, place: Path, episode: TakenEpisode) -> None:
        """Put transcript and picture beside the recording; what cannot be had is said."""
        try:
            if found := attachments.transcript(self._gate, episode.transcripts):
                write_show.write_file(place / found[0], found[1].encode())
                if found[2]:
                    self._lose(episode, f"its transcript {found[2]}")
        except GateError as error:
            self._lose(episode, f"its transcript {error}")
        if episode.picture and episode.picture != self._taken.picture:
            part = place / ".picture"
            try:
                ending = attachments.picture(self._gate, episode.picture, part)
                part.replace(place / f"picture{ending}")
            except GateError as error:
                part.unlink(missing_ok=True)
                self._lose(episode, f"its picture {error}")
