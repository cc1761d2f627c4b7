"""What a publish does at the same time or does not ask again, it does as safely as before."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

from episodes.errors import EarmarkError
from episodes.site_layout import is_immutable
from podcast.publishing import published_catalogue, release, remote_lock
from podcast.publishing.targets.folder import Folder
from tests.kit.published_shows import edit, publish
from tests.kit.shows import NOW

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return tmp_path / "site"


def _noting(method: Any, *notes: list[str]) -> Any:
    """Return a method of a target that first notes the name it is given."""

    def noted(target: Folder, name: str, *more: Any) -> Any:
        for each in notes:
            each.append(name)
        return method(target, name, *more)

    return noted


def test_the_catalogue_of_the_last_publish_is_not_read_again(
    show: Path, site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(show, site)
    edit(show, 1, "title: Talk A", "title: Talk Z")
    names = list[str]()
    monkeypatch.setattr(Folder, "read", _noting(Folder.read, names))
    said = publish(show, site).said
    assert any("Talk Z" in each for each in said)
    # Before the lock: copying it for a rollback reads it in a folder.
    assert names[: names.index(release.LOCK)] == [release.CURRENT]


@pytest.mark.parametrize("length", ["the same", "another"])
def test_a_forged_catalogue_is_not_believed(show: Path, site: Path, length: str) -> None:
    publish(show, site)
    edit(show, 1, "title: Talk A", "title: Talk Z")
    kept = show / ".earmark" / published_catalogue.NAME
    forged = kept.read_bytes().replace(b"Talk A", b"Talk Z")
    kept.write_bytes(forged if length == "the same" else forged + b"\n")
    assert "New title: Talk Z (was: Talk A)" in publish(show, site).said


def test_a_link_in_place_of_the_catalogue_is_not_followed(show: Path, site: Path) -> None:
    publish(show, site)
    kept = show / ".earmark" / published_catalogue.NAME
    elsewhere = show.parent / "elsewhere.json"
    kept.rename(elsewhere)
    kept.symlink_to(elsewhere)
    edit(show, 1, "title: Talk A", "title: Talk Z")
    before = elsewhere.read_bytes()
    publish(show, site)
    assert elsewhere.read_bytes() == before


def test_a_check_that_fails_gives_the_lock_back(site: Path) -> None:
    target = Folder(site)

    def refuse() -> None:
        raise EarmarkError("another computer published at the same time; publish again")

    with (
        pytest.raises(EarmarkError, match="at the same time"),
        remote_lock.hold_lock(target, "us", NOW, refuse),
    ):
        pytest.fail("the lock was held")
    assert target.read(release.LOCK) is None


def test_a_lock_that_became_anothers_is_left_to_them(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = Folder(site)
    create = Folder.create

    def overtaken(self: Folder, name: str, data: bytes) -> bool:
        done = create(self, name, data)
        self.write(name, b'{"by": "them"}')
        return done

    monkeypatch.setattr(Folder, "create", overtaken)
    with pytest.raises(remote_lock.BusyError), remote_lock.hold_lock(target, "us", NOW):
        pytest.fail("the lock was held")
    assert target.read(release.LOCK) == b'{"by": "them"}'


@pytest.mark.parametrize("before", ["title: Talk A", "Some *notes*"])
def test_what_a_rollback_needs_is_kept_before_the_first_page_is_replaced(
    show: Path, site: Path, monkeypatch: pytest.MonkeyPatch, before: str
) -> None:
    publish(show, site)
    edit(show, 1, before, before.replace("A", "Z").replace("Some", "More"))
    order, copy = list[str](), Folder.copy

    def copy_slowly(target: Folder, name: str, to: str) -> None:
        time.sleep(0.05)
        copy(target, name, to)
        order.append("copied")

    monkeypatch.setattr(Folder, "copy", copy_slowly)
    monkeypatch.setattr(Folder, "put", _noting(Folder.put, order))
    publish(show, site)
    replaced = [name for name in order if name != "copied" and not is_immutable(name)]
    first = order.index(replaced[0])
    assert order[:first].count("copied") == order.count("copied") >= 3


def test_a_release_that_another_wrote_meanwhile_is_seen_by_its_mark(
    show: Path, site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(show, site)
    edit(show, 1, "title: Talk A", "title: Talk Z")
    hold, written = remote_lock.hold_lock, (site / release.CURRENT).read_bytes()
    newest = release.parse(written, "")
    other = newest._replace(history=(newest.line._replace(id="other"), *newest.history))

    def in_between(*given: object) -> object:
        (site / release.CURRENT).write_bytes(release.render(other))
        return hold(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(remote_lock, "hold_lock", in_between)
    with pytest.raises(EarmarkError, match="another computer published at the same time"):
        publish(show, site)
    assert release.parse((site / release.CURRENT).read_bytes(), "") == other
