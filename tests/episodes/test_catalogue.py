"""The catalogue: every fact the companion needs, and nothing that is nobody's business."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from podcast.building import pipeline
from tests.kit.shows import NOW


def test_the_catalogue_says_what_was_published(make_show: Callable[..., Path]) -> None:
    show = make_show(2)
    pipeline.build(show, now=NOW)
    document = json.loads((show / "public" / "catalogue.json").read_bytes())
    assert document["version"] == 1
    assert document["show"]["guid"] == "5b6d2b6c-4c2c-5f38-9f39-6d9bb4b8e1d2"
    assert document["show"]["feed"] == "https://podcast.example.org/night/feed.xml"
    assert document["show"]["support"][0]["phone"] == "116 123"
    newest, oldest = document["episodes"]
    assert (newest["guid"], oldest["guid"]) == ("guid-2", "guid-1")
    assert oldest["published"] == "2026-10-01T06:00:00+00:00"
    assert oldest["notes"] == "<p>Some <em>notes</em>.</p>"
    assert oldest["prompts"] == ["What will you try?"]
    for episode in document["episodes"]:
        media = show / "public" / episode["media"]["file"]
        assert media.stat().st_size == episode["media"]["length"]
        assert (show / "public" / episode["page"]).is_file()
        assert (show / "public" / episode["transcript"]).is_file()
    assert (show / "public" / document["show"]["cover"]).is_file()


def test_consent_and_payment_are_never_told(make_show: Callable[..., Path]) -> None:
    show = make_show(1)
    path = show / "episodes" / "01-talk" / "episode.md"
    added = (
        "contributors:\n  - credit: Anna\n    role: guest\n    paid: true\n"
        "    consent: {given_on: 2026-01-05, scope: only-this-secret}\nnumber: 1"
    )
    path.write_text(path.read_text().replace("number: 1", added))
    pipeline.build(show, now=NOW)
    for each in (show / "public").rglob("*"):
        if each.is_file():
            data = each.read_bytes()
            assert b"only-this-secret" not in data
            assert b"given_on" not in data
    assert b'"paid"' not in (show / "public" / "catalogue.json").read_bytes()
