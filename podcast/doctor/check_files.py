"""Checks how recordings, pictures, texts and pages are served."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from episodes import site_layout
from episodes.findings import Level
from episodes.pictures import metadata
from podcast.doctor import remedies
from podcast.doctor.resources import Kind
from podcast.doctor.symptoms import shorten
from podcast.publishing import http_headers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from podcast.doctor.check_http import Examined
    from podcast.doctor.symptoms import Symptom
    from podcast.network.messages import Response

LARGEST_PICTURE = 4_000_000  # bytes; every listener downloads it
_PICTURES = ((b"\xff\xd8\xff", "image/jpeg"), (b"\x89PNG\r\n\x1a\n", "image/png"))
_SAME = {"application/javascript": "text/javascript", "image/jpg": "image/jpeg"}
_HTML = (b"<!doctype html", b"<html")
_KINDS = {Kind.PAGE: site_layout.INDEX, Kind.CATALOGUE: site_layout.CATALOGUE}  # files alike
_FORGIVEN = {Kind.TRANSCRIPT, Kind.CHAPTERS, Kind.CATALOGUE}  # most apps read them all the same
_AGAIN = "run `earmark publish` again, so that the feed and the file agree"


def check_type(examined: Examined) -> Iterator[Symptom]:
    """Find a file with the wrong media type."""
    resource, sent = examined.resource, examined.response.media_type
    expected = (
        resource.type
        or http_headers.choose_headers(_KINDS.get(resource.kind, examined.name)).content_type
    )
    expected = expected.partition(";")[0].strip().lower()
    if _SAME.get(sent, sent) == expected:
        return
    alike = resource.kind is Kind.RECORDING and sent.partition("/")[0] == "audio"
    level = Level.WARNING if alike or resource.kind in _FORGIVEN else Level.ERROR
    seen = f"is sent as {shorten(sent) or 'no type at all'} instead of {expected}"
    yield examined.symptom(
        "type", seen, remedies.for_type(examined.name, expected, examined.response), level
    )


def check_length(examined: Examined) -> Iterator[Symptom]:
    """Find a recording whose length is not the one in the feed."""
    size, declared = examined.response.size, examined.resource.length
    if size is None:
        seen = "is sent without its length (Content-Length)"
        yield examined.symptom("length", seen, "make the server send it: apps show it first")
    elif declared != str(size):
        seen = f"has {size:,} bytes, but the feed says {shorten(declared) or 'nothing'}"
        yield examined.symptom("length", seen, _AGAIN)


def check_ranges(examined: Examined) -> Iterator[Symptom]:
    """Find a recording that cannot be requested in parts: nobody can skip in it."""
    parts = [each for each in examined.log if each.request.header("Range")]
    for request, response in parts:
        wrong = _wrong_part(request.header("Range"), response, examined.resource.length)
        if wrong:
            yield examined.symptom("ranges", wrong, remedies.for_ranges(response))
            return
    if len(parts) == 2:
        start = int(parts[1].request.header("Range").split("=")[1].split("-")[0])
        first, second = parts[0].response.body[start:], parts[1].response.body
        if second[: len(first)] != first:
            seen = "sends the wrong bytes when a part is requested"
            yield examined.symptom("ranges", seen, remedies.for_ranges(parts[1].response))
    whole = examined.log[0].response
    if parts and whole.fine and whole.header("accept-ranges").lower() != "bytes":
        seen = "can be requested in parts, but does not say so"
        what = "make the server send `Accept-Ranges: bytes`: some players need it to skip"
        yield examined.symptom("ranges", seen, what, Level.WARNING)


def _wrong_part(requested: str, response: Response, length: str) -> str:
    """Return what is wrong with a part; "" if it is the one that was requested."""
    start, end = map(int, requested.removeprefix("bytes=").split("-"))
    if response.failure:
        return f"{response.failure} when a part is requested"
    if response.status == 200:
        return "is sent whole when a part is requested, so listeners cannot skip"
    if response.status != 206:
        return f"answers {response.status} when a part is requested, so listeners cannot skip"
    sent = response.header("content-range")
    if sent not in {f"bytes {start}-{end}/{response.size}", f"bytes {start}-{end}/*"}:
        return f"says {shorten(sent) or 'nothing'} where the part is bytes {start}-{end}/{length}"
    if len(response.body) != end - start + 1 or response.cut:
        return "sends a different number of bytes than it says when a part is requested"
    return ""


def check_picture(examined: Examined) -> Iterator[Symptom]:
    """Find a picture that is not JPEG or PNG, has the wrong media type, or is large."""
    begin = next((each.response.body for each in examined.log if each.response.body), b"")
    kind = next((kind for sign, kind in _PICTURES if begin.startswith(sign)), "")
    sent = _SAME.get(examined.response.media_type, examined.response.media_type)
    if begin and not kind:
        seen = "is neither JPEG nor PNG, whatever its name"
        yield examined.symptom("content", seen, "save it as JPEG, and publish again")
    elif kind and sent != kind:
        seen = f"is sent as {shorten(sent) or 'no type at all'} instead of {kind}"
        yield examined.symptom(
            "type", seen, remedies.for_type(examined.name, kind, examined.response)
        )
    if kind and (contents := metadata.first_metadata(begin)):
        what = "publish it again with this version of Earmark, which leaves that out"
        yield examined.symptom("metadata", f"has {contents} in it", what, Level.WARNING)
    if (examined.response.size or 0) > LARGEST_PICTURE:
        seen = f"has {(examined.response.size or 0) / 1e6:,.1f} MB"
        what = (
            f"save it with less than {LARGEST_PICTURE // 1_000_000} MB: every listener downloads it"
        )
        yield examined.symptom("size", seen, what, Level.WARNING)
    elif examined.response.size == 0 or (not begin and len(examined.log) > 1):
        yield examined.symptom("size", "is empty", "run `earmark publish` again")


def check_content(examined: Examined) -> Iterator[Symptom]:
    """Find a text file with other contents, such as an error page."""
    body, resource = examined.response.body, examined.resource
    if resource.type == "text/vtt":
        right = body.removeprefix(b"\xef\xbb\xbf").startswith(b"WEBVTT")
    elif resource.kind in {Kind.CHAPTERS, Kind.CATALOGUE}:
        right = examined.response.cut or _document(body, resource.kind)
    else:
        right = bool(body.strip())
        right = right and (
            "html" in resource.type or not body.lstrip()[:20].lower().startswith(_HTML)
        )
    if not right:
        yield examined.symptom(
            "content", f"holds no {resource.kind}", "run `earmark publish` again"
        )


def _document(body: bytes, kind: Kind) -> bool:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return False
    name, shape = ("chapters", list) if kind is Kind.CHAPTERS else ("show", dict)
    return isinstance(document, dict) and isinstance(document.get(name), shape)


def check_withdrawn(examined: Examined) -> Iterator[Symptom]:
    """Find a withdrawn recording that can still be downloaded."""
    page = examined.response.header("content-type").startswith(
        "text/"
    )  # some hosts answer all with one
    if examined.response.fine and not page:
        seen = f'can still be heard, but "{shorten(examined.resource.of)}" was withdrawn'
        what = "publish again; if a CDN or a cache has a copy, purge it there"
        yield examined.symptom("withdrawn", seen, what)
