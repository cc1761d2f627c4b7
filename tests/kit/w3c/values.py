"""What the W3C feed validator asks of single values: dates, addresses, words and HTML.

Each look takes an element and yields the ids of the messages that the validator would show.
"""

from __future__ import annotations

import html.entities
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import html5lib
from html5lib.html5parser import ParseError
from lxml.etree import _Element

from episodes.frontmatter import language_codes
from episodes.frontmatter.apple_categories import CATEGORIES

Look = Callable[[_Element], Iterator[str]]


def _words(text: str) -> frozenset[str]:
    return frozenset(word.replace("~", " ") for word in text.split())


_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
_ZONES = "UT|GMT|EST|EDT|CST|CDT|MST|MDT|PST|PDT|Z"
_DATE = re.compile(
    rf"(?:({'|'.join(_DAYS)}), )?\d\d? (?:{_MONTHS}) \d{{4}} \d\d:\d\d(?::\d\d)? "
    rf"(?:[+-]?\d\d[03]0|{_ZONES})"
)
_OLD_DATE = re.compile(
    rf"(?:(?:{'|'.join(_DAYS)})\s*,\s*)?\d\d?\s+(?:{_MONTHS})\s+\d\d(?:\d\d)?\s+\d\d:\d\d(?::\d\d)?"
    rf"\s+(?:[+-]\d{{4}}|{_ZONES}|[A-IK-Z])?",
    re.IGNORECASE,
)
_URI = re.compile(r"[0-9a-zA-Z;/?:@&=+$.\-_!~*'()%,#]*")
_HOST = r"(?:\d{1,3}\.\d{1,3}\.\d{1,3}\.|(?:[a-z0-9-]+\.)+)[a-z0-9][-a-z0-9]*"
_MAIL = re.compile(rf"[\w.+'-]+@{_HOST}", re.IGNORECASE)
_WEB = re.compile(rf"https?://{_HOST}(?::\d+)?(?:/.*|$)", re.IGNORECASE)
_SIGNS = r"[^\s()<>,;:\\\"/\[\]?=]+"
_MIME = re.compile(rf"{_SIGNS}/{_SIGNS}(\s*;\s*{_SIGNS}=(\"[^\"]*\"|{_SIGNS}))*")
_SCHEMES = _words("http https ftp mailto tel urn tag sip sips news data geo xmpp")
_TAGS = _words(
    "a abbr address article aside audio b bdi bdo blockquote body br button canvas "
    "caption cite code col dd del details dfn div dl dt em figure footer form h1 h2 h3 h4 "
    "h5 h6 head header hr html i iframe img input ins kbd label li link main map mark "
    "meta nav object ol p pre q s samp script section select small span strong style sub "
    "summary sup table tbody td template textarea tfoot th thead time title tr u ul var "
    "video"
)
_DANGEROUS = _words("body head html iframe link meta object script style title base embed applet")
_ATTRIBUTES = _words(
    "alt cite class colspan datetime dir height href hreflang id lang rel rowspan span "
    "src start target title type value width"
)
_OBSOLETE = _words(
    "Audio~Blogs Family Food Health Politics Public~Radio Talk~Radio Travel Training K-12 "
    "Higher~Education Education~Technology Language~Courses Philosophy Literature"
)


def text(element: _Element) -> str:
    return (element.text or "").strip()


def filled(element: _Element) -> Iterator[str]:
    if not text(element):
        yield "NotBlank"


def plain(element: _Element) -> Iterator[str]:
    """No markup: neither an end tag of HTML, nor an entity, nor what looks like a tag."""
    value = text(element)
    tags = {tag.lower() for tag in re.findall(r"</(\w+)>", value)}
    entities = {f"{each};" for each in re.findall(r"&(\w+)", value)}
    if tags & _TAGS or entities & html.entities.html5.keys():
        yield "ContainsHTML"
    elif re.search(r"&#[x0-9]|<[/a-zA-Z]", value):
        yield "CharacterData"


def date(element: _Element) -> Iterator[str]:
    value = text(element)
    found = _DATE.fullmatch(value)
    if not found:
        yield "ProblematicalRFC822Date" if _OLD_DATE.fullmatch(value) else "InvalidRFC2822Date"
        return
    try:
        moment = parsedate_to_datetime(value).astimezone(UTC)
        weekday = parsedate_to_datetime(value).weekday()
    except ValueError:
        yield "InvalidRFC2822Date"
        return
    if found[1] and found[1] != _DAYS[weekday]:
        yield "IncorrectDOW"
    elif (
        not datetime(1990, 1, 1, tzinfo=UTC) <= moment <= datetime.now(UTC) + timedelta(minutes=10)
    ):
        yield "ImplausibleDate"


