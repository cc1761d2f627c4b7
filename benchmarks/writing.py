"""Measures P5: writing a large feed, against lxml alone writing the same elements.

Each side runs in a process of its own, which this file also is: `writing.py ours 1000`.
"""

from __future__ import annotations

import gc
import json
import os
import resource
import subprocess
import sys
import time
from functools import cache, partial
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

import shows
from lxml import etree
from table import Row, compare
from timing import Run, exponent, rounds

from episodes.frontmatter import read
from episodes.frontmatter.schema import EpisodeFacts, ShowFacts
from episodes.model import Art, Episode, Media, Show, newest_first
from episodes.show_folder import inherit
from episodes.show_folder.read import WrittenEpisode
from episodes.text import markdown as notes
from feed import rss

if TYPE_CHECKING:
    from shows import Talk
    from workspace import Workspace

ITEMS = 10_000
MEMORY = 200  # MB that the process may use at most
_ENCODED = "{http://purl.org/rss/1.0/modules/content/}encoded"


class Node(NamedTuple):
    """An element as plain strings: the reference's only input."""

    tag: str
    attributes: dict[str, str]
    text: str | None
    children: list[Node]


def ready(count: int) -> Show:
    """Return a show as a build has it just before it writes the feed."""
    facts = read.parse_facts(ShowFacts, read.split_file(shows.head(), "show.md"), "show.md")
    art = Art(file="art/cover-0123.jpg", width=1400, small="art/small-0123.jpg", small_width=320)
    show = Show(facts=facts, description="", address=shows.ADDRESS, art=art)
    episodes = newest_first(_episode(shows.talk(at), facts) for at in range(1, count + 1))
    return show.model_copy(update={"episodes": episodes})


@cache
def _html(markdown: str) -> str:
    return notes.render(markdown)


def _episode(talk: Talk, show: ShowFacts) -> Episode:
    html = f"{_html(talk.notes)}<p>Number {talk.number}.</p>"  # a new string, as in a build
    folder = f"episodes/{talk.name}"
    written = WrittenEpisode(folder, talk.name, _facts(talk), html)
    media = Media(
        file=f"media/{talk.name}-0123456789ab.mp3",
        length=4_800_000 + talk.number,
        type="audio/mpeg",
        seconds=shows.LENGTH,
        digest=f"{talk.number:064}",
    )
    made = {
        "media": media,
        "transcripts": tuple(
            f"transcripts/{talk.name}-01234567.{ending}"
            for ending in ("vtt", "srt", "json", "html")
        ),
        "chapters": f"chapters/{talk.name}-01234567.json",
    }
    return inherit.complete_episode(written, show).model_copy(update=made)


def _facts(talk: Talk) -> EpisodeFacts:
    references = [
        {
            "title": f"What helps people who ask: report {talk.number} of {year}",
            "by": "Example A, Sample B and others, Journal of Examples 6(7)",
            "year": year,
            "kind": kind,
            "link": f"https://doi.org/10.1000/{year}.{talk.number}",
            "limits": "A small group in one town, asked once. Some will not have said.",
        }
        for kind, year in (("research", 2019), ("guidance", 2022), ("lived experience", 2016))
    ]
    note = "Talks in general terms about people who are having a hard time."
    said = {
        "title": talk.title,
        "guid": talk.guid,
        "date": f"{talk.published:%Y-%m-%d %H:%M}",
        "summary": talk.summary,
        "season": 1,
        "number": talk.number,
        "content_note": {"text": note},
        "prompts": talk.prompts,
        "outcomes": talk.outcomes,
        "chapters": [{"start": shows.clock(at), "title": name} for at, name in talk.chapters],
        "references": references,
    }
    return EpisodeFacts.model_validate(said)


def _node(element: etree._Element) -> Node:
    attributes = {str(name): str(value) for name, value in element.attrib.items()}
    text = element.text if element.text and element.text.strip() else None
    return Node(str(element.tag), attributes, text, [_node(child) for child in element])


def _build(parent: etree._Element, node: Node) -> None:
    element = etree.SubElement(parent, node.tag)
    for name, value in node.attributes.items():
        element.set(name, value)
    element.text = etree.CDATA(node.text) if node.tag == _ENCODED and node.text else node.text
    for child in node.children:
        _build(element, child)


def _ours(show: Show) -> int:
    """Write the feed as a build does, part by part; return the number of items."""
    with Path(os.devnull).open("wb") as nowhere:
        return sum(nowhere.write(part) > 0 and part.count(b"<item>") for part in rss.chunks(show))


def _bare(channel: Node, spaces: dict[str, str]) -> int:
    root = etree.Element("rss", nsmap=spaces, version="2.0")
    _build(root, channel)
    feed = etree.tostring(root, pretty_print=True, xml_declaration=True, encoding="UTF-8")
    return feed.count(b"<item>")


def run(side: str, count: int) -> tuple[float, float]:
    """Write the feed once; return the seconds and this process's peak memory in MB."""
    show = ready(count)
    work = partial(_ours, show)
    if side != "ours":
        root = etree.fromstring(rss.render(show))
        work = partial(
            _bare, _node(root[0]), {str(key): value for key, value in root.nsmap.items()}
        )
        del root, show
    gc.collect()
    gc.freeze()  # as a build does once it has read the show
    began = time.perf_counter()
    items = work()
    took = time.perf_counter() - began
    if items != count:
        raise SystemExit(f"{side} wrote another feed")
    return took, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def write(space: Workspace) -> list[Row]:
    """Measure P5: time and peak memory."""
    large, peaks = space.count(ITEMS), list[float]()

    def go(side: str, count: int) -> float:
        command = [sys.executable, __file__, side, str(count)]
        said = subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout
        took, peak = json.loads(said)
        if (side, count) == ("ours", large):
            peaks.append(peak)
        return float(took)

    ours = Run(partial(go, "ours", large))
    less = Run(partial(go, "ours", large // 10))
    took, bare, small = rounds(
        ours, Run(partial(go, "lxml", large)), less, times=min(3, space.times), calm=False
    )
    peak, growth = median(peaks), exponent(small, took)
    size = f"{large:,} items"
    memory = f"{peak:.0f} MB", "limit", f"{MEMORY} MB"
    return [
        compare("P5", "feed.xml: time", size, "bare lxml", (took, bare), 2.2, 1.5, growth),
        Row("P5", "feed.xml: memory", size, *memory, peak, MEMORY, unit=" MB"),
    ]


if __name__ == "__main__":
    print(json.dumps(run(sys.argv[1], int(sys.argv[2]))))
