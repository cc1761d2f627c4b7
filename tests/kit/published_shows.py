"""Publishing in tests as the command does it, and looking at what is there as an app would."""

from __future__ import annotations

import hashlib
import json
import time
from concurrent.futures import wait
from pathlib import Path
from typing import TYPE_CHECKING

from lxml import etree

from episodes.site_layout import RECORDS
from podcast.building import pipeline
from podcast.building.context import ProgressReport
from podcast.publishing import publish as publisher
from podcast.publishing import rollback as undo
from podcast.publishing.destination import Bucket, DestinationOptions
from podcast.publishing.head_start import HeadStart
from podcast.publishing.publish import PublishOptions
from tests.kit.shows import NOW

if TYPE_CHECKING:
    from datetime import datetime

    from podcast.publishing.release import HistoryLine
    from podcast.publishing.session import PublishResult

ADDRESS = "https://podcast.example.org/night/"
PODCAST = "{https://podcastindex.org/namespace/1.0}"


def given(place: Bucket | Path) -> DestinationOptions:
    """Return a place as flags say it."""
    if isinstance(place, Bucket):
        return DestinationOptions(place.words, place.endpoint, place.region, place.profile)
    return DestinationOptions(str(place))


PLAIN = PublishOptions()


def publish(
    show: Path, place: Bucket | Path, wish: PublishOptions = PLAIN, now: datetime = NOW
) -> PublishResult:
    """Build and publish."""
    built = pipeline.build(show, now=now)
    return publisher.publish(show, built, given(place), wish, now, ProgressReport())


class WaitingStart(HeadStart):
    """A head start that lets the build wait until each recording is uploaded, or is not to be."""

    def master(self, guid: str, files: list[str]) -> None:
        """Upload, and wait."""
        super().master(guid, files)
        stored = [self._begun[name].stored for name in files if name in self._begun]
        assert not wait(stored, 60).not_done, "an upload neither ends nor is cancelled"


def publish_early(
    show: Path, place: Bucket | Path, now: datetime = NOW, *, uploads: bool = True
) -> PublishResult:
    """Build and publish, the recordings first: they are up before the build has finished."""
    with WaitingStart(show, given(place), now, uploads=uploads) as head:
        built = pipeline.build(show, now=now, watcher=head)
        return publisher.publish(
            show, built, given(place), PLAIN, now, ProgressReport(), None, head
        )


def rollback(show: Path, place: Bucket | Path, to: str | None = None) -> PublishResult:
    """Roll back."""
    return undo.rollback(show, place, to, NOW, ProgressReport(), dry_run=False)


def history(show: Path, place: Bucket | Path) -> tuple[HistoryLine, ...]:
    """Return the history, newest first."""
    return undo.history(show, place, NOW, ProgressReport())


def public(site: Path) -> dict[str, bytes]:
    """Return every public file of a site that is served from a folder."""
    found = (path for path in site.rglob("*") if path.is_file())
    rows = {path.relative_to(site).as_posix(): path for path in found}
    return {name: path.read_bytes() for name, path in rows.items() if not name.startswith(RECORDS)}


def built(show: Path) -> dict[str, bytes]:
    """Return what a show's build made."""
    return public(show / "public")


def digest(files: dict[str, bytes]) -> str:
    """Return one digest of many files."""
    rows = sorted((name, hashlib.sha256(data).hexdigest()) for name, data in files.items())
    return hashlib.sha256(json.dumps(rows).encode()).hexdigest()


def whole(site: Path) -> list[str]:
    """Follow every address in the feed; return the titles. Fails where one is dead or wrong."""
    feed = site / "feed.xml"
    if not feed.exists():
        return []
    channel = etree.fromstring(feed.read_bytes()).find("channel")
    assert channel is not None
    for item in channel.iter("item"):
        enclosure = item.find("enclosure")
        assert enclosure is not None
        media = there(site, str(enclosure.attrib["url"]))
        assert media.stat().st_size == int(enclosure.attrib["length"])
        assert there(site, item.findtext("link") or "").stat().st_size
        for tag in ("transcript", "chapters"):
            for found in item.iter(PODCAST + tag):
                assert there(site, str(found.attrib["url"])).stat().st_size
    return [item.findtext("title") or "" for item in channel.iter("item")]


def settled(site: Path) -> list[str]:
    """Return `whole` of a bucket once its server has ended what it was sent before a kill.

    rclone's server takes the old file away before the new one is there, also after the
    program that sent it is gone. What is lost stays lost: it fails after ten seconds.
    """
    until = time.monotonic() + 10
    while time.monotonic() < until:
        try:
            return whole(site)
        except (AssertionError, OSError, etree.XMLSyntaxError):
            time.sleep(0.05)
    return whole(site)


def there(site: Path, address: str) -> Path:
    """Return the file behind an address of the feed."""
    path = site / address.removeprefix(ADDRESS)
    assert path.is_file(), f"{address} is announced and not there"
    return path


def edit(show: Path, number: int, before: str, after: str) -> None:
    """Correct an episode."""
    path = show / "episodes" / f"{number:02}-talk" / "episode.md"
    text = path.read_text("utf-8")
    assert before in text
    path.write_text(text.replace(before, after), "utf-8")
