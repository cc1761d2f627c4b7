"""The libraries that apps are made of: what each tells of a feed."""

from __future__ import annotations

import io
import json
import subprocess
from functools import partial
from pathlib import Path
from typing import Any

import feedparser
import podcastparser

from tests.kit import shows
from tests.kit.clients.client_home import Home
from tests.kit.clients.real_clients import Client, Seen
from tests.kit.servers.preview_server import get

SCRIPT = Path(__file__).with_name("parsers.js")


def of_feedparser(_home: Home, feed: str) -> Seen:
    told = feedparser.parse(io.BytesIO(get(feed)))
    entries = told.entries
    notes = {each.title: each.content[-1].value for each in entries}
    transcripts = [
        each.podcast_transcript["url"] for each in entries if "podcast_transcript" in each
    ]
    said = "\n".join(each.title for each in entries)
    return Seen(said, notes, told.feed.image.href, transcripts=tuple(transcripts))


def of_podcastparser(_home: Home, feed: str) -> Seen:
    told = podcastparser.parse(feed, io.BytesIO(get(feed)))
    entries = told["episodes"]
    notes = {each["title"]: each["description_html"] for each in entries}
    marks = next((each["chapters"] for each in entries if each.get("chapters")), ())
    chapters = tuple((int(each["start"]), str(each["title"])) for each in marks)
    transcripts = [each["transcript_url"] for each in entries if each.get("transcript_url")]
    said = "\n".join(each["title"] for each in entries)
    return Seen(said, notes, told["cover_url"], chapters, tuple(transcripts))


def of_npm(name: str, _home: Home, feed: str) -> Seen:
    shows.npm(name)
    command = [shows.program("node"), str(SCRIPT), str(SCRIPT.parent), name]
    done = subprocess.run(command, input=get(feed), capture_output=True, check=True, timeout=60)
    told = json.loads(done.stdout)
    items = told["items"]
    marks: Any = next((item["chapters"] for item in items if item.get("chapters")), ())
    chapters = (
        marks if isinstance(marks, str) else tuple((int(start), title) for start, title in marks)
    )
    transcripts = [address for item in items for address in item.get("transcripts", ())]
    notes = {item["title"]: item["notes"] for item in items}
    said = "\n".join(item["title"] for item in items)
    return Seen(said, notes, told.get("art") or "", chapters, tuple(transcripts))


TWICE = "it takes `&amp;` for `&` once too often"
PARSERS = (
    Client("feedparser", "feedparser", "PyPI", of_feedparser),
    Client("podcastparser", "podcastparser", "PyPI", of_podcastparser),
    *(
        Client(name, name, "npm", partial(of_npm, name), why)
        for name, why in (
            ("podcast-partytime", {"letters": TWICE}),
            ("feedsmith", {}),
            ("podparse", {}),
            ("rss-parser", {}),
            ("@rowanmanning/feed-parser", {"letters": TWICE}),
            ("feedparser", {"letters": "it takes what looks like a tag out of titles"}),
        )
    ),
)
