"""Checks the values of a catalogue: URLs, file names, texts and their limits; pure.

Anyone who can write a podcast's files can write its catalogue, and the companion puts its values
into links, headers and pages. So no value is trusted.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, AwareDatetime, FailFast, Field, StringConstraints

from episodes.frontmatter.value_types import CONTROL, FIRST, HOST, LAST, Guid, Line

LONGEST_ADDRESS, LONGEST_TEXT = 8_000, 50_000  # characters
# Characters in the path and query of a URL; without "<>\^`{|} and invisible ones.
_URL_CHARS = r"[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%^|-]*"
_WEB = re.compile(rf"(?i:(https?)://)({HOST}(?::[0-9]{{0,5}})?)((?:[/?#]{_URL_CHARS})?)")
_ONLY_URL_CHARS = re.compile(_URL_CHARS)
# Removed: a user name may be an email address.
_CREDENTIALS = re.compile(r"[A-Za-z0-9._~!$&'()*+,;=%:@^|-]*")
# Of a path; without a dot at its start, so that it cannot lead upwards.
_PART = "[A-Za-z0-9_][A-Za-z0-9._~%+-]*"
_BELOW = re.compile(f"{_PART}(?:/{_PART})*")
# Characters that change the direction of the text after them, which may then read differently.
_BIDI_CONTROLS = re.compile("[\u202a-\u202e\u2066-\u2069]")


def web_address(value: str) -> str:
    """Return an http or https URL that has no unusual characters.

    Credentials in front of the host are removed. Raises ValueError.
    """
    parts = urlsplit(value)
    who, at, host = parts.netloc.rpartition("@")
    bare = value.replace(f"{who}{at}", "", 1) if at else value
    match = _WEB.fullmatch(bare)
    whole = match and _CREDENTIALS.fullmatch(who) and urlsplit(bare).netloc == host
    # A port above 65535 raises by itself.
    if not match or not whole or parts.port == 0 or len(bare) > LONGEST_ADDRESS:
        raise ValueError("is not a web address")
    return f"{match[1].lower()}://{match[2]}{match[3]}"


def _folder_address(value: str) -> str:
    if "?" in value or "#" in value:
        raise ValueError("is not a plain folder address")
    return web_address(value).rstrip("/") + "/"


def _below(value: str) -> str:
    if len(value) > LONGEST_ADDRESS or not _BELOW.fullmatch(value):
        raise ValueError("is not the name of a file of the show")
    return value


def _recording(value: str) -> str:
    if "://" in value:
        return web_address(value)
    name = re.split("[?#]", value, maxsplit=1)[0]
    if not _ONLY_URL_CHARS.fullmatch(value):
        raise ValueError("is not the name of a file of the show")
    return _below(name) + value[len(name) :]


def _former(value: str) -> str:
    if len(value) > LONGEST_ADDRESS or CONTROL.search(value):
        raise ValueError("is not an address")
    urlsplit(value)  # only to refuse what cannot be parsed: it is compared with URLs from apps
    return value


def _key(value: str) -> str:
    """Refuse parts that a browser would resolve: /listen/../x is another page."""
    if {".", ".."} & set(re.split(r"[/\\]", value)):
        raise ValueError("has . or .. as a part of it")
    return value


def _shown(value: str) -> str:
    if CONTROL.search(value):
        raise ValueError("contains a control character")
    return _BIDI_CONTROLS.sub("", value)


def _written(value: datetime) -> datetime:
    if not FIRST <= value.year <= LAST:
        raise ValueError(f"is not between {FIRST} and {LAST}")
    return value


Web = Annotated[str, AfterValidator(web_address)]
Folder = Annotated[str, AfterValidator(_folder_address)]
Below = Annotated[str, AfterValidator(_below)]
RecordingAt = Annotated[str, AfterValidator(_recording)]
FormerName = Annotated[str, AfterValidator(_former)]
Key = Annotated[Guid, AfterValidator(_key)]
Words = Annotated[str, Field(max_length=LONGEST_TEXT), AfterValidator(_shown)]
Label = Annotated[Line, AfterValidator(_shown)]
Word = Annotated[str, StringConstraints(max_length=80), AfterValidator(_shown)]
When = Annotated[AwareDatetime, AfterValidator(_written)]


def bounded(most: int) -> Any:
    """Return the limit of a list, and stop at its first fault: there may be millions."""
    return Field(max_length=most), FailFast()
