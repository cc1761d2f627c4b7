"""Tests which published files belong to an episode, by every name that it had."""

from __future__ import annotations

from episodes import former_names
from episodes.former_names import EpisodeFiles
from episodes.lockfile import Lock, LockedEpisode, RemoteRecordings


def test_traces_are_told_by_name_and_only_those() -> None:
    mine = ["art/talk-0123456789ab-small.jpg", "art/talk-0123456789ab.png",
            "art/talk-chapter-0123456789ab.jpg", "chapters/talk-01234567.json",
            "episodes/talk.html", "media/talk-0123456789ab.mp3", "media/talk-0123456789ab.opus",
            "transcripts/talk-01234567.html"]  # fmt: skip
    others = ["media/talk-two-0123456789ab.mp3", "media/talk.mp3", "media/my-talk-0123456789ab.mp3",
              "episodes/talk-two.html", "episodes/talk.html.bak", "talk.html", "feed.xml",
              "media/talk-notes.mp3", "media/talk-0123456789ab/x.mp3"]  # fmt: skip
    assert former_names.files_of([*others, *mine], [EpisodeFiles("g", "t", ("talk",))]) == mine
    spared = EpisodeFiles("g", "t", ("talk",), (mine[5],))
    assert mine[5] not in former_names.files_of(mine, [spared])
    assert former_names.files_of(mine, []) == []


def test_every_name_that_an_episode_had_is_known_from_its_recordings() -> None:
    entry = LockedEpisode(
        source="s",
        recipe="r",
        audio="a",
        tags="t",
        file="media/new-0123456789ab.mp3",
        length=1,
        seconds=1,
        former=("media/old-name-0123456789ab.mp3",),
    )
    here = RemoteRecordings(slugs=("older",))
    known = Lock(version=1, episodes={"g": entry}, elsewhere={"g": here})
    assert former_names.slugs_of("g", "newest", known) == ("newest", "new", "old-name", "older")
    assert former_names.slugs_of("other", "only", known) == ("only",)
