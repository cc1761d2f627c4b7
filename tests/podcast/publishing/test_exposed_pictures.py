"""What an earlier version published of a picture beside the picture goes at the next publish."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from podcast.cli import main
from podcast.publishing import publish as publisher
from podcast.publishing.targets import folder
from tests.kit import marked_pictures as marked
from tests.kit.marked_pictures import MARKER, Extra
from tests.kit.published_shows import built, edit, public, publish, rollback, whole

pytestmark = pytest.mark.slow  # each publishes a show more than once

EXTRAS = [Extra(0xE1, b"eXIf", b"Exif\0\0" + marked.exif()), Extra(0xFE, b"tEXt", b"a\0" + MARKER)]


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return tmp_path / "site"


def expose(site: Path) -> list[str]:
    """Put what an earlier version left there: pictures, and a recording with one in it."""
    (made,) = (site / "media").glob("01-talk-*.mp3")
    data = made.read_bytes()
    at = data.index(b"\xff\xd8\xff") + 2
    files = {
        "art/cover-0123456789ab.jpg": marked.jpeg(EXTRAS, size=600),
        "art/01-talk-0123456789ab.png": marked.png(EXTRAS, size=600),
        "media/01-talk-0123456789ab.mp3": data[:at] + b"\xff\xfe\0\4hi" + data[at:],
    }
    for name, each in files.items():
        (site / name).write_bytes(each)
    (site / "art" / "cover-ba0123456789.jpg").write_bytes(marked.jpeg([], size=600))
    (site / "art" / "own.jpg").write_bytes(marked.jpeg(EXTRAS, size=600))
    return sorted(files)


def test_what_says_more_of_a_picture_than_it_shows_goes_at_once(show: Path, site: Path) -> None:
    publish(show, site)
    gone = expose(site)
    planned = publish(show, site, publisher.PublishOptions(dry_run=True))
    assert (planned.plan.exposed, planned.audio_changes, planned.done) == (tuple(gone), True, False)
    assert all((site / name).exists() for name in gone)
    done = publish(show, site)
    assert (done.plan.exposed, done.done) == (tuple(gone), True)
    kept = {"art/cover-ba0123456789.jpg", "art/own.jpg"}  # nothing is wrong with it; not ours
    assert public(site).keys() == built(show).keys() | kept
    assert len(whole(site)) == 2
    assert not publish(show, site).plan


def test_it_goes_after_the_feed_no_longer_names_it(
    show: Path, site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(show, site)
    gone = expose(site)
    edit(show, 1, "Some *notes*.", "Other notes.")

    def fail(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(folder.Folder, "delete", fail)
        with pytest.raises(KeyboardInterrupt):
            publish(show, site)
    (site / ".published" / "lock.json").unlink(missing_ok=True)
    assert publish(show, site).plan.exposed == tuple(gone)
    assert not [name for name in gone if (site / name).exists()]


def test_nothing_is_read_twice(show: Path, site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    right = folder.Folder.head

    def head(self: folder.Folder, name: str, size: int) -> bytes:
        asked.append(name)
        return right(self, name, size)

    monkeypatch.setattr(folder.Folder, "head", head)
    publish(show, site)
    edit(show, 1, "title: Talk A", "title: Talk Z")
    publish(show, site)
    assert asked == []  # this version built what nobody needs now
    old = site / "art" / "cover-ba0123456789.jpg"
    old.write_bytes(marked.jpeg([], size=600))
    publish(show, site)
    publish(show, site)
    assert asked == ["art/cover-ba0123456789.jpg"]
    rollback(show, site)
    assert len(whole(site)) == 2


def test_the_command_says_what_went_and_where_copies_may_be(show: Path, site: Path) -> None:
    publish(show, site)
    expose(site)
    result = CliRunner().invoke(main, ["publish", str(show), "--to", str(site)])
    assert result.exit_code == 0
    assert "deleted     1 recording and 2 pictures: an earlier version left in" in result.output
    assert "may still have these. Purge or delete them there:" in result.output
    assert "/art/cover-0123456789ab.jpg" in result.output
