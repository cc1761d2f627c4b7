"""Bounds what a form may hold, before anything of it is read.

The largest form is a note with every answer as long as it may be, in any script: what each field
allows may be sent together. All other forms are small. A form of a million fields would take
seconds and hundreds of megabytes, so fields are counted first and values decoded piece by piece.
"""

from __future__ import annotations

import re
from typing import IO, TYPE_CHECKING, Any

from flask import Request, g, has_request_context, request
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import FormDataParser

from web.reflections import rules

if TYPE_CHECKING:
    from flask import Flask

FIELDS = 100  # of a form: two for each answer, and a dozen
CODED = 12  # bytes of a character in a form: four of UTF-8, each as %XX
LARGEST = CODED * rules.MOST * (rules.LONGEST_ANSWER + rules.LONGEST_QUESTION) + 10_000
SMALL = 100_000  # bytes of every other form
WRITING = {"reflections.write", "reflections.keep_draft"}
PIECE = 65_536  # bytes that are decoded at once


class Parser(FormDataParser):
    """Reads forms in a time and a memory that grow with their length only."""

    def _parse_urlencoded(
        self, stream: IO[bytes], mimetype: str, content_length: int | None, options: dict[str, str]
    ) -> Any:
        del mimetype, content_length, options
        data = stream.read()
        if data.count(b"&") >= FIELDS:
            first = b"&".join(data.split(b"&", FIELDS)[:FIELDS])
            if has_request_context():
                g.first_fields = ImmutableMultiDict(_fields(first))
            raise RequestEntityTooLarge
        return stream, self.cls(_fields(data)), self.cls()


def _fields(data: bytes) -> list[tuple[str, str]]:
    pairs = (each.partition(b"=") for each in data.split(b"&") if each)
    return [(text(name), text(value)) for name, _, value in pairs]


def is_cut() -> bool:
    """Return whether the form of this request is longer than the largest one."""
    return (request.content_length or 0) > LARGEST


def has_too_many_fields() -> bool:
    """Return whether the form of this request has more fields than any form of ours."""
    return "first_fields" in g


def read_beginning() -> ImmutableMultiDict[str, str]:
    """Return the fields at the beginning of a form that has too many, or is too long.

    It costs no more than the largest form: as many bytes are read. The field that was cut, and
    those after it, are left out.
    """
    if "first_fields" in g:
        first: ImmutableMultiDict[str, str] = g.first_fields
        return first
    if not is_cut() or request.mimetype != "application/x-www-form-urlencoded":
        return ImmutableMultiDict()
    pieces, left = [], LARGEST
    while left and (piece := request.environ["wsgi.input"].read(min(PIECE, left))):
        pieces.append(piece)
        left -= len(piece)
    whole = b"".join(pieces).rpartition(b"&")[0]
    return ImmutableMultiDict(_fields(whole) if whole.count(b"&") < FIELDS else [])


class Bounded(Request):
    """A request whose form is read by `Parser`."""

    form_data_parser_class = Parser


# Whole runs at once: nearly every sign of a text in Chinese is one, and a hostile text is all %.
_ESCAPED = re.compile(rb"(?:%[0-9A-Fa-f]{2})+")


def _plain(match: re.Match[bytes]) -> bytes:
    return bytes.fromhex(match[0].replace(b"%", b"").decode("ascii"))


def text(coded: bytes) -> str:
    """Return the text of a name or a value in a form."""
    coded = coded.replace(b"+", b" ")
    pieces, at = [], 0
    while at < len(coded):
        end = at + PIECE
        cut = coded.rfind(b"%", end - 2, end)  # %XX stays in one piece
        end = cut if cut > at and end < len(coded) else end
        pieces.append(_ESCAPED.sub(_plain, coded[at:end]))
        at = end
    return b"".join(pieces).decode("utf-8", "replace")


def bound(app: Flask) -> None:
    """Let each address take as much as its form can hold; apps' uploads have their own bound."""
    app.request_class = Bounded
    app.config.update(MAX_CONTENT_LENGTH=SMALL, MAX_FORM_MEMORY_SIZE=LARGEST, MAX_FORM_PARTS=FIELDS)

    @app.before_request
    def allow() -> None:
        if request.endpoint in WRITING:
            request.max_content_length = LARGEST
