"""Every rule of the W3C feed validator that `kit/w3c` tells again is found where a feed breaks it.

`w3c.tsv` has a row for each: its message, what it asks, and a feed that is right made wrong.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.kit import full_show
from tests.kit.w3c import elements, feed_rules, values

ROWS = Path(feed_rules.__file__).with_name("w3c.tsv").read_text(encoding="utf-8").splitlines()[1:]


MODULES = (feed_rules, elements, values)


class Rule(NamedTuple):
    """What the validator asks, and how a feed that is right is made to break it."""

    message: str
    asks: str
    pattern: str
    wrong: str


RULES = [Rule(*row.split("\t")) for row in ROWS]


@pytest.fixture(scope="module")
def right(full: Path) -> str:
    return (full / "public" / "feed.xml").read_text(encoding="utf-8")


def messages(text: str) -> list[str]:
    return [found.message for found in feed_rules.findings(text.encode("utf-8", "surrogateescape"))]


@pytest.fixture(scope="module")
def known(right: str) -> list[str]:
    return messages(right)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.message}: {rule.asks}")
def test_a_feed_that_breaks_a_rule_is_found(rule: Rule, right: str, known: list[str]) -> None:
    broken = re.sub(rule.pattern, rule.wrong, right, count=1)
    assert broken != right
    assert messages(broken).count(rule.message) > known.count(rule.message)


@pytest.mark.parametrize(
    ("message", "before", "after"),
    [
        ("UnicodeError", "<title>", "<title>\udcff"),
        ("ValidatorLimit", "</rss>", "</rss>" + " " * feed_rules.LIMIT),
        ("TooLong", "<itunes:author>", "<itunes:author>" + "a" * 256),
        ("TooLong", "<itunes:summary>", "<itunes:summary>" + "a" * 4001),
    ],
)
def test_what_is_too_long_or_no_text_is_found(
    message: str, before: str, after: str, right: str, known: list[str]
) -> None:
    assert message not in known
    assert message in messages(right.replace(before, after, 1))


def test_a_feed_at_another_address_than_it_says_is_found(right: str) -> None:
    here, there = (
        [found.message for found in feed_rules.findings(right.encode(), f"{address}feed.xml")]
        for address in (full_show.ADDRESS, "https://example.net/")
    )
    assert sorted(there) == sorted([*here, "SelfDoesntMatchLocation"])


def test_every_message_has_a_feed_that_breaks_it() -> None:
    """What the source can say, and what rows above or known false alarms show it to say."""
    source = "".join(Path(module.__file__ or "").read_text("utf-8") for module in MODULES)
    known = {rule.message for rule in RULES} | {"UnicodeError", "ValidatorLimit", "TooLong"}
    known |= {"SelfDoesntMatchLocation"}
    known |= {"UnsupportedNamespace", "UnknownNamespace"}  # every feed of ours has both
    said = set(re.findall(r'"([A-Z]\w*[a-z][A-Z]\w+|Not[A-Z]\w+|SAXError)"', source))
    assert said - known == set()
    assert known - said == set()
