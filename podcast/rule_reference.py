"""Every rule in words: one for `earmark check --explain`, all of them for docs/rules.md."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from episodes.findings import EarmarkError, Level
from episodes.rules import (
    RULES,
    built_feed,
    corrections,
    directories,
    front_matter,
    media,
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
    ("What a lead writes", front_matter.RULES),
    ("Recordings, pictures, chapters, transcripts", media.RULES),
    ("What directories and apps are told", directories.RULES),
    ("What Podcasting 2.0 promises apps", podcast_namespace.RULES),
    ("Care", safeguarding.RULES),
    ("What changes afterwards", corrections.RULES),
    ("What was built", built_feed.RULES),
)
_WEIGHT = {
    Level.ERROR: "It stops a build.",
    Level.WARNING: "It needs a look, but stops nothing.",
    Level.NOTE: "It is a suggestion.",
}


def explain(name: str) -> str:
    """Say what a rule asks, what to do and who says so. Raises EarmarkError for no rule."""
    if name == ALL:
        width = max(map(len, RULES))
        return "\n".join(f"{each:{width}}  {rule.sentence}" for each, rule in RULES.items())
    if name not in RULES:
        near = get_close_matches(name, RULES, 3, 0.4)
        hint = f"did you mean {' or '.join(near)}?" if near else "`--explain all` lists them"
        raise EarmarkError(f"{name} is not a rule; {hint}")
    rule = RULES[name]
    said = [f"{name} ({WORDS[rule.level]})", "", rule.sentence, f"What to do: {rule.fix}."]
    said += [f"Source: {_source(rule.source)}", "", _WEIGHT[rule.level]]
    if rule.level is not Level.ERROR:
        said += ["To leave it as it is, write the reason in show.md or episode.md:", ""]
        said += ["waive:", f"  {name}: the reason"]
    return "\n".join(said).replace("?.", "?")


def _source(source: str) -> str:
    return "Earmark's own rule" if source == row.OWN else source


def markdown() -> str:
    """Return the page of all rules."""
    return "".join(_page())


def _page() -> Iterator[str]:
    yield (
        "# Rules\n\nEverything that `earmark check` can find. Made by `make docs` from the table in"
        " `episodes/rules/`;\n`earmark check --explain RULE` says the same of one.\n\n"
        "An error stops a build. A warning asks for a look before you publish, and a suggestion\n"
        "is what would be good. Both can be waived where they are meant, with a reason, in\n"
        "`episode.md` or for the whole show in"
        " `show.md`:\n\n```yaml\nwaive:\n  audio-long: it is a whole interview\n```\n\n"
        "`check` goes on to show what is waived, and why.\n"
    )
    for title, rules in SECTIONS:
        yield f"\n## {title}\n\n| rule | | what it asks | what to do | who says so |\n"
        yield "|---|---|---|---|---|\n"
        for name, rule in rules.items():
            fix = rule.fix.replace("|", "\\|")
            source = "our own" if rule.source == row.OWN else f"<{rule.source}>"
            yield f"| `{name}` | {WORDS[rule.level]} | {rule.sentence} | {fix} | {source} |\n"
