"""A shared link shows a card only if the show asks, and the card never names the subject."""

from __future__ import annotations

import re

from episodes.transcripts.read import Transcript
from feed import index_page, pages
from tests.kit import shows

CARD = re.compile(r'<meta property="og:(\w+)" content="([^"]*)">')


def _cards(**facts: object) -> list[dict[str, str]]:
    show = shows.long_show(2, **facts)
    each = pages.episode(show, show.episodes[0], Transcript(), None, None)
    return [dict(CARD.findall(page.decode())) for page in (index_page.render(show), each)]


def test_no_page_offers_a_card_unless_asked() -> None:
    assert _cards() == [{}, {}]


def test_every_page_has_the_same_card_with_the_title_of_the_show() -> None:
    index, episode = _cards(share_card="neutral")
    assert index == episode
    assert index == {
        "type": "website",
        "title": "Starting the conversation",
        "description": "Example Trust",
        "image": "https://podcast.example.org/starting/static/share-card.png",
    }
    assert pages.static()["share-card.png"].startswith(b"\x89PNG")
