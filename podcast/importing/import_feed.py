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
from podcast.network.failures import FetchError
from podcast.show_folder import show_lock

if TYPE_CHECKING:
    from collections.abc import Callable

    from feed.reader.result import ParsedEpisode, ParsedFeed
    from podcast.network.client import Client
    from podcast.terminal.progress import Display

GIVE_UP = 5  # failed downloads in a row


class ImportOptions(NamedTuple):
    """What to import.

    leave_audio: whether recordings stay on their server.
    limit: the largest recording, in bytes.
    most: the largest number of episodes in the folder.
    """

    leave_audio: bool = False
    limit: int = 500_000_000
    most: int = 500


class ImportResult(NamedTuple):
    """The result of an import.

    folder, title: those of the show.
    feed: what the feed says.
    added, before: the numbers of episodes that were added, and that were there already.
    missing: the number of recordings that could not be downloaded.
    left: the number of older episodes above the limit.
    lost: everything that could not be kept.
    unfit: the number of recordings that cannot stay on their server.
    """

    folder: Path
    title: str
    feed: ParsedFeed
    added: int
    before: int
    missing: int
    left: int
    lost: list[Loss]
    unfit: int = 0


def import_show(  # noqa: PLR0913 - what an import is about
    where: str,
    folder: Path | None,
    options: ImportOptions,
    client: Client,
    agree: Callable[[ParsedFeed], None],
    display: Display,
) -> ImportResult:
    """Import a feed into a folder; episodes that are there stay as they are. Raises EarmarkError.

    `agree` is called if the feed is locked, and raises if nobody agrees.
    """
    feed = source_feed.read_feed(where, client)
    folder = folder or Path(read.slugify(str(feed.facts["title"])) or "imported-show")
    known = write_show.ExistingShow(folder)
    _refuse_other_show(known, feed)
    if known.facts is None and feed.locked:
        agree(feed)
    with show_lock.hold(folder, "import", bare=True):
        known = write_show.ExistingShow(folder)  # another import may have been here first
        _refuse_other_show(known, feed)
        return _import_into(known, feed, options, client, display)


def _import_into(
    known: write_show.ExistingShow,
    feed: ParsedFeed,
    options: ImportOptions,
    client: Client,
    display: Display,
) -> ImportResult:
    """Write a feed into a folder that this command has locked."""
    folder, lost = known.folder, list[Loss]()
    if known.facts is None:
        title = write_show.write_show_md(folder, feed, lost)
        known = write_show.ExistingShow(folder)
    else:
        title = known.facts.title
    attachments.fetch_cover(folder, feed, title, client, lost)
    fresh = [each for each in feed.episodes if each.guid not in known.guids]
    total, before = len(feed.episodes), len(feed.episodes) - len(fresh)
    chosen = fresh[: max(0, options.most - before)]
    fetcher = _EpisodeFetcher(known, feed, options, client, display, lost)
    try:
        fetcher.fetch([(total - feed.episodes.index(each), each) for each in chosen])
    finally:
        imported = known.guids | fetcher.came
        write_show.remember_addresses(
            known, [each for each in feed.episodes if each.guid in imported]
        )
    added = len(fetcher.came)
    return ImportResult(
        folder, title, feed, added, before, fetcher.missing(len(chosen)), len(fresh) - len(chosen),
        [*feed.losses, *lost], len(fetcher.unfit),
    )  # fmt: skip


def _refuse_other_show(known: write_show.ExistingShow, feed: ParsedFeed) -> None:
    """Raise EarmarkError if the folder has another show."""
    ours = known.facts.guid if known.facts else None
    theirs = write_show.guid_of(feed)
    shared = known.guids & {each.guid for each in feed.episodes}
    if ours and theirs and ours != theirs and not shared:
        raise EarmarkError(
            f"{known.folder} has another show in it (guid {ours}); name another folder"
        )


