"""Looking at a built show with a real browser: what a page said, and what it asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from playwright.sync_api import Page

CHROMIUM = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--autoplay-policy=no-user-gesture-required",
]
EPISODES = tuple(
    f"episodes/{slug}.html" for slug in ("01-first-words", "02-listening", "03-next-steps")
)
PAGES = ("index.html", *EPISODES)
SKIPPABLE = EPISODES[1]  # its content note names two parts, one right behind the other
PARTS = (98, 190)  # seconds: where the first of them begins and the second ends


class Watched(NamedTuple):
    """A page in a browser; `said` is what its console complained of, `asked` method and address."""

    page: Page
    said: list[str]
    asked: list[tuple[str, str]]


class Visit(Protocol):
    """Opens a page of the example, by its name or its whole address, in a fresh browser profile."""

    def __call__(
        self,
        name: str,
        *,
        width: int = 1280,
        scheme: str = "light",
        script: bool = True,
        before: str = "",
    ) -> Watched: ...
