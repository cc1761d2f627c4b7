"""The typeface that we ship is small, complete and licensed."""

from __future__ import annotations

import re

from episodes import site_layout
from episodes.static_files import FOLDER, shared_files

FONTS = sorted(name for name in shared_files() if name.endswith(".woff2"))
FONT_WEIGHT = 45_000  # bytes, both together


def test_the_style_names_every_font_that_is_there_and_no_other() -> None:
    assert sorted(re.findall(r'url\("(.+?)"\)', (FOLDER / "type.css").read_text())) == FONTS
    assert len(FONTS) == 2


def test_two_weights_are_light_and_real_fonts() -> None:
    files = [shared_files()[name] for name in FONTS]
    assert sum(map(len, files)) <= FONT_WEIGHT
    assert {data[:4] for data in files} == {b"wOF2"}


def test_the_licence_lies_beside_the_fonts() -> None:
    licence = shared_files()["atkinson-licence.txt"].decode()
    assert "SIL OPEN FONT LICENSE Version 1.1" in licence
    assert "Atkinson Hyperlegible Next Project Authors" in licence


def test_every_shared_file_has_a_media_type() -> None:
    assert [name for name in shared_files() if not site_layout.media_type(name)] == []
