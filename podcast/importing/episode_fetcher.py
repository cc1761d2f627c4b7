"""Fetches the episodes of an import: each one's recording, chapters, transcript and picture."""

from __future__ import annotations

import contextlib
import hashlib
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from episodes.errors import EarmarkError
from episodes.frontmatter.schema import EpisodeFacts
from episodes.show_folder import chapter_sources
from feed.reader import enclosures, plain_text, podcast_tags
from feed.reader.result import Loss
from podcast.cache.store import CacheFolder
from podcast.importing import (
    attachments,
    chapters,
    download,
    fit_schema,
    remote_recording,
    write_show,
)
from podcast.network.failures import FetchError

if TYPE_CHECKING:
    from pathlib import Path

    from feed.reader.result import ParsedEpisode, ParsedFeed
    from podcast.importing.import_feed import ImportOptions
    from podcast.network.client import Client
    from podcast.terminal.progress import Display

GIVE_UP = 5  # failed downloads in a row


class EpisodeFetcher:
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
        """Note why a download failed; a file that the feed never called audio does not count."""
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
