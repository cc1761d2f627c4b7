"""Explains rules: one for `earmark check --explain`, all of them for docs/rules.md."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from episodes.errors import EarmarkError
from episodes.findings import Level
from episodes.rules import (
    RULES,
    built_feed,
    corrections,
    directories,
    front_matter,
    media,
    order,
    podcast_namespace,
    safeguarding,
)
from episodes.rules import (
    rule as row,
)
from podcast.terminal.findings import WORDS

if TYPE_CHECKING:
    from collections.abc import Iterator

ALL = "all"
SECTIONS = (
    ("Files and front matter", front_matter.RULES),
    ("Recordings, pictures, chapters, transcripts", media.RULES),
    ("Directories and apps", {**directories.RULES, **order.RULES}),
    ("Podcasting 2.0", podcast_namespace.RULES),
    ("Care for listeners and contributors", safeguarding.RULES),
    ("Changes after publishing", corrections.RULES),
    ("The built feed and its files", built_feed.RULES),
)
_WEIGHT = {
    Level.ERROR: "It stops a build.",
    Level.WARNING: "It needs a look, but does not stop a build.",
    Level.NOTE: "It is a suggestion.",
}


def explain(name: str) -> str:
    """Explain what a rule asks, what to do and its source. Raises EarmarkError if unknown."""
    if name == ALL:
        width = max(map(len, RULES))
        return "\n".join(f"{each:{width}}  {rule.sentence}" for each, rule in RULES.items())
    if name not in RULES:
        near = get_close_matches(name, RULES, 3, 0.4)
        hint = f"did you mean {' or '.join(near)}?" if near else "`--explain all` lists them"
        raise EarmarkError(f"{name} is not a rule; {hint}")
    rule = RULES[name]
    lines = [f"{name} ({WORDS[rule.level]})", "", rule.sentence, f"What to do: {rule.fix}."]
    lines += [f"Source: {_source(rule.source)}", "", _WEIGHT[rule.level]]
    if rule.level is not Level.ERROR:
        lines += ["To leave it as it is, write the reason in show.md or episode.md:", ""]
        lines += ["waive:", f"  {name}: the reason"]
    return "\n".join(lines).replace("?.", "?")


def _source(source: str) -> str:
    return "Earmark's own rule" if source == row.OWN else source


def markdown() -> str:
    """Return the page of all rules."""
    return "".join(_page())


def _page() -> Iterator[str]:
    yield (
        "# Rules\n\nEverything that `earmark check` can find. `make docs` makes this page from\n"
        "the table in `episodes/rules/`; `earmark check --explain RULE` explains one rule.\n\n"
        "An error stops a build. A warning needs a look before you publish. A suggestion is what\n"
        "would be good. If a warning or suggestion is meant to be that way, waive it with a\n"
        "reason, for one episode in `episode.md` or for the whole show in `show.md`:\n\n"
        "```yaml\nwaive:\n  audio-long: it is a whole interview\n```\n\n"
        "`earmark check` still shows what is waived, and why.\n"
    )
    for title, rules in SECTIONS:
        yield f"\n## {title}\n\n| rule | | what it asks | what to do | source |\n"
        yield "|---|---|---|---|---|\n"
        for name, rule in rules.items():
            fix = rule.fix.replace("|", "\\|")
            source = "our own" if rule.source == row.OWN else f"<{rule.source}>"
            yield f"| `{name}` | {WORDS[rule.level]} | {rule.sentence} | {fix} | {source} |\n"
