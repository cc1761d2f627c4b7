"""Writes missing guids and course numbers into source files, for `earmark check --fix`."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from episodes import order_fixes
from episodes.errors import SourceError
from episodes.frontmatter import edit, read
from episodes.frontmatter.schema import EpisodeFacts, ShowFacts
from episodes.model import NO_ADDRESS
from episodes.show_folder import scan, text_files
from podcast import atomic_files
from podcast.show_folder import read_source, show_guid, show_lock

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def fix_show(show: Path) -> list[str]:
    """Write missing guids and course numbers, never a guess; return a line for each.

    No other byte of a file changes. Files that cannot be read are left to `check`, which explains
    what is wrong with them.
    """
    with show_lock.hold(show, "check"):
        return [*_write_guids(show), *_write_numbers(show)]


def _write_guids(show: Path) -> Iterator[str]:
    for name in scan.scan(show):
        path = f"{name}/episode.md" if name else "show.md"
        kind: type[ShowFacts | EpisodeFacts] = EpisodeFacts if name else ShowFacts
        try:
            text = text_files.read_exactly(show, path)
            facts = read.parse_facts(kind, read.split_file(text, path), path)
        except SourceError:
            continue
        if guid := _missing_guid(facts):
            text = edit.insert_key(text, path, "guid", guid, "title")
            atomic_files.write(show / path, text.encode())
            yield f"{path}: guid: {guid}"


def _missing_guid(facts: ShowFacts | EpisodeFacts) -> str | None:
    if facts.guid:
        return None
    if isinstance(facts, EpisodeFacts):
        return str(uuid.uuid4())
    is_known = facts.address and facts.address != NO_ADDRESS
    return show_guid.guid_of_show(facts.address or "") if is_known else None


def _write_numbers(show: Path) -> Iterator[str]:
    try:
        source = read_source.read_source(show)
    except SourceError:
        return
    if source.findings:
        return  # the unread episodes may belong anywhere in the order
    listed = [each for each in source.episodes if not each.facts.withdrawn]
    for fix in order_fixes.find_fixes(source.facts, listed):
        path = f"{fix.folder}/episode.md" if fix.folder else "show.md"
        text = text_files.read_exactly(show, path)
        text = edit.set_key(text, path, fix.key, fix.value, fix.after)
        atomic_files.write(show / path, text.encode())
        yield f"{path}: {fix.key}: {fix.value}"
