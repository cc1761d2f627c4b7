"""Applies waivers: findings that a lead leaves as they are, each with a reason."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from episodes.findings import Finding, Level
from episodes.rules import RULES, built_feed, finding

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from episodes.model import Show

    Waivers = Mapping[str, Mapping[str, str]]  # reasons by rule, by folder; "" is the whole show

# Rules that are checked later, or whose findings are known only after a recording is measured.
_LATE = {*built_feed.RULES, "published-gone", "audio-tracks", "audio-opposite", "audio-side",
         "audio-quiet"}  # fmt: skip


def waivers_in(show: Show) -> Waivers:
    """Return the reasons of all waivers, by folder and rule."""
    folders = {each.folder: each.facts.waive for each in show.episodes if each.facts.waive}
    return {"": show.facts.waive, **folders}


def apply(waivers: Waivers, findings: list[Finding]) -> list[Finding]:
    """Return the findings with the reasons of waivers; errors cannot be waived."""
    if not any(waivers.values()):
        return findings
    return [each._replace(waived=_reason(waivers, each)) for each in findings]


def _reason(waivers: Waivers, finding: Finding) -> str:
    if finding.level is Level.ERROR:
        return ""
    own = waivers.get(_folder(finding), {})
    return own.get(finding.rule) or waivers[""].get(finding.rule, "")


def _folder(finding: Finding) -> str:
    return finding.path.rpartition("/")[0]


def lint(waivers: Waivers, findings: list[Finding]) -> Iterator[Finding]:
    """Find waivers of unknown rules, of errors, and of rules with no finding."""
    there = {(_folder(each), each.rule) for each in findings}
    there |= {("", each.rule) for each in findings}
    for folder, rules in waivers.items():
        path = f"{folder}/episode.md" if folder else "show.md"
        for rule in rules:
            key = f"waive.{rule}"
            if rule not in RULES:
                near = get_close_matches(rule, RULES, 1, 0.5)
                fix = f"did you mean `{near[0]}`?" if near else ""
                yield finding("waive-unknown", path, key, "is not a rule", fix=fix)
            elif RULES[rule].level is Level.ERROR:
                yield finding("waive-error", path, key, "is an error, which cannot be waived")
            elif (folder, rule) not in there and rule not in _LATE:
                yield finding("waive-unused", path, key, "waives nothing: there is no such finding")
