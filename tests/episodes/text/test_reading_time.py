"""What a stranger writes is read in a time that grows with its length, not with its square."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

import pytest

from episodes.chapters import read as labels
from episodes.chapters import write
from episodes.errors import EarmarkError, SourceError
from episodes.frontmatter import read as frontmatter
from episodes.frontmatter.schema import EpisodeFacts
from episodes.text import html_to_markdown, markdown
from episodes.transcripts import read as transcripts
from feed.reader import dates, earmark_notes, plain_text, read
from tests.kit.foreign_feeds import feed, item
from tests.kit.regular_expressions import Used, every, slow, slow_on_equal_letters
from web.reflections import rules

PATTERNS = {f"{each.where} {each.pattern.pattern!r:.60}": each for each in every()}


def test_the_patterns_of_the_house_are_found() -> None:
    places = {each.where.partition(":")[0] for each in PATTERNS.values()}
    assert len(PATTERNS) > 120
    assert {
        "feed/reader/document.py",
        "web/reflections/rules.py",
        "episodes/transcripts/read.py",
    } <= places


def test_twenty_thousand_equal_letters_are_read_at_once() -> None:
    assert [said for each in PATTERNS.values() if (said := slow_on_equal_letters(each))] == []


@pytest.mark.slow
@pytest.mark.parametrize("used", PATTERNS.values(), ids=PATTERNS)
def test_no_text_made_of_a_patterns_own_words_takes_it_long(used: Used) -> None:
    assert slow(used) == ""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("pattern", "method"),
    [
        (r"[^@\s]+@[^@\s]+\.[a-z]{2,}", "search"),
        (r"<link\b[^>]*application/(?:rss|atom)\+xml[^>]*>", "search"),
        (r"(\s*(?:\d{1,4}:)?\d+\s*-->\s*)", "search"),
        (r"<li>((?:(?!</li>).)*)</li>", "findall"),
        (r"(?:(?P<by>[^<]*)\. )?(?P<title>[^<]*?), (?P<kind>research)\.", "fullmatch"),
    ],
)
def test_patterns_that_were_slow_once_would_be_found(pattern: str, method: str) -> None:
    assert slow(Used("here", re.compile(pattern), frozenset({method})))


# What markup, transcripts, chapters and front matter are made of; each again and again is 100 kB.
TOKENS = [
    *"<>&*_`#|{}'\"\\\t \n\ra0-[]", "&#", "&amp;", "&#146;", "<a", "<a ", "<a>", "</a>",
    "<!--", "-->",
    "<![CDATA[", "]]>", "<!DOCTYPE", "<!DOCTYPE html [", "<?xml ", "<link ",
    "<link rel='alternate' ",
    "<p>", "<li>", "<ul>", "<div", "<div>", "<h2>", "<br>", "<item>", "<item><title>", "<rss>",
    "<channel>", "<enclosure ", "url='", "='", "[a](", "![", "](", "**", "```", "# ", "- ",
    "> ", "1. ",
    "---\n", ": ", "a: ", "a:\n ", "- a\n", "{a: ", "\\\n", "&a ", "*a ", "!!", "!a ", "? ",
    "\n\n",
    " \n", "a ", "a\n", "0:", "00:00", "00:00:00.000 --> ", "00:00:00.000 --> 00:00:01.000\n",
    "1\n",
    "WEBVTT\n", "NOTE ", "<v ", "<v Ann>", "Ann: ", "A ", "A:", "0\t", "0\t0\ta\n", '{"', "[{",
    "http://", "https://a", "a@", "a.", "a@a.", "; ", ", ", "--", "\u2028", "\0", "é",
    "\U0001f600",
]  # fmt: skip
BODY = "<content:encoded><![CDATA[{}]]></content:encoded>"
READERS: dict[str, Callable[[str], object]] = {
    "a feed": lambda text: _feed(text.encode()),
    "a feed's notes": lambda text: _feed(feed(item(1, BODY.format(text)))),
    "a feed's title": lambda text: _feed(feed(item(1).replace("Talk 1", text))),
    "our own notes": lambda text: earmark_notes.split(f"<p>a</p>{text}\n"),
    "words of a feed": plain_text.plain,
    "notes": markdown.render,
    "notes of elsewhere": markdown.clean,
    "notes to write": lambda text: html_to_markdown.to_markdown(text[: LARGE // 10]),
    "long notes to write": lambda text: html_to_markdown.to_markdown(f"<p>{text}</p>"),
    "front matter": lambda text: _parsed(f"---\n{text}\n---\n"),
    "a transcript in WebVTT": lambda text: transcripts.parse_transcript(text, "t.vtt"),
    "a transcript in SubRip": lambda text: transcripts.parse_transcript(text, "t.srt"),
    "a transcript in JSON": lambda text: transcripts.parse_transcript(text, "t.json"),
    "a transcript in words": lambda text: transcripts.parse_transcript(text, "t.txt"),
    "chapters in a list": lambda text: labels.parse_chapters(text, "chapters.txt"),
    "chapters in JSON": lambda text: labels.parse_chapters(text, "chapters.json"),
    "chapters of ffmpeg": lambda text: write.parse_ffmetadata(f"[CHAPTER]\n{text}"),
    "a date": dates.parse,
    "what names somebody": lambda text: rules.hints([text]),
}
LARGE = 100_000  # characters
PATIENCE = 5  # seconds of the processor for so many; nothing needs more than one


def _feed(data: bytes) -> object:
    try:
        return read.read(data, "https://example.org/feed.xml")
    except EarmarkError:
        return None


def _parsed(text: str) -> object:
    try:
        return frontmatter.parse_facts(
            EpisodeFacts, frontmatter.split_file(text, "episode.md"), "episode.md"
        )
    except SourceError:
        return None


@pytest.mark.slow
@pytest.mark.parametrize("reader", READERS)
def test_large_texts_of_one_token_are_read_in_bounded_time(reader: str) -> None:
    slow_ones = []
    for token in TOKENS:
        began = time.thread_time()
        READERS[reader](token * (LARGE // len(token)))
        if (taken := time.thread_time() - began) > PATIENCE:
            slow_ones.append((token, round(taken, 1)))
    assert slow_ones == []