class _EpisodeFetcher:
    """Fetches the episodes of one import."""

    def __init__(  # noqa: PLR0913 - what every episode needs
        self,
        known: write_show.ExistingShow,
        feed: ParsedFeed,
        options: ImportOptions,
        client: Client,
        display: Display,
        lost: list[Loss],
    ) -> None:
        self._known, self._feed, self._options, self._client = known, feed, options, client
        self._display, self._lost = display, lost
        self._parts = CacheFolder(known.folder).directory("import")
        # All three hold guids.
        self.came: set[str] = set()
        self.unfit: set[str] = set()  # recordings that cannot stay on their server
        self._without: set[str] = set()  # posts without a recording

    def fetch(self, numbered: list[tuple[int, ParsedEpisode]]) -> None:
        """Fetch episodes, newest first, each with its number in the feed; add to `came`."""
        size = sum(each.enclosure.length for _, each in numbered)
        if not self._options.leave_audio:
            self._display.transfer(len(numbered), size, "Downloading")
        failed = 0
        try:
            for number, episode in numbered:
                if self._add_episode(number, episode):
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

    def missing(self, number: int) -> int:
        """Return how many recordings of `number` could not be downloaded."""
        return number - len(self.came) - len(self._without) - len(self.unfit)

    def _lose(self, episode: ParsedEpisode, why: str) -> None:
        self._lost.append(Loss(episode.line, f'"{plain_text.cut(episode.title, 60)}"', why))

    def _add_episode(self, number: int, episode: ParsedEpisode) -> bool:
        """Make the folder of one episode; return False if its recording cannot be had."""
        values: dict[str, Any] = dict(episode.facts)
        values["date"] = write_show.format_date(values["date"], self._known.zone)
        if len(episode.guid.split()) > 1:
            values["waive"] = {"guid-spaces": "subscribers know it by this"}
        seconds, rows = episode.seconds, None
        part, ending = self._parts / "none", ""
        if self._options.leave_audio:
            try:
                values["audio_at"] = remote_recording.describe_recording(self._client, episode)
            except EarmarkError as error:
                self._note_unfit(episode, error)
                return False
        else:
            try:
                part, ending = self._recording(episode)
                header = chapter_sources.read_audio_header(part)
            except FetchError as error:
                self._note_failed(episode, error)
                return False
            seconds = header.seconds
            rows = chapters.own_chapters(part, header.chapters)
        self._chapters(episode, values, rows or [], seconds)
        target = write_show.EpisodeFolder(
            self._known.folder, write_show.folder_name(episode, number, self._known.folder)
        )
        try:
            return self._fill(target, episode, values, part, ending)
        except BaseException:
            target.drop()
            raise

    def _note_unfit(self, episode: ParsedEpisode, error: EarmarkError) -> None:
        if isinstance(error, FetchError):
            self._note_failed(episode, error)
            return
        self.unfit.add(episode.guid)
        self._lose(episode, str(error))

    def _note_failed(self, episode: ParsedEpisode, error: FetchError) -> None:
        """Note why a download failed; a file that the feed never called audio is no recording."""
        is_sure = enclosures.is_sure(episode.enclosure)
        if isinstance(error, download.NotAudioError) and not is_sure:
            self._without.add(episode.guid)
            self._lose(episode, f"has no recording (what its feed names {error}), and was left out")
            return
        host = urlsplit(episode.enclosure.url).hostname
        self._lose(episode, f"its recording at {host} {error}")

    def _fill(
        self,
        target: write_show.EpisodeFolder,
        episode: ParsedEpisode,
        values: dict[str, Any],
        part: Path,
        ending: str,
    ) -> bool:
        self._add_attachments(target.path, episode)
        for why in chapters.save_pictures(self._client, values.get("chapters", ()), target.path):
            self._lose(episode, why)
        what = f'"{plain_text.cut(episode.title, 60)}"'
        fitted = fit_schema.fit(EpisodeFacts, values, episode.line, what, self._lost)
        if fitted is None or (self._options.leave_audio and "audio_at" not in fitted[0]):
            target.drop()
            self._lose(episode, "has too little in it to keep, and was left out")
            return False
        if ending:
            part.replace(target.path / f"recording{ending}")
            download.forget(part)
        target.finish(fitted[0], episode.notes)
        return True

    def _recording(self, episode: ParsedEpisode) -> tuple[Path, str]:
        name = hashlib.sha256(episode.guid.encode()).hexdigest()[:24]
        part = self._parts / f"{name}.part"
        url, limit = episode.enclosure.url, self._options.limit
        return download.fetch_recording(self._client, url, part, limit, self._display.moved)

    def _chapters(
        self,
        episode: ParsedEpisode,
        values: dict[str, Any],
        own: list[dict[str, Any]],
        seconds: float,
    ) -> None:
        """Set the chapters: the feed's, else those of the file it names, else the recording's."""
        problems: list[str] = []
        rows = values.pop("chapters", None)
        if rows is None and episode.chapters:
            try:
                rows, problems = chapters.read_chapters(self._client, episode.chapters)
            except FetchError as error:
                self._lose(episode, f"its chapters: the file {error}")
        listed, changes = chapters.put_in_order(rows or own, episode.title, seconds)
        for why in (*problems, *changes):
            self._lose(episode, why)
        if listed:
            values["chapters"] = [
                {**each, "start": podcast_tags.clock(each["start"])} for each in listed
            ]

    def _add_attachments(self, folder: Path, episode: ParsedEpisode) -> None:
        """Add the transcript and the picture, or note why they cannot be had."""
        try:
            if transcript := attachments.fetch_transcript(self._client, episode.transcripts):
                name, text, lost = transcript
                write_show.write_file(folder / name, text.encode())
                if lost:
                    self._lose(episode, f"its transcript {lost}")
        except FetchError as error:
            self._lose(episode, f"its transcript {error}")
        if episode.picture and episode.picture != self._feed.picture:
            part = folder / ".picture"
            try:
                ending = attachments.fetch_picture(self._client, episode.picture, part)
                part.replace(folder / f"picture{ending}")
            except FetchError as error:
                part.unlink(missing_ok=True)
                self._lose(episode, f"its picture {error}")
