"""A folder that was copied, to begin another episode or by a slip: what is said, and of which."""

from __future__ import annotations

import json
import re
import shutil
from typing import TYPE_CHECKING

import pytest

from episodes.audio import durations, mp3_frames
from episodes.errors import SourceError
from episodes.findings import errors_in
from podcast.building import pipeline
from podcast.show_folder import lockfile
from tests.kit.broken_shows import released
from tests.kit.shows import NOW

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ONE = "episodes/01-talk"


@pytest.mark.parametrize("name", ["01-talk copy", "01-talk (2)", "Copy of 01-talk"])
def test_the_copy_is_blamed_and_not_what_was_copied(
    make_show: Callable[..., Path], name: str
) -> None:
    show = make_show(2)
    pipeline.build(show, now=NOW)
    shutil.copytree(show / ONE, show / "episodes" / name)
    found = errors_in(pipeline.check(show, NOW))
    assert {each.path.rpartition("/")[0] for each in found} == {f"episodes/{name}"}
    (guid,) = [each for each in found if each.rule == "guid-twice"]
    assert guid.fix.startswith("if this folder is a copy, delete it")
    (sound,) = [each for each in found if each.rule == "audio-twice"]
    assert sound.message == f"is the same recording as {ONE}/recording.mp3"


def test_what_is_out_with_other_words_behind_one_sound_stays_and_a_new_copy_is_refused(
    make_show: Callable[..., Path], tone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    show = make_show(3)
    paths = sorted(show.glob("episodes/*/recording.mp3"))
    for path, words in zip(paths[1:], (b"one", b"two"), strict=True):
        path.write_bytes(tone.read_bytes() + words * 9)
    with monkeypatch.context() as earlier:  # a build that published the words
        earlier.setattr(durations, "sound_frames", mp3_frames.find_frames)
        pipeline.build(show, now=NOW)
    page = show / "episodes/02-talk/episode.md"
    for title in ("Once", "Twice"):  # it is made again
        page.write_text(
            re.sub("title: .*", f"title: {title}", page.read_text("utf-8"), count=1), "utf-8"
        )
        pipeline.build(show, now=NOW)
    paths[0].write_bytes(tone.read_bytes() + b"three" * 9)
    with pytest.raises(SourceError) as error:
        pipeline.build(show, now=NOW)
    (copy,) = error.value.findings
    assert (copy.rule, copy.path) == ("audio-twice", f"{ONE}/recording.mp3")


def test_what_was_only_built_is_not_called_published(make_show: Callable[..., Path]) -> None:
    show = make_show(3)
    pipeline.build(show, now=NOW)
    (show / ONE).rename(show / "episodes" / "01-our-talk")
    shutil.rmtree(show / "episodes" / "03-talk")
    assert pipeline.check(show, NOW) == []
    assert pipeline.build(show, now=NOW).findings == []


def test_a_lock_file_from_before_says_what_was_published_by_its_releases(
    make_show: Callable[..., Path],
) -> None:
    show = make_show(2)
    pipeline.build(show, now=NOW)
    document = json.loads((show / "earmark.lock").read_bytes())
    document["published"] = {"../site": "20261101T120000-abcdef"}
    (show / "earmark.lock").write_text(json.dumps(document), "utf-8")
    shutil.rmtree(show / ONE)
    assert "published-gone" in [each.rule for each in pipeline.check(show, NOW)]


def test_only_what_a_release_had_is_published(show: Path) -> None:
    released(show)
    (show / "episodes" / "02-talk").rename(show / "episodes" / "01-new-talk")
    assert [each.rule for each in pipeline.check(show, NOW)] == ["slug-changed"]
    locked = lockfile.read(show)
    some = [entry.file for guid, entry in locked.episodes.items() if guid != "guid-2"]
    locked = locked.model_copy(update={"released": None, "published": {}})
    lockfile.write(show, locked.releasing("../site", "20261101T120000-abcdef", some))
    assert pipeline.check(show, NOW) == []


def test_a_folder_with_another_name_has_another_address_and_that_is_said_once(
    make_show: Callable[..., Path],
) -> None:
    show = make_show(2)
    pipeline.build(show, now=NOW)
    released(show)
    (show / ONE).rename(show / "episodes" / "01-our-talk")
    (found,) = pipeline.check(show, NOW)
    assert str(found).endswith(
        "slug: is 01-our-talk, but was 01-talk: its page gets a new address; "
        "write `slug: 01-talk`, or leave it, and the links people have stop working"
    )
    assert [each.rule for each in pipeline.build(show, now=NOW).findings] == ["slug-changed"]
    assert pipeline.check(show, NOW) == []
