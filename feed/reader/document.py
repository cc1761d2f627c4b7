"""Parses a feed into a tree, however broken: its encoding, entities, namespaces and lines.

lxml, because it knows the line of each element and continues after an error
(docs/decisions/0028). No entity is expanded, no DTD is read, nothing is fetched.
"""

from __future__ import annotations

import re
from html import entities
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from lxml import etree

from episodes.text import charset
from feed.reader import other_documents
from feed.reader.result import Loss, NotAFeedError

if TYPE_CHECKING:
    from collections.abc import Iterator

_DECLARED = re.compile(rb"\A\s*<\?xml[^>]*?encoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})[\"']")
_DECLARATION = re.compile(r"\A\s*<\?xml[^>]*\?>")
_DOCTYPE = re.compile(r"<!DOCTYPE[^\[>]{0,2000}(\[.*?\]\s*)?>", re.DOTALL | re.IGNORECASE)
_DECLARED_TYPE = re.compile(r"<!DOCTYPE", re.IGNORECASE)
_CDATA = "<![CDATA[", "]]>"
_ENTITY = re.compile(r"&(?:([A-Za-z][A-Za-z0-9]{0,31});|#(\d{1,10}|[xX][0-9a-fA-F]{1,8})(;?))?")
_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")
_CLOSED = re.compile(r"</(?:\w+:)?(?:rss|feed|rdf|channel)\s*>", re.IGNORECASE)
_END = 5_000  # characters at the end, in which a feed must be closed
# XML's own entities, by number: after an error the parser forgets their names.
_KEPT = {"amp": "&#38;", "lt": "&#60;", "gt": "&#62;", "quot": "&#34;", "apos": "&#39;"}
_ASCII = 127  # references to these characters stay: they may be markup
FAULTS = 5  # the number of errors reported, each with its line

# Namespaces as feeds really write them, in lower case without scheme and trailing slash.
_SPACES = {
    "www.itunes.com/dtds/podcast-1.0.dtd": "itunes",
    "www.itunes.com/dtds/podcast-1.0": "itunes",
    "podcastindex.org/namespace/1.0": "podcast",
    "github.com/podcastindex-org/podcast-namespace/blob/main/docs/1.0.md": "podcast",
    "purl.org/rss/1.0/modules/content": "content",
    "podlove.org/simple-chapters": "psc",
    "www.w3.org/2005/atom": "atom",
    "purl.org/atom/ns#": "atom",
    "purl.org/dc/elements/1.1": "dc",
    "search.yahoo.com/mrss": "media",
    "www.w3.org/1999/02/22-rdf-syntax-ns#": "rdf",
    "backend.userland.com/creativecommonsrssmodule": "cc",
    **dict.fromkeys(
        (
            "backend.userland.com/rss2",
            "blogs.law.harvard.edu/tech/rss",
            "purl.org/rss/1.0",
            "my.netscape.com/rdf/simple/0.9",
            "channel.netscape.com/rdf/simple/0.9",
            "purl.org/net/rss1.1#",
        ),
        "",
    ),
}


class Node:
    """An element whose children are found by name, like `itunes:image` or `title`."""

    def __init__(self, element: Any, address: str) -> None:
        self.element, self._address = element, address
        self.name = _name(element)
        self._children: dict[str, list[Node]] | None = None

    @property
    def line(self) -> int:
        """The line on which it begins."""
        return int(self.element.sourceline or 0)

    @property
    def children(self) -> dict[str, list[Node]]:
        """Its direct children, by name."""
        if self._children is None:
            self._children = {}
            for each in self.element:
                if isinstance(each.tag, str):
                    node = Node(each, self._address)
                    self._children.setdefault(node.name, []).append(node)
        return self._children

    def all(self, *names: str) -> list[Node]:
        """Return its direct children of those names."""
        return [node for name in names for node in self.children.get(name, ())]

    def text(self, *names: str) -> str:
        """Return the text of the first of those children that has any; without names, its own."""
        if not names:
            return "".join(self.element.itertext()).strip()
        return next((words for node in self.all(*names) if (words := node.text())), "")

    def html(self) -> str:
        """Return its content as HTML, whether it is escaped or consists of elements."""
        if not len(self.element):
            return self.text()
        parts = [self.element.text or ""]
        parts += [etree.tostring(each, encoding="unicode", method="html") for each in self.element]
        return re.sub(r"<(/?)\w+:(\w+)", r"<\1\2", "".join(parts)).strip()

    def get(self, name: str) -> str:
        """Return an attribute, however its name is capitalised."""
        for key, value in self.element.attrib.items():
            if str(key).rpartition("}")[2].lower() == name.lower():
                return str(value).strip()
        return ""

    def link(self, address: str) -> str:
        """Return an absolute URL from one that may be relative to xml:base or to the feed."""
        address = re.sub(r"\s", "%20", address.strip())
        if not address:
            return ""
        try:
            whole = urljoin(self.element.base or self._address, address)
            host = urlsplit(whole).hostname or ""
        except ValueError:
            return ""
        return _ascii(whole, host) if host else ""


def _ascii(address: str, host: str) -> str:
    """Encode a URL as ASCII: the host by IDNA, the rest percent-encoded."""
    if address.isascii():
        return address
    try:
        address = address.replace(host, host.encode("idna").decode(), 1)
    except UnicodeError:
        return ""
    return "".join(
        sign if sign.isascii() else "".join(f"%{byte:02X}" for byte in sign.encode())
        for sign in address
    )


