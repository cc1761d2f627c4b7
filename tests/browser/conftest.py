"""What the tests with a browser share: the example on a server, Chromium, a way to open pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import making
import pytest
import serving
from browsing import CHROMIUM, Visit, Watched

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, BrowserContext


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, without a window."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        making.missing("playwright is not installed")
    program = making.program("chromium")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=CHROMIUM)
        yield started
        started.close()


@pytest.fixture
def visit(browser: Browser, example: serving.Served) -> Iterator[Visit]:
    """Return a function that opens pages; what they open is closed afterwards."""
    contexts: list[BrowserContext] = []

    def open_page(
        name: str,
        *,
        width: int = 1280,
        scheme: Any = "light",
        script: bool = True,
        before: str = "",
    ) -> Watched:
        context = browser.new_context(
            viewport={"width": width, "height": 800},
            color_scheme=scheme,
            java_script_enabled=script,
            reduced_motion="reduce",
        )
        contexts.append(context)
        context.add_init_script(before)
        seen = _watch(context)
        seen.page.goto(name if "://" in name else example.address + name)
        return seen

    yield open_page
    for context in contexts:
        context.close()


def _watch(context: BrowserContext) -> Watched:
    seen = Watched(context.new_page(), [], [])
    seen.page.on("console", lambda message: seen.said.append(message.text))
    seen.page.on("pageerror", lambda error: seen.said.append(str(error)))
    context.on("request", lambda request: seen.asked.append((request.method, request.url)))
    return seen
