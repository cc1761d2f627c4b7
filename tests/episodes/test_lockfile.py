"""The lock file: written in one order, read strictly, and no address is ever forgotten."""

from __future__ import annotations

import json
from typing import Any

import pytest

from episodes import lockfile
from episodes.errors import SourceError

ENTRY = lockfile.LockedEpisode(
    source="a" * 64,
    recipe="as it is",
    audio="b" * 64,
    tags="c" * 32,
    file="media/talk-0123456789ab.mp3",
    length=3,
    seconds=1.5,
)


def test_what_is_written_is_read_back() -> None:
    entries = {"guid-b": ENTRY, "guid-a": ENTRY.model_copy(update={"former": ("media/x.mp3",)})}
    text = lockfile.render(lockfile.Lock(version=1, episodes=entries))
    assert lockfile.parse(text).episodes == entries
    assert text.index("guid-a") < text.index("guid-b")
    assert lockfile.render(lockfile.parse(text)) == text


def damaged(**changes: Any) -> str:
    row = {**ENTRY.model_dump(mode="json"), **changes}
    return json.dumps({"version": 1, "episodes": {"guid": row}})


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        '{"version": 1}',
        '{"version": 1, "episodes": []}',
        "\ufeff{}",
        "[" * 100_000,
        damaged(length="many"),
        damaged(length=-1),
        damaged(seconds=-1),
        damaged(seconds=float("inf")),
        damaged(seconds=1.5).replace("1.5", "1e400"),
        damaged(colour="red"),
        damaged(file="../../etc/passwd.mp3"),
        damaged(file="media/../../x.mp3"),
        damaged(file="media/a.exe"),
        damaged(file="media/"),
        '{"version": 1, "episodes": {}, "elsewhere": {"guid": {"addresses": ["../a.mp3"]}}}',
        lockfile.render(lockfile.Lock(version=1, episodes={"guid": ENTRY}))[:-20],
    ],
)
def test_a_damaged_lock_file_is_one_clear_finding(text: str) -> None:
    with pytest.raises(SourceError) as error:
        lockfile.parse(text)
    assert str(error.value) == (
        "earmark.lock: is damaged; get the last good one from your backup or version control"
    )


@pytest.mark.parametrize(
    "text", ['{"version": 2, "episodes": {}}', '{"version": 1, "episodes": {}, "later": []}']
)
def test_a_newer_lock_file_asks_for_a_newer_earmark(text: str) -> None:
    with pytest.raises(SourceError) as error:
        lockfile.parse(text)
    assert "was written by a newer version of Earmark" in str(error.value)


def test_a_merge_that_is_not_done_is_named() -> None:
    text = lockfile.render(lockfile.Lock(version=1, episodes={}))
    with pytest.raises(SourceError) as error:
        lockfile.parse(f"<<<<<<< HEAD\n{text}=======\n{text}>>>>>>> b\n")
    assert str(error.value) == (
        "earmark.lock: has the markers of a merge conflict in it (<<<<<<<); "
        "keep one of the two sides, and the later of the two `published`"
    )


def test_every_former_name_is_remembered_once_and_never_the_present_one() -> None:
    second = ENTRY.model_copy(update={"file": "media/talk-2.mp3"})
    third = ENTRY.model_copy(update={"file": "media/talk-3.mp3"})
    entry = lockfile.keep_former_names(
        lockfile.keep_former_names(lockfile.keep_former_names(None, ENTRY), second), third
    )
    assert entry.former == (ENTRY.file, second.file)
    assert lockfile.keep_former_names(entry, third).former == entry.former
    assert lockfile.keep_former_names(entry, ENTRY).former == (second.file, third.file)


def test_where_recordings_lay_is_remembered_once_and_only_where_there_is_any() -> None:
    bare = lockfile.Lock(version=1, episodes={})
    assert "elsewhere" not in lockfile.render(bare)
    one, two = "https://host.example.org/1.mp3", "https://host.example.org/2.mp3"
    known = bare.knowing({"guid": lockfile.RemoteRecordings(addresses=(one,))})
    known = known.knowing({"guid": lockfile.RemoteRecordings(addresses=(two, one))})
    assert known.elsewhere["guid"].addresses == (one, two)
    assert lockfile.parse(lockfile.render(known)) == known