def reference(value: str) -> Iterator[str]:
    """Look at an address that may be relative."""
    if not _URI.fullmatch(value):
        wrong = any(sign.isascii() and not _URI.fullmatch(sign) for sign in value)
        yield "InvalidUriChar" if wrong else "UriNotIri"


def address(element: _Element) -> Iterator[str]:
    """Ask for a full address, with its scheme."""
    value = text(element)
    faults = [*reference(value)]
    scheme, _, rest = value.partition(":")
    hostless = scheme.lower() in {"http", "ftp"} and not re.match(r"//[^/]", rest)
    if faults:
        yield from faults
    elif hostless or not re.fullmatch(r"[a-zA-Z][\w+.-]*:.+", value):
        yield "InvalidFullLink"
    elif scheme.lower() not in _SCHEMES:
        yield "SchemeNotIANARegistered"


def web(value: str | None) -> Iterator[str]:
    if not value or not _WEB.fullmatch(value) or [*reference(value)]:
        yield "InvalidURLAttribute"


def mime(value: str) -> bool:
    return bool(_MIME.fullmatch(value))


def mail(element: _Element) -> Iterator[str]:
    if not _MAIL.fullmatch(text(element)):
        yield "InvalidContact"


def contact(element: _Element) -> Iterator[str]:
    """Ask for `someone@example.org (Name)`."""
    value = text(element)
    found = re.fullmatch(r"(\S+@\S+?)(?: (\(.+\)))?", value)
    if "@" in value and not value.endswith(")"):
        yield "EmailFormat" if " " in value else "MissingRealName"
    elif not found or not _MAIL.fullmatch(found[1]):
        yield "InvalidContact"


def language(element: _Element) -> Iterator[str]:
    if text(element).partition("-")[0].lower() not in language_codes.LANGUAGES:
        yield "InvalidLanguage"


def one_of(message: str, *words: str) -> Look:
    def look(element: _Element) -> Iterator[str]:
        if text(element) not in words:
            yield message

    return look


def at_most(limit: int) -> Look:
    def look(element: _Element) -> Iterator[str]:
        if len(text(element)) > limit:
            yield "TooLong"
        yield from plain(element)

    return look


def matching(message: str, pattern: str) -> Look:
    def look(element: _Element) -> Iterator[str]:
        if not re.fullmatch(pattern, text(element)):
            yield message

    return look


def keywords(element: _Element) -> Iterator[str]:
    if " " in text(element) and "," not in text(element):
        yield "InvalidKeywords"


def category(element: _Element) -> Iterator[str]:
    name, parent = element.get("text"), element.getparent()
    above = parent.get("text") if parent is not None else None
    known = CATEGORIES.get(above, ()) if above else CATEGORIES
    if name is None:
        yield "MissingAttribute"
    elif name == "Religion" or name not in known:  # Apple added it in 2022; the validator has not
        yield "ObsoleteItunesCategory" if name in _OBSOLETE else "InvalidItunesCategory"


def markup(element: _Element) -> Iterator[str]:
    """Ask for HTML that a strict parser takes, with nothing in it that could do harm."""
    parser = html5lib.HTMLParser(strict=True)
    try:
        tree = parser.parseFragment(element.text or "")
    except ParseError:
        yield "NotHtml"
        return
    for each in tree.iter():
        if isinstance(each.tag, str) and each.tag != "DOCUMENT_FRAGMENT":
            yield from _tag(each.tag.rpartition("}")[2].lower(), each.attrib)


def _tag(name: str, attributes: dict[str, str]) -> Iterator[str]:
    if name in _DANGEROUS:
        yield "SecurityRisk"
    elif name not in _TAGS:
        yield "NotHtml"
    for key, value in attributes.items():
        if key == "style":
            yield "DangerousStyleAttr"
        elif key not in _ATTRIBUTES and not key.startswith("data-"):
            yield "SecurityRiskAttr"
        if (name, key) in {("a", "href"), ("img", "src")} and not re.match(r"\w+:", value):
            yield next(reference(value), "ContainsRelRef")
