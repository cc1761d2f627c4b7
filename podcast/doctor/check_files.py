"""Checks how recordings, pictures, texts and pages are served."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from episodes import site_layout
from episodes.findings import Level
from episodes.pictures import metadata
from podcast.doctor import remedies
from podcast.doctor.answers import shorten
from podcast.doctor.resources import Kind
from podcast.publishing import http_headers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from podcast.doctor.answers import Answer
    from podcast.doctor.check_http import Case
    from podcast.doctor.symptoms import Symptom

LARGEST_PICTURE = 4_000_000  # bytes; every listener downloads it
_PICTURES = ((b"\xff\xd8\xff", "image/jpeg"), (b"\x89PNG\r\n\x1a\n", "image/png"))
_SAME = {"application/javascript": "text/javascript", "image/jpg": "image/jpeg"}
_HTML = (b"<!doctype html", b"<html")
_KINDS = {Kind.PAGE: site_layout.INDEX, Kind.CATALOGUE: site_layout.CATALOGUE}  # files alike
_FORGIVEN = {Kind.TRANSCRIPT, Kind.CHAPTERS, Kind.CATALOGUE}  # most apps read them all the same
_AGAIN = "run `earmark publish` again, so that the feed and the file agree"


def typed(case: Case) -> Iterator[Symptom]:
    """Find what is not sent as what it is."""
    look, sent = case.look, case.answer.kind
    wished = look.type or http_headers.choose_headers(_KINDS.get(look.kind, case.name)).content_type
    wished = wished.partition(";")[0].strip().lower()
    if _SAME.get(sent, sent) == wished:
        return
    alike = look.kind is Kind.RECORDING and sent.partition("/")[0] == "audio"
    level = Level.WARNING if alike or look.kind in _FORGIVEN else Level.ERROR
    seen = f"is sent as {shorten(sent) or 'no type at all'} instead of {wished}"
    yield case.symptom("type", seen, remedies.kind(case.name, wished, case.answer), level)


def long(case: Case) -> Iterator[Symptom]:
    """Find a recording that has not as many bytes as the feed says."""
    size, said = case.answer.size, case.look.length
    if size is None:
        seen = "is sent without its length (Content-Length)"
        yield case.symptom("length", seen, "make the server send it: apps show it first")
    elif said != str(size):
        seen = f"has {size:,} bytes, but the feed says {shorten(said) or 'nothing'}"
        yield case.symptom("length", seen, _AGAIN)


def parted(case: Case) -> Iterator[Symptom]:
    """Find a recording that cannot be had in parts: nobody can skip in it."""
    parts = [each for each in case.asked if each.question.header("Range")]
    for question, answer in parts:
        wrong = _wrong_part(question.header("Range"), answer, case.look.length)
        if wrong:
            yield case.symptom("ranges", wrong, remedies.ranges(answer))
            return
    if len(parts) == 2:
        start = int(parts[1].question.header("Range").split("=")[1].split("-")[0])
        first, second = parts[0].answer.body[start:], parts[1].answer.body
        if second[: len(first)] != first:
            seen = "sends the wrong bytes when a part is requested"
            yield case.symptom("ranges", seen, remedies.ranges(parts[1].answer))
    whole = case.asked[0].answer
    if parts and whole.fine and whole.header("accept-ranges").lower() != "bytes":
        seen = "can be requested in parts, but does not say so"
        what = "make the server send `Accept-Ranges: bytes`: some players need it to skip"
        yield case.symptom("ranges", seen, what, Level.WARNING)


def _wrong_part(asked: str, answer: Answer, length: str) -> str:
    """Say what is wrong with a part; nothing where it is the one that was asked for."""
    start, end = map(int, asked.removeprefix("bytes=").split("-"))
    if answer.trouble:
        return f"{answer.trouble} when a part is requested"
    if answer.status == 200:
        return "is sent whole when a part is requested, so listeners cannot skip"
    if answer.status != 206:
        return f"answers {answer.status} when a part is requested, so listeners cannot skip"
    said = answer.header("content-range")
    if said not in {f"bytes {start}-{end}/{answer.size}", f"bytes {start}-{end}/*"}:
        return f"says {shorten(said) or 'nothing'} where the part is bytes {start}-{end}/{length}"
    if len(answer.body) != end - start + 1 or answer.cut:
        return "sends a different number of bytes than it says when a part is requested"
    return ""


def pictured(case: Case) -> Iterator[Symptom]:
    """Find a picture that is no JPEG or PNG, not sent as such, or large to fetch on the way."""
    begin = next((each.answer.body for each in case.asked if each.answer.body), b"")
    kind = next((kind for sign, kind in _PICTURES if begin.startswith(sign)), "")
    sent = _SAME.get(case.answer.kind, case.answer.kind)
    if begin and not kind:
        seen = "is neither JPEG nor PNG, whatever its name"
        yield case.symptom("content", seen, "save it as JPEG, and publish again")
    elif kind and sent != kind:
        seen = f"is sent as {shorten(sent) or 'no type at all'} instead of {kind}"
        yield case.symptom("type", seen, remedies.kind(case.name, kind, case.answer))
    if kind and (said := metadata.first_metadata(begin)):
        what = "publish it again with this version of Earmark, which leaves that out"
        yield case.symptom("metadata", f"has {said} in it", what, Level.WARNING)
    if (case.answer.size or 0) > LARGEST_PICTURE:
        seen = f"has {(case.answer.size or 0) / 1e6:,.1f} MB"
        what = (
            f"save it with less than {LARGEST_PICTURE // 1_000_000} MB: every listener downloads it"
        )
        yield case.symptom("size", seen, what, Level.WARNING)
    elif case.answer.size == 0 or (not begin and len(case.asked) > 1):
        yield case.symptom("size", "is empty", "run `earmark publish` again")


def worded(case: Case) -> Iterator[Symptom]:
    """Find what is no transcript, chapters or catalogue, but perhaps the page of an error."""
    body, look = case.answer.body, case.look
    if look.type == "text/vtt":
        right = body.removeprefix(b"\xef\xbb\xbf").startswith(b"WEBVTT")
    elif look.kind in {Kind.CHAPTERS, Kind.CATALOGUE}:
        right = case.answer.cut or _document(body, look.kind)
    else:
        right = bool(body.strip())
        right = right and ("html" in look.type or not body.lstrip()[:20].lower().startswith(_HTML))
    if not right:
        yield case.symptom("content", f"holds no {look.kind}", "run `earmark publish` again")


def _document(body: bytes, kind: Kind) -> bool:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return False
    name, shape = ("chapters", list) if kind is Kind.CHAPTERS else ("show", dict)
    return isinstance(document, dict) and isinstance(document.get(name), shape)


def taken_back(case: Case) -> Iterator[Symptom]:
    """Find a recording that was withdrawn and can be had all the same."""
    page = case.answer.header("content-type").startswith("text/")  # some hosts answer all with one
    if case.answer.fine and not page:
        seen = f'can still be heard, but "{shorten(case.look.of)}" was withdrawn'
        what = "publish again; if a CDN or a cache has a copy, purge it there"
        yield case.symptom("withdrawn", seen, what)
