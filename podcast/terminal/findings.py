"""Formats findings as lines, errors first and equal ones once, and as JSON. Pure."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from episodes.findings import Finding, Level
from episodes.rules import RULES
from episodes.text.quantities import quantity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

PLACES = 3  # named on one line
LONGEST = 1000  # characters of a finding: some quote a stranger's text
HINT = "`earmark check --all` lists each"
WORDS = {Level.ERROR: "error", Level.WARNING: "warning", Level.NOTE: "suggestion"}


class Tier(NamedTuple):
    """One part of the list: its heading, and how much of it is shown."""

    heading: str
    word: str
    each: int  # different findings of one rule
    most: int  # lines


TIERS: dict[Level | None, Tier] = {
    Level.ERROR: Tier("", "error", 5, 20),
    Level.WARNING: Tier("To do before you publish:", "warning", 3, 15),
    Level.NOTE: Tier("Suggestions:", "suggestion", 1, 10),
    None: Tier("Waived:", "waived", 1, 10),
}
MOST = sum(tier.most + 2 for tier in TIERS.values())  # lines, without `every`


class FindingLine(NamedTuple):
    """One line: its level (None for waived), its text, and the number of findings it is about."""

    level: Level | None
    text: str
    number: int = 0


def lines(
    findings: Iterable[Finding], *, every: bool = False, headings: bool = True
) -> Iterator[FindingLine]:
    """Yield the lines to print: errors, warnings, suggestions, then waived findings.

    Findings with the same words are one line with a count and the first places; `every` gives each
    a line of its own.
    """
    tiers: dict[Level | None, list[Finding]] = {level: [] for level in TIERS}
    for each in _distinct(findings):
        tiers[None if each.waived else each.level].append(each)
    first = True
    for level, listed in tiers.items():
        tier = TIERS[level]
        if listed and headings and tier.heading:
            yield FindingLine(level, tier.heading if first else f"\n{tier.heading}")
        rows = (
            [FindingLine(level, _alone(each), 1) for each in listed]
            if every
            else _short(level, listed)
        )
        yield from rows
        first = first and not listed


def _distinct(findings: Iterable[Finding]) -> list[Finding]:
    """Return each finding once, those of `show.md` first: others may follow from them."""
    once = {(_alone(each), each.waived): each for each in findings}
    return sorted(once.values(), key=lambda each: each.path != "show.md")


def _short(level: Level | None, findings: list[Finding]) -> list[FindingLine]:
    """Return at most `most` lines; the last one counts what they leave out."""
    tier = TIERS[level]
    rules: dict[str, dict[str, list[Finding]]] = {}
    for each in findings:
        rules.setdefault(each.rule, {}).setdefault(_words(each), []).append(each)
    rows = [row for rule, alike in rules.items() for row in _of_rule(level, rule, alike)]
    if len(rows) > tier.most:
        number = sum(row.number for row in rows[tier.most - 1 :])
        text = f"{tier.word}: and {number:,} more in other places; {HINT}"
        rows[tier.most - 1 :] = [FindingLine(level, text, number)]
    return rows


def _of_rule(
    level: Level | None, rule: str, alike: dict[str, list[Finding]]
) -> Iterator[FindingLine]:
    """Yield the first few different findings of a rule, then how many more there are."""
    tier, groups = TIERS[level], list(alike.values())
    shown = groups if len(groups) == tier.each + 1 else groups[: tier.each]
    for group in shown:
        yield FindingLine(level, _together(tier, group), len(group))
    rest = [each for group in groups[len(shown) :] for each in group]
    if rest:
        mark = f" [{rule}]" if rule else ""
        text = f"{tier.word}: {len(rest):,} more of this kind{mark} in {_places(rest)}"
        yield FindingLine(level, text, len(rest))


def _together(tier: Tier, group: list[Finding]) -> str:
    if len(group) == 1:
        return _alone(group[0])
    return f"{tier.word}: {_words(group[0])} ({len(group):,} places: {_places(group)})"


def _alone(each: Finding) -> str:
    word = "waived" if each.waived else WORDS[each.level]
    return f"{plain(each.where)}: {word}: {_words(each)}"


def _words(each: Finding) -> str:
    """Return the words of a finding, without path and line."""
    rule = f" [{each.rule}]" if each.rule else ""
    if each.waived:
        return plain(f"{each._replace(fix='').said} (because: {each.waived})") + rule
    return plain(each.said) + rule


def _places(group: list[Finding]) -> str:
    """Return the first places; for warnings and suggestions, the folder of an episode is enough."""
    names = list(dict.fromkeys(map(_place, group)))
    shown = names if len(names) == PLACES + 1 else names[:PLACES]
    more = f" and {len(names) - len(shown):,} more" if len(names) > len(shown) else ""
    return ", ".join(shown) + more


def _place(each: Finding) -> str:
    where = each.where
    if each.level is not Level.ERROR and each.line <= 1:
        where = each.path.removesuffix("/episode.md").removeprefix("episodes/")
    return plain(where)


def plain(text: str) -> str:
    """Return a text on one line, not too long, without characters that move the cursor."""
    if not text.isprintable():
        text = "".join(char if char.isprintable() else " " for char in text)
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else f"{line[:LONGEST]}…"


def count(findings: Iterable[Finding]) -> str:
    """Return one sentence: how many there are, and whether the build stops."""
    distinct = _distinct(findings)
    open_ = [each for each in distinct if not each.waived]
    stops = sum(each.level is Level.ERROR for each in open_)
    rest = _listed(open_, Level.WARNING, Level.NOTE)
    waived = f" ({len(distinct) - len(open_):,} waived)" if len(open_) < len(distinct) else ""
    if stops:
        text = f"{counted(stops, Level.ERROR)} {'stops' if stops == 1 else 'stop'} the build"
        return f"{text}; {rest} do{_es(open_)} not{waived}." if rest else f"{text}{waived}."
    if rest:
        return f"{rest}{waived}. Nothing stops the build."
    return f"Nothing to fix{waived}."


def _listed(findings: list[Finding], *levels: Level) -> str:
    """Return how many there are of each level, like "2 warnings and 1 suggestion"."""
    counts = [(sum(each.level is level for each in findings), level) for level in levels]
    return " and ".join(counted(number, level) for number, level in counts if number)


def counted(number: int, level: Level) -> str:
    """Return a number of findings in words, like "2 warnings"."""
    return quantity(number, WORDS[level])


def _es(findings: list[Finding]) -> str:
    return "es" if sum(each.level is not Level.ERROR for each in findings) == 1 else ""


def document(findings: list[Finding]) -> str:
    """Return the findings as JSON, each with the source of its rule."""
    rows = [
        {**each._asdict(), "source": RULES[each.rule].source if each.rule else ""}
        for each in findings
    ]
    return json.dumps(rows, indent=1, ensure_ascii=False)
