"""A file that went up and that no release names is deleted by the next publish, and no other is."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from podcast.cache.store import CacheFolder
from podcast.publishing.journal import JOURNAL, Journal
from podcast.publishing.targets.contract import StoredFile
from podcast.publishing.targets.folder import Folder
from tests.kit.published_shows import edit, publish, rollback

if TYPE_CHECKING:
    from pathlib import Path

NAME, DIGEST = "media/03-talk-0123456789ab.mp3", "0" * 64


@pytest.fixture
def site(tmp_path: Path, show: Path) -> Path:
    """A folder that the show was published to."""
    publish(show, tmp_path / "site")
    return tmp_path / "site"


def _left(show: Path, site: Path, name: str = NAME, mark: str | None = None) -> Path:
    """Leave a recording as a publish does that was stopped after it went up."""
    path = site / name
    if not path.exists():
        path.write_bytes(b"sound")
    stored = Folder(site).stat(name)
    assert stored
    journal = Journal(CacheFolder(show), "../site")
    journal.note(name, DIGEST, stored if mark is None else StoredFile(stored.size, mark))
    journal.close()
    return path


@pytest.mark.parametrize("mark", [None, ""])
def test_what_no_release_names_is_deleted(show: Path, site: Path, mark: str | None) -> None:
    left = _left(show, site, mark=mark)
    assert publish(show, site).plan.deletions == (NAME,)
    assert not left.exists()
    assert not (show / ".earmark" / JOURNAL).exists()
    assert not publish(show, site).done


def test_what_another_program_wrote_since_stays(show: Path, site: Path) -> None:
    left = _left(show, site, mark="another")
    assert not publish(show, site).plan
    assert left.exists()


def test_a_line_that_somebody_forged_deletes_nothing(show: Path, site: Path) -> None:
    left = _left(show, site)
    journal = show / ".earmark" / JOURNAL
    entry, _ = json.loads(journal.read_text("utf-8"))
    journal.write_text(json.dumps([entry, "0" * 64]) + "\n", "utf-8")
    assert not publish(show, site).plan
    assert left.exists()


def test_what_an_earlier_release_names_stays(show: Path, site: Path) -> None:
    [earlier] = (site / "media").glob("01-talk-*")
    edit(show, 1, "title: Talk A", "title: Talk Z")
    publish(show, site)
    _left(show, site, f"media/{earlier.name}")
    assert not publish(show, site).plan
    assert earlier.exists()


def test_what_went_up_elsewhere_is_not_forgotten(show: Path, site: Path) -> None:
    left = _left(show, site)
    publish(show, site.with_name("second"))
    assert left.exists()
    publish(show, site)
    assert not left.exists()


def test_a_rollback_does_not_forget_it(show: Path, site: Path) -> None:
    edit(show, 1, "title: Talk A", "title: Talk Z")
    publish(show, site)
    left = _left(show, site)
    rollback(show, site)
    assert left.exists()
    edit(show, 1, "title: Talk Z", "title: Talk Y")
    publish(show, site)
    assert not left.exists()
