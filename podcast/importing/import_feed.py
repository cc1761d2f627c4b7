"""Imports a show: reads its feed, asks first if it is locked, and writes what is not there yet."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from episodes.errors import EarmarkError
from episodes.show_folder import read
from feed.reader.result import Loss
from podcast.importing import attachments, episode_fetcher, source_feed, write_show
from podcast.show_folder import show_lock

if TYPE_CHECKING:
    from collections.abc import Callable

    from feed.reader.result import ParsedFeed
    from podcast.network.client import Client
    from podcast.terminal.progress import Display


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
    fetcher = episode_fetcher.EpisodeFetcher(known, feed, options, client, display, lost)
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