def _name(element: Any) -> str:
    """Return `prefix:local` in lower case with the usual prefix, whatever the feed declares."""
    space, _, local = str(element.tag).rpartition("}")
    local, prefix = local.lower(), (element.prefix or "").lower()
    if ":" in local:  # a prefix that nobody declared
        prefix, _, local = local.partition(":")
        return f"{prefix}:{local}"
    bare = re.sub(r"^\{?https?://", "", space.lower()).rstrip("/")
    known = _SPACES.get(bare, prefix if prefix and bare else "")
    return f"{known}:{local}" if known else local


def read(data: bytes, address: str, from_server: str = "") -> tuple[Node, list[Loss]]:
    """Read bytes that came from `address`, with the charset that the server names (`from_server`).

    Raises NotAFeedError if they are not XML.
    """
    text, wrong = decode(data, from_server)
    losses = [Loss(1, "the document", wrong)] if wrong else []
    if other_documents.is_page(text):
        raise NotAFeedError(other_documents.page(text, address))
    if other_documents.is_json(text):
        raise NotAFeedError(other_documents.bare(text))
    whole = text
    text, lost = _mended(text)
    losses += [Loss(1, "the document", lost)] if lost else []
    if not text.strip():
        raise NotAFeedError(other_documents.bare(whole) if whole.strip() else "is empty")
    parser = etree.XMLParser(
        recover=True, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False,
        remove_comments=True, remove_pis=True, encoding="utf-8",
    )  # fmt: skip
    try:
        root = etree.fromstring(text.encode(), parser, base_url=address)
    except (etree.XMLSyntaxError, ValueError):
        root = None
    if root is None:
        raise NotAFeedError(other_documents.bare(whole))
    messages = [(each.line, str(each.message)) for each in parser.error_log]
    faults = {
        line: why for line, why in reversed(messages) if not why.startswith("Namespace prefix")
    }
    if faults and not _CLOSED.search(text[-_END:]):
        last = max(faults)
        why = "ends in the middle; everything before that was read"
        losses.append(Loss(last, "the document", why))
        faults = {line: why for line, why in faults.items() if line < last}
    for line in sorted(faults)[:FAULTS]:
        why = f"is not well-formed ({' '.join(faults[line].split())[:90]}); the rest was read"
        losses.append(Loss(line, "the document", why))
    return Node(root, address), losses


def decode(data: bytes, from_server: str = "") -> tuple[str, str]:
    """Return the text of a feed, and what was wrong with its declared encoding."""
    match = _DECLARED.match(data[:400])
    declared = match[1].decode("ascii").lower() if match else ""
    text, used = charset.decode(data, declared, from_server)
    expected = charset.python_charset(declared or from_server or "utf-8")
    if wide(data) or used == expected:
        return text, ""
    named = declared or from_server or "utf-8"
    if used == "utf-8":  # many servers declare Latin-1 for every page
        return text, f"says that it is {named}, but it is UTF-8" if declared else ""
    name = "Windows-1252" if used == charset.FALLBACK else used
    return text, f"is not {named}; it was read as {name}"


def wide(data: bytes) -> bool:
    """Return whether bytes begin with a byte order mark, or as two-byte characters."""
    return data.startswith(charset.MARKS) or bool(charset.detect_wide(data))


def _mended(text: str) -> tuple[str, str]:
    """Remove characters that XML cannot carry, keeping every line; return what was lost."""
    start = max(text.find("<"), 0)
    text = "\n" * text.count("\n", 0, start) + text[start:]
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = _DECLARATION.sub(_blank, text, count=1)
    first = _DECLARED_TYPE.search(text)
    if first and (doctype := _DOCTYPE.match(text, first.start())):
        text = text[: doctype.start()] + _blank(doctype) + text[doctype.end() :]
    return charset.drop_unprintable(_PAIR.sub(_paired, "".join(_resolve(text))))


def _paired(match: re.Match[str]) -> str:
    """Join the two halves of a surrogate pair, which some feeds write as two references."""
    return match[0].encode("utf-16-le", "surrogatepass").decode("utf-16-le")


def _resolve(text: str) -> Iterator[str]:
    """Yield the text with its entities resolved, except in CDATA sections."""
    opening, closing = _CDATA
    at = 0
    while 0 <= (start := text.find(opening, at)) < (end := text.find(closing, max(start, at))):
        end += len(closing)
        yield _ENTITY.sub(_resolved, text[at:start])
        yield text[start:end]
        at = end
    yield _ENTITY.sub(_resolved, text[at:])


def _blank(match: re.Match[str]) -> str:
    return "\n" * match[0].count("\n")


def _resolved(match: re.Match[str]) -> str:
    """Replace an HTML entity by its character, and escape a bare &."""
    name, number, closed = match[1] or "", match[2], match[3]
    if name in _KEPT:
        return _KEPT[name]
    if number:
        value = int(number[1:], 16) if number[0] in "xX" else int(number)
        if closed or value > _ASCII:
            return _numbered(value, match[0])
    letter = entities.html5.get(f"{name};", "") if name else ""
    return letter or f"&#38;{match[0][1:]}"


def _numbered(value: int, reference: str) -> str:
    """Return the character of a numeric reference as browsers do, U+FFFD if there is none."""
    letter = charset.character_of(value)
    if value <= _ASCII and letter:
        return reference
    return letter or (chr(value) if value < 0x110000 else "\ufffd")


def items(root: Node, address: str) -> Iterator[Node]:
    """Yield every item, wherever it is: RSS 1.0 has them beside the channel."""
    for element in root.element.iter():
        if isinstance(element.tag, str) and _name(element) in {"item", "atom:entry", "entry"}:
            yield Node(element, address)
