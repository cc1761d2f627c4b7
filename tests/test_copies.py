"""A folder that was copied, to begin another episode or by a slip: what is said, and of which."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from making import NOW

from episodes.findings import errors
from podcast import pipeline

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
    found = errors(pipeline.check(show, NOW))
    assert {each.path.rpartition("/")[0] for each in found} == {f"episodes/{name}"}
    (guid,) = [each for each in found if each.rule == "guid-twice"]
    assert guid.fix.startswith("if this folder is a copy, delete it")
    (sound,) = [each for each in found if each.rule == "audio-twice"]
    assert sound.message == f"is the same recording as {ONE}/recording.mp3"


def test_a_folder_with_another_name_has_another_address_and_that_is_said_once(
    make_show: Callable[..., Path],
) -> None:
    show = make_show(2)
    pipeline.build(show, now=NOW)
    (show / ONE).rename(show / "episodes" / "01-our-talk")
    (found,) = pipeline.check(show, NOW)
    assert str(found).endswith(
        "slug: is 01-our-talk, and was 01-talk: its page gets another address; "
        "write `slug: 01-talk`; or leave it, if nobody has a link yet"
    )
    assert [each.rule for each in pipeline.build(show, now=NOW).findings] == ["slug-changed"]
    assert pipeline.check(show, NOW) == []
