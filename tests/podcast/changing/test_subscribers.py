"""Real subscribers through changes: nothing comes twice, and what was played stays played.

gPodder and newsboat, each subscribed to a show on a real nginx; the lead types real commands.
"""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from tests.kit.clients import subscribers
from tests.kit.clients.subscribers import Place, Subscriber
from tests.kit.shows import sound

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from click.testing import Result

    Earmark = Callable[..., Result]

pytestmark = pytest.mark.slow


@pytest.fixture
def old(tmp_path: Path) -> Iterator[Place]:
    with subscribers.serve(tmp_path / "old") as place:
        yield place


@pytest.fixture
def new(tmp_path: Path) -> Iterator[Place]:
    with subscribers.serve(tmp_path / "new") as place:
        yield place


@pytest.fixture
def published(show: Path, old: Place, earmark: Earmark) -> Path:
    """A show of two episodes, published to the old place."""
    path = show / "show.md"
    text = path.read_text("utf-8").replace("https://podcast.example.org/night/", old.address)
    path.write_text(text, encoding="utf-8")
    publish(earmark, show, old)
    return show


def publish(earmark: Earmark, show: Path, place: Place) -> None:
    done = earmark("publish", show, "--to", place.folder)
    assert done.exit_code == 0, done.output


@pytest.fixture(params=["gPodder", "newsboat"])
def subscriber(
    request: pytest.FixtureRequest, tmp_path: Path, published: Path, old: Place
) -> Subscriber:
    """An app that has both episodes, and has played the first."""
    found = subscribers.subscribe(request.param, tmp_path / "app", old.feed)
    assert found.guids() == ["guid-1", "guid-2"]
    found.play("guid-1")
    return found


def change(earmark: Earmark, *arguments: object) -> None:
    done = earmark(*arguments, "--yes")
    assert done.exit_code == 0, done.output


def test_a_revised_episode_is_the_same_and_stays_played(
    subscriber: Subscriber, published: Path, old: Place, earmark: Earmark, tmp_path: Path
) -> None:
    before = {each.guid: each for each in subscriber.entries()}
    options = ("-ac", "1", "-ar", "44100", "-b:a", "96k", "-write_id3v2", "0")
    recording = sound(tmp_path / "cut.mp3", 2, options, volume=1.2)
    change(earmark, "revise", "01-talk", "--note", "Cut", "--audio", recording, "--show", published)
    publish(earmark, published, old)
    subscriber.update()
    after = {each.guid: each for each in subscriber.entries()}
    assert list(after) == list(before)
    assert subscriber.played() == {"guid-1"}
    assert after["guid-1"].file != before["guid-1"].file
    assert after["guid-2"] == before["guid-2"]


def test_a_reissue_is_exactly_one_new_episode(
    subscriber: Subscriber, published: Path, old: Place, earmark: Earmark
) -> None:
    change(earmark, "reissue", "01-talk", "--title", "Talk A again", "--show", published)
    publish(earmark, published, old)
    subscriber.update()
    before = {"guid-1", "guid-2"}
    (one,) = (each for each in subscriber.entries() if each.guid not in before)
    assert (one.title, one.played) == ("Talk A again", False)
    assert len(subscriber.guids()) == 3
    assert subscriber.played() == {"guid-1"}
    subscriber.update()
    assert len(subscriber.guids()) == 3


def move(earmark: Earmark, show: Path, new: Place) -> Path:
    """Move, publish to the new place, and return what is meant for the old one."""
    change(earmark, "move", new.address, "--show", show)
    publish(earmark, show, new)
    (left,) = (show / "moved").iterdir()
    return left


def add(earmark: Earmark, show: Path, new: Place) -> None:
    """Publish one more episode at the new place, as months go by."""
    change(earmark, "reissue", "02-talk", "--title", "Talk C", "--show", show)
    publish(earmark, show, new)


def test_who_is_redirected_goes_on_with_everything(
    subscriber: Subscriber, published: Path, old: Place, new: Place, earmark: Earmark
) -> None:
    recordings = subscriber.home.recordings()
    left = move(earmark, published, new)
    old.redirect(left / "redirects" / "nginx.conf")
    assert (old.answer(), old.answer("")) == (301, 301)
    (enclosure,) = {each.file for each in subscriber.entries() if each.guid == "guid-2"}
    assert old.answer(enclosure.removeprefix(old.address)) == 301
    assert new.answer(enclosure.removeprefix(old.address)) == 200
    for _ in range(2):
        subscriber.update()
        assert subscriber.guids() == ["guid-1", "guid-2"]
        assert subscriber.played() == {"guid-1"}
    assert subscriber.follows() == (new.feed if subscriber.name == "gPodder" else old.feed)
    add(earmark, published, new)
    subscriber.update()
    assert len(subscriber.guids()) == 3
    assert subscriber.played() == {"guid-1"}
    assert subscriber.home.recordings().items() >= recordings.items()


def test_who_finds_the_stub_loses_nothing(
    subscriber: Subscriber, published: Path, old: Place, new: Place, earmark: Earmark
) -> None:
    recordings = subscriber.home.recordings()
    left = move(earmark, published, new)
    shutil.copytree(left / "upload", old.folder, dirs_exist_ok=True)
    for _ in range(2):
        subscriber.update()
        assert subscriber.guids() == ["guid-1", "guid-2"]
        assert subscriber.played() == {"guid-1"}
    assert all(each.file.startswith(new.address) for each in subscriber.entries())
    assert subscriber.follows() == old.feed
    add(earmark, published, new)
    subscriber.update()
    assert len(subscriber.guids()) == 2, "it hears of nothing new, as READ-ME.txt says"
    change(earmark, "move", new.address, "--show", published)
    shutil.copytree(left / "upload", old.folder, dirs_exist_ok=True)
    subscriber.update()
    assert len(subscriber.guids()) == 3
    assert subscriber.played() == {"guid-1"}
    assert subscriber.home.recordings().items() >= recordings.items()


def test_who_moves_over_to_the_new_address_by_hand_gets_the_same_episodes(
    subscriber: Subscriber, published: Path, old: Place, new: Place, earmark: Earmark,
    tmp_path: Path,
) -> None:  # fmt: skip
    before = [(each.guid, each.title) for each in subscriber.entries()]
    move(earmark, published, new)
    other = subscribers.subscribe(subscriber.name, tmp_path / "other", new.feed)
    assert [(each.guid, each.title) for each in other.entries()] == before
