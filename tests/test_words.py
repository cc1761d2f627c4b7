"""Finds phrases that Earmark no longer uses, anywhere in the repository.

docs/glossary.md has the words that replaced them. A line of a list is `phrase -> write instead`.
A phrase is found in capitals too, and over the end of a line. One area, one list; add at its end.
"""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
EVERYWHERE = """
not the people who run this: -> not the people who run this site:
random signs -> random characters
"""
PAGES = """
"""
COMPANION = """
This code is not open -> That code did not work.
codes end after a while -> the code may have expired
look whether you know them all -> check that you recognise them all
It is not your doing -> Sorry, there is a problem with this site.
What your apps report counts here too -> Listening in your connected apps is included.
it is told later, while this page is open -> your listening will be saved when you are back online
open the page again to go on -> Reload this page to carry on.
how much was heard, it does not say -> It does not say how much you heard.
there are people to talk to -> there are people you can talk to
The questions of this episode, or others -> This episode's questions (change)
Throw these changes away -> Discard changes
Throw this draft away -> Delete this draft
Not kept yet: there is no connection -> You are offline.
up to 20,000 letters -> up to 20,000 characters
changes that are not saved yet. Go on with them -> You have unsaved changes. Carry on editing
The draft is gone -> Draft deleted.
at least 12 letters -> at least 12 characters
are not counted out -> We never show a number below 8
A month is counted once, when it is over -> Each month is counted once, after it ends
Keep the five words that you are shown -> Write down the five words you are given.
whoever has it becomes the lead -> The first person to open it becomes a training lead.
"""
COMMAND = """
Say what is wrong with a show -> Find what is wrong with a show, and how to fix it.
Make the feed, pages and tagged recordings -> Make a folder ready to upload: feed, pages, audio.
Trust no earlier build -> Ignore the cache and check every file again.
Say what would happen, and do nothing -> Show what would happen and change nothing.
say nothing where nothing happens -> Print nothing if nothing changed.
Delete what no feed of the last 30 days named -> Delete files that no feed has used for 30 days.
it is copied, and the old one stays -> The new recording. It is copied; the old file stays.
its lock is advisory -> agree who publishes
"""
RULES = """
"""
DOCS = """
What you may bring, and what becomes of it -> Which files you can use, and what Earmark makes
reissue` makes it anew -> publishes an episode again as a new one
asks before it forgets what was heard -> asks before it deletes a listening record
A password for each, taken back at once -> Each app gets its own password, which you can revoke
"""
DOCSTRINGS = """
the one door through which they leave -> Rounds, freezes and suppresses the figures
"""
AREAS = (EVERYWHERE, PAGES, COMPANION, COMMAND, RULES, DOCS, DOCSTRINGS)
RETIRED = {
    phrase.strip().lower(): instead.strip()
    for area in AREAS
    for phrase, _, instead in (line.partition("->") for line in area.strip().splitlines())
}

READ = {".py", ".md", ".html", ".txt", ".js", ".css", ".yaml", ".cfg", ".toml", ".sh", ".service",
        ".timer", ".conf", ".po", ".pot", ".ics", ".json"}  # fmt: skip
# The glossary lists retired words beside today's; old decisions and entries are history; scripts
# and transcripts are what speakers said; the rest was written by others.
APART = re.compile(
    r"tests/test_words\.py|docs/glossary\.md|docs/decisions/00([0-3]|4[0-8])"
    r"|examples/.*/(script\.txt|transcript\.vtt)|LICENSE|\.ci/locked/|tests/package-lock\.json"
    r"|tests/golden/(import|notes|podcasting|transcripts)/"
)
# What stands around the words of a line: indents, comment signs, the quotes of Python's strings.
AROUND = re.compile(r"""^\s*(?:[#>*/-]+\s+|[rbf]{0,2}"+)?\s*|[\s"'\\]*$""", re.MULTILINE)


def paths() -> list[str]:
    """Return every tracked file that is read, but for those set apart."""
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if listed.returncode:
        pytest.skip("this is not a git checkout")
    chosen = [line for line in listed.stdout.splitlines() if not APART.match(line)]
    return [line for line in chosen if Path(line).suffix in READ or line == "Makefile"]


def words(path: str) -> str:
    """Return the words of a file in small letters, each of its lines bare."""
    file = ROOT / path
    text = file.read_text(encoding="utf-8", errors="ignore") if file.is_file() else ""
    if path == "CHANGELOG.md":
        text = re.split(r"^## (?!Unreleased)", text, maxsplit=1, flags=re.MULTILINE)[0]
    return AROUND.sub("", text.lower())


def findings(path: str, text: str) -> list[str]:
    """Return one sentence for each place where a retired phrase stands."""
    flat = text.replace("\n", " ")
    return [
        f"{path}:{text.count(chr(10), 0, found.start()) + 1}: “{phrase}”, write instead: {instead}"
        for phrase, instead in RETIRED.items()
        if phrase in flat
        for found in re.finditer(rf"(?<!\w){re.escape(phrase)}(?!\w)", flat)
    ]


def test_retired_phrases_are_found_nowhere() -> None:
    found = [line for path in paths() for line in findings(path, words(path))]
    assert not found, "\n" + "\n".join(found)


def test_a_phrase_is_found_in_capitals_and_over_two_lines() -> None:
    phrase, instead = next(iter(RETIRED.items()))
    first, rest = phrase.upper().split(" ", 1)
    text = AROUND.sub("", f'x = (\n    "It is {first} "\n    "{rest}."\n)\n'.lower())
    assert findings("a.py", text) == [f"a.py:2: “{phrase}”, write instead: {instead}"]


def test_every_retired_phrase_has_words_to_write_instead() -> None:
    assert all(len(phrase) > 2 and instead for phrase, instead in RETIRED.items())
