"""Converts HTML notes to Markdown. The only module that uses markdownify.

HTML that Markdown cannot express stays HTML, which Markdown may contain.
"""

from __future__ import annotations

import html
import re

from markdownify import markdownify

from episodes.text import markdown

_LONGEST = 100_000  # characters of HTML that somebody may want to edit; more stays HTML
_TRIES = 4  # to find Markdown that says itself again
_BLOCK = re.compile(
    r"<(/?)(?:div|section|article|header|footer|main|aside|center|figure|figcaption|address|form)"
    r"\b[^>]{0,2000}>",
    re.IGNORECASE,
)
_HEADING = re.compile(r"<(/?)h([1-6])\b[^>]{0,2000}>", re.IGNORECASE)
_TAGGED = re.compile(r"</?[a-zA-Z][^<>]*>|<!--")


def to_markdown(source: str) -> str:
    """Return Markdown that renders to the same words, and converts back to itself."""
    clean = markdown.clean(_blocks(source) if _TAGGED.search(source) else _paragraphs(source))
    if not markdown.plain_text(clean):
        return ""
    versions = (_settled(clean, escaped=escaped) for escaped in (False, True))
    short = len(clean) <= _LONGEST
    return (next(filter(None, versions), None) if short else None) or _kept(clean)


def _settled(clean: str, *, escaped: bool) -> str:
    """Return Markdown that renders to the same words and is stable, "" if there is none.

    Special characters are `escaped` only if needed: escapes are hard to read.
    """
    written = _markdown(clean, escaped=escaped)
    for _ in range(_TRIES):
        shown = markdown.render(written)
        again = _markdown(shown, escaped=escaped)
        if again == written:
            return written if _words(shown) == _words(clean) else ""
        written = again
    return ""


def _blocks(source: str) -> str:
    """Replace block elements with paragraphs, and keep headings at the levels that pages use."""
    source = _BLOCK.sub(r"<\1p>", source)
    return _HEADING.sub(lambda heading: f"<{heading[1]}h{max(3, min(5, int(heading[2])))}>", source)


def _paragraphs(source: str) -> str:
    """Return plain text, which many feeds have as notes, as HTML."""
    text = html.escape(html.unescape(source), quote=False)
    parts = [part.strip() for part in re.split(r"\n\s*\n", text.replace("\r\n", "\n"))]
    rows = ("<br>".join(line.strip() for line in part.split("\n")) for part in parts if part)
    return "".join(f"<p>{row}</p>" for row in rows)


def _markdown(shown: str, *, escaped: bool) -> str:
    """Convert sanitised HTML; headings begin at level 1, as leads write them."""
    raised = _HEADING.sub(lambda heading: f"<{heading[1]}h{max(1, int(heading[2]) - 2)}>", shown)
    try:
        text = str(markdownify(raised, heading_style="ATX", bullets="-", escape_misc=escaped))
    except RecursionError:
        return ""
    return re.sub(r"\n{3,}", "\n\n", text).strip()


def _words(shown: str) -> str:
    return re.sub(r"\s+", "", markdown.plain_text(shown))


def _kept(clean: str) -> str:
    """Return HTML as a block of Markdown, without blank lines, which would end it."""
    block = re.sub(r"\n\s*\n", "\n", clean)
    kept = f"<div>\n{block}\n</div>"
    return (
        kept
        if _words(markdown.render(kept)) == _words(clean)
        else html.escape(markdown.plain_text(clean))
    )
