"""What the tests of a show's pages share: a way to open them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.kit.chromium import Visit, Watched, watch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, BrowserContext

    from tests.kit.servers import preview_server


@pytest.fixture
def visit(browser: Browser, example: preview_server.Served) -> Iterator[Visit]:
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
        seen = watch(context)
        seen.page.goto(name if "://" in name else example.address + name)
        return seen

    yield open_page
    for context in contexts:
        context.close()
