"""Is every page shown in the typeface that we ship, without a line that moves?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.kit.chromium import PAGES

if TYPE_CHECKING:
    from tests.kit.chromium import Visit
    from tests.kit.servers import preview_server

pytestmark = pytest.mark.slow

# Notes how far what is shown has moved by itself, from the first moment.
SHIFTS = """window.moved = 0;
new PerformanceObserver((list) => {
  list.getEntries().forEach((each) => { window.moved += each.value; });
}).observe({ type: "layout-shift", buffered: true });"""
FACES = """document.fonts.ready.then(() => [...document.fonts]
  .map((face) => `${face.weight} ${face.status}`).sort())"""


@pytest.mark.parametrize("name", [*PAGES, "no-such-page.html"])
def test_both_weights_are_loaded_from_here(
    visit: Visit, example: preview_server.Served, name: str
) -> None:
    seen = visit(name)
    assert seen.page.evaluate(FACES) == ["400 loaded", "600 loaded"]
    fonts = [link for _, link in seen.asked if link.endswith(".woff2")]
    assert len(fonts) == 2
    assert all(link.startswith(example.address) for link in fonts)


@pytest.mark.parametrize("width", [390, 1280])
def test_no_line_moves_when_the_font_comes(visit: Visit, width: int) -> None:
    page = visit(PAGES[0], width=width, before=SHIFTS).page
    page.evaluate(FACES)
    page.wait_for_timeout(300)
    assert page.evaluate("window.moved") < 0.01


def test_a_page_in_a_folder_has_the_typeface_too(
    visit: Visit, example: preview_server.Served
) -> None:
    seen = visit((example.public / PAGES[1]).as_uri())
    assert seen.page.evaluate(FACES) == ["400 loaded", "600 loaded"]
    assert seen.said == []
