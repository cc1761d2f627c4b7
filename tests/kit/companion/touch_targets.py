"""Measures what a thumb has to hit, and what stands above the content of a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

HEADER = 56  # pixels above the content of a page, at most
# Links in a sentence may be as tall as its line (WCAG 2.5.8); all else is for a thumb.
SMALL = """() => {
  const flows = (e) => e.matches("a") && getComputedStyle(e).display === "inline"
    && [...e.parentElement.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
  const boxes = (e) => {
    const own = e.getBoundingClientRect(), row = e.matches(".whole .title") ? e.closest("li") : e;
    const label = e.labels && e.type === "checkbox" ? e.labels[0] : null;
    return Math.max(own.height, row.getBoundingClientRect().height,
      label ? label.getBoundingClientRect().height : 0);
  };
  return [...document.querySelectorAll("a[href], button, summary, select, textarea, input")]
    .filter((e) => e.checkVisibility() && !e.matches(".skip, .unseen, [readonly][hidden]"))
    .map((e) => [e, Math.round(boxes(e) * 10) / 10, flows(e) ? 24 : 44])
    .filter(([, high, least]) => high < least)
    .map(([e, high]) => `${e.textContent.trim() || e.name || e.localName} is ${high} high`);
}"""
ABOVE = """() => Math.round(
  document.querySelector("main").getBoundingClientRect().top + scrollY)"""


def small_targets(page: Page) -> list[str]:
    """Return the targets of a page that a thumb misses, on the narrowest phone."""
    page.set_viewport_size({"width": 320, "height": 568})
    found: list[str] = page.evaluate(SMALL)
    above = page.evaluate(ABOVE)
    return found + ([f"{above} px stand above the content"] if above > HEADER else [])
