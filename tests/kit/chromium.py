"""Looking at a built show with a real browser: what a page said, and what it asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from tests.kit import shows

if TYPE_CHECKING:
    from playwright import sync_api
    from playwright.sync_api import BrowserContext, Page

    expect = sync_api.expect
else:
    try:
        from playwright.sync_api import expect
    except ImportError:  # `make test` collects without it; the fixture `browser` says so
        expect = None

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
FOCUSABLE = "a[href], button:not([tabindex]), select, textarea, input, summary, audio[controls]"

# What has the focus: its place among all that can have it, and how its focus is drawn.
FOCUSED = """(focusable) => {
  const element = document.activeElement, box = element.getBoundingClientRect();
  const style = getComputedStyle(element);
  return {
    place: [...document.querySelectorAll(focusable)]
      .filter((e) => e.checkVisibility()).indexOf(element),
    tag: element.localName, text: element.textContent.trim(),
    outline: style.outlineStyle === "none" ? 0 : parseFloat(style.outlineWidth),
    seen: box.width > 0 && box.right > 0 && box.bottom > 0
      && box.top < innerHeight && box.left < innerWidth,
  };
}"""
HEADINGS = (
    """() => [...document.querySelectorAll("h1,h2,h3,h4,h5,h6")].map((h) => +h.localName[1])"""
)


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


def watch(context: BrowserContext) -> Watched:
    """Open a page, and write down what it says and asks for."""
    seen = Watched(context.new_page(), [], [])
    seen.page.on("console", lambda message: seen.said.append(message.text))
    seen.page.on("pageerror", lambda error: seen.said.append(str(error)))
    context.on("request", lambda request: seen.asked.append((request.method, request.url)))
    return seen


def barriers(page: Page) -> list[str]:
    """Return what axe finds in a page."""
    if not page.evaluate("'axe' in window"):  # run by the browser, past the page's own policy
        page.evaluate((shows.npm("axe-core") / "axe.min.js").read_text(encoding="utf-8"))
    found: dict[str, Any] = page.evaluate("axe.run({ resultTypes: ['violations'] })")
    assert len(found["passes"]) > 15
    return [
        f"{each['id']}: {each['help']}: {node['html']}"
        for each in found["violations"]
        for node in each["nodes"]
    ]


def walk(page: Page, key: str = "Tab") -> list[dict[str, Any]]:
    """Press a key until the focus leaves the page; an element's own parts count once."""
    places: list[dict[str, Any]] = []
    for _ in range(300):
        page.keyboard.press(key)
        place: dict[str, Any] = page.evaluate(FOCUSED, FOCUSABLE)
        if place["tag"] == "body" or (places and place["place"] == 0):  # some browsers go round
            return places
        if not places or places[-1]["place"] != place["place"]:
            places.append(place)
    raise AssertionError("the focus never leaves the page")
