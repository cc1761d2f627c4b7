"""Renders Markdown as sanitised HTML, which can neither run code nor load anything.

The only module that uses markdown-it-py and nh3.
"""

from __future__ import annotations

import nh3
from markdown_it import MarkdownIt

_MARKDOWN = MarkdownIt("commonmark", {"typographer": False}).enable("table")
_TAGS = {
    "a", "abbr", "b", "blockquote", "br", "code", "dd", "dl", "dt", "em", "h3", "h4", "h5", "hr",
    "i", "li", "ol", "p", "pre", "s", "small", "strong", "sub", "sup", "table", "tbody", "td",
    "th", "thead", "tr", "ul",
}  # fmt: skip
_ATTRIBUTES = {"a": {"href", "title"}, "abbr": {"title"}, "ol": {"start"}}
_SCHEMES = {"http", "https", "mailto", "tel"}


def render(markdown: str, top: int = 3) -> str:
    """Return HTML that is safe on any page: no scripts, styles, pictures or frames.

    Headings begin at level `top`, below the headings of the page.
    """
    tokens = _MARKDOWN.parse(markdown)
    for token in tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(5, int(token.tag[1]) + top - 1)}"
    return clean(_MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {}), top)


def clean(html: str, top: int = 3) -> str:
    """Return HTML with only the elements and attributes that notes may have."""
    return nh3.clean(
        html,
        tags=_TAGS | {f"h{level}" for level in range(top, 6)},
        attributes=_ATTRIBUTES,
        url_schemes=_SCHEMES,
        link_rel="noopener",
    ).strip()


def plain_text(html: str) -> str:
    """Return the words of HTML on one line."""
    import html as entities

    return " ".join(entities.unescape(nh3.clean(html, tags=set())).split())
