"""Names a document that is not a feed: a web page, a feed in JSON, a list of podcasts."""

from __future__ import annotations

import re
from urllib.parse import urljoin

from feed.reader import plain_text

_HTML = re.compile(
    r"\s*(<!--(?:(?!-->).)*-->\s*)*<(!doctype\s+html|html)\b", re.DOTALL | re.IGNORECASE
)
_FEED = re.compile(r"<(?:\?xml|rss|feed|rdf:rdf)\b", re.IGNORECASE)
_LINK = re.compile(r"<link\b[^<>]*>", re.IGNORECASE)
_ALTERNATE = re.compile(r"application/(?:rss|atom)\+xml", re.IGNORECASE)
_HREF = re.compile(r"""\bhref\s*=\s*["']?([^"'\s>]+)""", re.IGNORECASE)
# How a captive portal's page may begin if it has no <html>.
_OF_PAGES = {
    "html", "head", "body", "script", "noscript", "meta", "title", "style", "div", "p", "h1", "h2",
    "center", "form", "table", "iframe", "br", "span", "a", "b", "pre", "link", "base",
}  # fmt: skip
_OTHERS = {
    "opml": "is a list of podcasts (OPML); give the web address of one of them",
    "urlset": "is a site map, not a feed; give the web address that podcast apps use",
    "sitemapindex": "is a site map, not a feed; give the web address that podcast apps use",
}


def is_page(text: str) -> bool:
    """Return whether a text begins like a web page."""
    return bool(_HTML.match(text[:20_000]))


def is_json(text: str) -> bool:
    """Return whether a text begins like JSON, and contains no feed."""
    start = text[:20_000].lstrip("\ufeff \t\r\n")
    return start.startswith(("{", "[")) and not _FEED.search(start)


def page(text: str, address: str) -> str:
    """Describe a web page, and the feed that it names."""
    links = (each[0] for each in _LINK.finditer(text[:200_000]))
    link = next(filter(_ALTERNATE.search, links), "")
    named = _HREF.search(link)
    if not named:
        return "is a web page, not a feed; give the web address that podcast apps use"
    better = urljoin(address, named[1])[:300]
    return f"is a web page, not a feed; it names this one: {better}"


def bare(text: str) -> str:
    """Describe a text without any element."""
    if is_json(text):
        return "is JSON, not RSS or Atom; give the web address that podcast apps use"
    return "is not XML, so it is not a feed"


def element(name: str, text: str, address: str) -> str:
    """Describe an XML document that is not a feed."""
    if name in _OF_PAGES:
        return page(text, address)
    return _OTHERS.get(name) or (
        f"is XML, but not a feed: its first element is <{plain_text.cut(name, 40)}>"
    )
