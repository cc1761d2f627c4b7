"""Tests that the rules of one episode look at nothing but that episode, the show and the day."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from episodes.show_folder.scan import scan
from feed.checks import directories
from feed.checks.context import Situation
from podcast.building import read
from podcast.building.artwork import Gallery
from podcast.cache.build_cache import BuildCache
from podcast.cache.store import CacheFolder
from tests.kit import full_show
from tests.kit.shows import NOW

if TYPE_CHECKING:
    from pathlib import Path

    from episodes.findings import Finding
    from episodes.model import Show

SECONDS = 1.5  # many parts of the full show are later


@pytest.fixture(scope="module")
def show(tmp_path_factory: pytest.TempPathFactory, tone: Path, cover: Path) -> Show:
    folder = tmp_path_factory.mktemp("full") / "show"
    full_show.write(folder, tone, cover)
    store = CacheFolder(folder)
    cache = BuildCache(store, folder / "public", verify=True)
    gallery = Gallery(folder, store, verify=True, copies=False)
    return read.read_show(folder, scan(folder), cache, gallery, notes=False).show


def situation(show: Show, days: int = 0) -> Situation:
    lengths = {each.slug: SECONDS for each in show.episodes}
    return Situation(show, lengths, NOW + timedelta(days=days))


def key(finding: Finding) -> tuple[str, str, str]:
    return finding.path, finding.rule, finding.key


@pytest.mark.parametrize("days", [-4000, 0, 400, 4000])
def test_each_rule_finds_the_same_with_and_without_the_other_episodes(
    show: Show, days: int
) -> None:
    at_once = [each for rule in directories.RULES for each in rule(situation(show, days))]
    assert sorted(directories.check(situation(show, days)), key=key) == sorted(at_once, key=key)
    assert len(at_once) > 10


def test_findings_hold_until_the_day_on_which_they_change(show: Show) -> None:
    held = 0
    for start in range(-400, 4000, 97):
        each = directories.check_each(situation(show, start), {})
        for step in (-1, 0, 1, 2, 30, 365, 366, 367, 3000):
            later = situation(show, start + step)
            again = directories.check_each(later, {})
            for folder, findings in each.items():
                if findings.hold(SECONDS, later.now.date()):
                    held += step > 0
                    assert again[folder].rows == findings.rows, (folder, start, step)
    assert held > 100


def test_findings_are_those_of_a_recording_of_that_length(show: Show) -> None:
    known = directories.check_each(situation(show), {})
    longer = Situation(show, {each.slug: 1500.0 for each in show.episodes}, NOW)
    each = directories.check_each(longer, known)
    assert each == directories.check_each(longer, {})
    assert all(
        any(finding.rule == "audio-long" for _, finding in findings.rows)
        for findings in each.values()
    )
