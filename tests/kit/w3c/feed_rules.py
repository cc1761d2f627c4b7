"""What the W3C feed validator would say of a feed (RSS 2.0 with iTunes tags), by its message ids.

It cannot be installed from a registry, so its published rules are told here again, in our own
words. They are stricter where that is simpler; what concerns Atom and RSS 1.0 feeds is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from lxml import etree

from tests.kit.w3c.elements import CHANNEL, RSS, Told
from tests.kit.w3c.values import address, mime, reference, text, web

SPACES = {
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "atom": "http://www.w3.org/2005/Atom",
}
UNSUPPORTED = ("https://podcastindex.org/namespace/1.0",)
LIMIT = 5_000_000  # bytes that it reads
RELATIONS = frozenset(
    [
        "alternate",
        "self",
        "hub",
        "related",
        "license",
        "payment",
        "first",
        "last",
        "next",
        "previous",
    ]
)
_NAMES = {space: prefix for prefix, space in SPACES.items()}


class Finding(NamedTuple):
    """A message of the validator, where it belongs, and the value that it is about."""

    message: str
    where: str
    value: str


def findings(raw: bytes, address: str | None = None) -> list[Finding]:
    """Return everything that the validator would say, errors and warnings alike.

    `address` is where the feed was fetched.
    """
    found = [Finding(message, "document", "") for message in _document(raw)]
    try:
        root = etree.fromstring(raw, etree.XMLParser(resolve_entities=False, huge_tree=True))
    except etree.XMLSyntaxError as error:
        entity = "Entity" in str(error) and "not defined" in str(error)
        return [*found, Finding("UndefinedNamedEntity" if entity else "SAXError", "document", "")]
    here = root.find("channel/atom:link[@rel='self']", SPACES)
    if address and here is not None and here.get("href") != address:
        found.append(Finding("SelfDoesntMatchLocation", "atom:link", address))
    return [*found, *_spaces(root), *_inside(root, RSS), *_characters(root), *_whole(root)]


def _document(raw: bytes) -> Iterator[str]:
    head = raw[:200].decode("latin-1")
    said = re.search(r"encoding=['\"]([\w.-]+)['\"]", head.partition("?>")[0])
    if len(raw) > LIMIT:
        yield "ValidatorLimit"
    if not said:
        yield "MissingEncoding"
    elif said[1].lower() not in {"utf-8", "utf8"}:
        yield "NotUTF8"
    if re.match(r"<\?xml version=['\"](?!1\.0['\"])", head):
        yield "BadXmlVersion"
    if re.search(rb"<!(?:DOCTYPE|ENTITY)[^>]*\b(?:SYSTEM|PUBLIC)\b", raw):
        yield "ContainsSystemEntity"
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        yield "UnicodeError"


def _spaces(root: etree._Element) -> Iterator[Finding]:
    declared = {pair for each in root.iter("*") for pair in each.nsmap.items() if pair[0]}
    for prefix, space in sorted(declared):
        if space in UNSUPPORTED:
            yield Finding("UnsupportedNamespace", "xmlns", space)
        elif prefix in SPACES and SPACES[str(prefix)] != space:
            yield Finding("ReservedPrefix", "xmlns", space)
        elif space in _NAMES and _NAMES[space] != prefix:
            yield Finding("NonstdPrefix", "xmlns", space)
        elif space not in _NAMES:
            yield Finding("UnknownNamespace", "xmlns", space)


def _name(element: etree._Element) -> str | None:
    """Return the name as the validator knows it; none for an element of somebody else."""
    found = etree.QName(element)
    if not found.namespace:
        return found.localname
    prefix = _NAMES.get(found.namespace)
    return f"{prefix}:{found.localname}" if prefix else None


def _inside(parent: etree._Element, known: Mapping[str, Told]) -> Iterator[Finding]:
    before: set[str] = set()
    for child in parent.iterchildren("*"):
        name = _name(child)
        if name is None:
            strangers = [each for each in child.iter("*") if not etree.QName(each).namespace]
            yield from (Finding("NotInANamespace", str(each.tag), "") for each in strangers)
        elif name not in known:
            yield Finding("UndefinedElement", name, "")
        else:
            if name in before and not known[name].again:
                double = "DuplicateEnclosure" if name == "enclosure" else "DuplicateElement"
                yield Finding(double, name, "")
            yield from _element(child, name, known[name])
            before.add(name)
    loose = [parent.text, *(child.tail for child in parent)]
    if any((each or "").strip() for each in loose):
        yield Finding("UnexpectedText", str(parent.tag), "")


def _element(element: etree._Element, name: str, told: Told) -> Iterator[Finding]:
    for key in {str(key) for key in element.attrib} - told.attributes:
        message = "UseOfExtensionAttr" if key.startswith("{") else "UnexpectedAttribute"
        yield Finding(message, name, key)
    for look in told.looks:
        yield from (Finding(message, name, text(element)) for message in look(element))
    if told.children is None and not len(element):
        yield from _special(element, name)
    else:
        yield from _inside(element, told.children or {})


def _special(element: etree._Element, name: str) -> Iterator[Finding]:
    special = {"enclosure": _enclosure, "guid": _guid, "atom:link": _atom_link}
    if name in special:
        yield from (Finding(message, name, text(element)) for message in special[name](element))
    elif name == "itunes:image" and "href" not in element.attrib:
        yield Finding("MissingAttribute", name, "href")
    elif name == "itunes:image":
        yield from (Finding(each, name, "") for each in web(element.get("href")))


def _enclosure(element: etree._Element) -> Iterator[str]:
    url, length, kind = (element.get(key) for key in ("url", "length", "type"))
    if None in {url, length, kind}:
        yield "MissingAttribute"
    if length is not None and not re.fullmatch(r"-?\d+", length):
        yield "InvalidIntegerAttribute"
    elif length is not None and int(length) < 0:
        yield "UseZeroForUnknown" if int(length) == -1 else "InvalidNonNegativeInteger"
    if kind is not None and not mime(kind):
        yield "InvalidMIMEAttribute"
    if url is not None:
        yield from web(url)
        if url.rpartition(".")[2] not in {"m4a", "mp3", "mov", "mp4", "m4v", "pdf", "epub"}:
            yield "UnsupportedItunesFormat"


def _guid(element: etree._Element) -> Iterator[str]:
    permanent, value = element.get("isPermaLink", "true"), text(element)
    if permanent not in {"true", "false"}:
        yield "InvalidBooleanAttribute"
    if not value:
        yield "NotBlank"
    elif permanent == "true" and value.lower().startswith(("tag:", "urn:uuid:")):
        yield "InvalidPermalink"
    elif permanent == "true" and [*address(element)]:
        yield "InvalidHttpGUID"
    elif permanent != "true" and value.isdigit() and len(value) < 9:
        yield "NotSufficientlyUnique"


def _atom_link(element: etree._Element) -> Iterator[str]:
    rel, kind = element.get("rel", "alternate"), element.get("type")
    if not rel:
        yield "AttrNotBlank"
    elif rel not in RELATIONS and not rel.startswith("http"):
        yield "UnregisteredAtomLinkRel"
    if kind is not None and not mime(kind):
        yield "InvalidMIMEType"
    elif kind and rel == "self" and not re.match(r"application/(atom|rss|rdf)\+xml", kind):
        yield "SelfNotAtom"
    if text(element):
        yield "AtomLinkNotEmpty"
    yield from _target(element.get("href"), rel)


def _target(href: str | None, rel: str) -> Iterator[str]:
    if href is None:
        yield "MissingHref"
    elif [*reference(href)]:
        yield "InvalidIRI"
    elif rel == "self" and "//" not in href:
        yield "RelativeSelf"


def _characters(root: etree._Element) -> Iterator[Finding]:
    """Look for what was decoded wrongly: C1 controls, and the sign for a lost character."""
    for element in root.iter("*"):
        for value in (element.text, *element.attrib.values()):
            if value and re.search("[\x80-\x9f\ufffd]|[\u00c2\u00c3][\x80-\xbf]", str(value)):
                yield Finding("BadCharacters", str(element.tag), str(value))


def _whole(root: etree._Element) -> Iterator[Finding]:
    if root.tag != "rss" or root.get("version") is None:
        yield Finding("MissingAttribute", "rss", "version")
    elif root.get("version") != "2.0":
        yield Finding("ObsoleteVersion", "rss", str(root.get("version")))
    channel = root.find("channel")
    if channel is None:
        yield Finding("MissingChannel", "rss", "")
        return
    yield from (Finding(message, "channel", value) for message, value in _channel(channel))
    guids = [text(each) for each in channel.iterfind("item/guid")]
    yield from (Finding("DuplicateValue", "guid", each) for each in guids if guids.count(each) > 1)
    for item in channel.iterfind("item"):
        yield from (Finding(message, "item", "") for message in _item(item))


def _channel(channel: etree._Element) -> Iterator[tuple[str, str]]:
    names = [_name(each) for each in channel.iterchildren("*")]
    needed = {"title": "MissingTitle", "link": "MissingLink", "description": "MissingDescription"}
    needed |= {"language": "MissingDCLanguage", "itunes:owner": "MissingItunesEmail"}
    needed |= {f"itunes:{name}": "MissingItunesElement" for name in ("category", "explicit")}
    yield from ((message, name) for name, message in needed.items() if name not in names)
    if channel.find("atom:link[@rel='self']", SPACES) is None:
        yield "MissingAtomSelfLink", ""
    if "item" in names and any(name in CHANNEL for name in _after(names)):
        yield "MisplacedItem", ""
    owner = channel.find("itunes:owner", SPACES)
    if owner is not None and owner.find("itunes:email", SPACES) is None:
        yield "MissingElement", "itunes:email"
    image = channel.find("image")
    if image is not None:
        yield from _image(image, channel)


def _after(names: list[str | None]) -> list[str]:
    """Return what stands after the first item and is none."""
    return [name for name in names[names.index("item") :] if name and name != "item"]


def _image(image: etree._Element, channel: etree._Element) -> Iterator[tuple[str, str]]:
    needed = {"title": "MissingTitle", "link": "MissingLink", "url": "MissingElement"}
    yield from (
        (each, f"image/{name}") for name, each in needed.items() if image.find(name) is None
    )
    for name, message in (("link", "ImageLinkDoesntMatch"), ("title", "ImageTitleDoesntMatch")):
        if (image.findtext(name) or "").strip() != (channel.findtext(name) or "").strip():
            yield message, name
    ending = (image.findtext("url") or "").rpartition(".")[2].lower()
    if re.fullmatch(r"\w+", ending) and ending not in {"jpg", "jpeg", "gif", "png"}:
        yield "ImageUrlFormat", ending


def _item(item: etree._Element) -> Iterator[str]:
    names = [_name(each) for each in item.iterchildren("*")]
    if "title" not in names and "description" not in names:
        yield "ItemMustContainTitleOrDescription"
    if "guid" not in names:
        yield "MissingGuid"
    if "content:encoded" in names and "description" not in names[: names.index("content:encoded")]:
        yield "NeedDescriptionBeforeContent"
