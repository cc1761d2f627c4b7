"""The page of a review in a real browser: opened from a folder, on every screen, on paper."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.kit import shows

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser

pytestmark = pytest.mark.slow
PAGE = shows.ROOT / "tests" / "golden" / "review" / "review.html"


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_the_page_fits_every_screen_and_asks_nobody(browser: Browser, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 800})
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.goto(PAGE.as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert (asked, said) == ([PAGE.as_uri()], [])
    page.close()


def test_the_page_prints_with_boxes_numbers_and_no_item_torn(
    browser: Browser, tmp_path: Path
) -> None:
    from pypdf import PdfReader

    page = browser.new_page(color_scheme="dark")
    page.goto(PAGE.as_uri())
    page.pdf(path=tmp_path / "page.pdf", prefer_css_page_size=True)
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == (
        "rgb(255, 255, 255)"
    )
    boxes = page.locator(".box").count()
    page.close()
    sheets = [sheet.extract_text() for sheet in PdfReader(tmp_path / "page.pdf").pages]
    assert "116 123" in sheets[0]
    assert sum(sheet.count("Done on") for sheet in sheets) == boxes - 1  # a link to open has none
    for sheet in sheets:
        assert not sheet.strip().startswith("Done on")
