"""A clock that is behind empties no feed, and one that was ahead is no wall."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from episodes.errors import EarmarkError, SourceError
from podcast.building import clock_guard, pipeline
from podcast.building.context import ProgressReport
from podcast.publishing import publish as publisher
from podcast.publishing.destination import DestinationOptions
from podcast.publishing.publish import PublishOptions
from podcast.publishing.targets.folder import Folder
from podcast.show_folder import lockfile
from tests.kit.published_shows import edit, publish, whole
from tests.kit.shows import NOW

BEHIND = [
    NOW - timedelta(hours=1),
    NOW - timedelta(days=40),
    datetime(1970, 1, 1, 0, 5, tzinfo=UTC),
]


@pytest.fixture
def site(show: Path) -> Path:
    """Where the show was published to, before one of its episodes was corrected."""
    publish(show, show.parent / "site")
    edit(show, 1, "title: Talk A", "title: Talk Z")
    return show.parent / "site"


@pytest.mark.parametrize("now", BEHIND)
def test_a_clock_that_is_behind_builds_and_publishes_nothing(
    show: Path, site: Path, now: datetime
) -> None:
    before = (show / "public" / "feed.xml").read_bytes()
    for work in (pipeline.build, pipeline.coming):
        with pytest.raises(SourceError, match=r"this computer's clock says .* but the show was"):
            work(show, now=now)
    with pytest.raises(SourceError):
        publish(show, site, now=now)
    assert (show / "public" / "feed.xml").read_bytes() == before
    assert len(whole(site)) == 3
    assert "clock-behind" in [each.rule for each in pipeline.check(show, now)]


def test_a_clock_that_is_behind_publishes_nothing_that_was_built_before(
    show: Path, site: Path
) -> None:
    built = pipeline.build(show, now=NOW)
    given = DestinationOptions(str(site), None, None, None)
    for now in BEHIND:
        with pytest.raises(EarmarkError, match="set the clock, then publish again"):
            publisher.publish(show, built, given, PublishOptions(), now, ProgressReport())


def test_a_release_by_a_clock_that_was_ahead_is_replaced_when_told(show: Path, site: Path) -> None:
    publish(show, site, now=NOW + timedelta(days=3000))
    edit(show, 1, "title: Talk Z", "title: Talk Y")
    with pytest.raises(EarmarkError):
        publish(show, site)
    built = pipeline.build(show, now=NOW, trust_clock=True)
    given = DestinationOptions(str(site), None, None, None)
    publisher.publish(show, built, given, PublishOptions(take_over=True), NOW, ProgressReport())
    assert whole(site)[-1] == "Talk Y"
    edit(show, 1, "title: Talk Y", "title: Talk X")
    publish(show, site)


def test_a_build_by_a_clock_that_was_ahead_is_made_again_when_told(show: Path) -> None:
    edit(show, 1, "title: Talk A", "title: Talk Z")
    pipeline.build(show, now=NOW + timedelta(days=3000))
    edit(show, 1, "title: Talk Z", "title: Talk Y")
    with pytest.raises(SourceError, match="clock"):
        pipeline.build(show, now=NOW)
    pipeline.build(show, now=NOW, verify=True)
    edit(show, 1, "title: Talk Y", "title: Talk X")
    pipeline.build(show, now=NOW)


def test_two_clocks_may_differ_a_little(show: Path, site: Path) -> None:
    publish(show, site, now=NOW - timedelta(minutes=5))


def test_a_storage_with_another_clock_is_not_published_to(
    show: Path, site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    years = datetime.now(UTC) - timedelta(days=700)
    monkeypatch.setattr(Folder, "clock", lambda _: years)
    with pytest.raises(EarmarkError, match=r"but that of .*site says"):
        publish(show, site)


@pytest.mark.parametrize(
    "release", ["", "-", "x", "20261301T000000-a", "99999999T999999-a", "1" * 5000]
)
def test_a_name_of_a_release_without_a_time_says_nothing(show: Path, release: str) -> None:
    text = (show / "earmark.lock").read_text("utf-8").rstrip().removesuffix("}")
    (show / "earmark.lock").write_text(
        f'{text}, "published": {{"../site": "{release}"}}}}', "utf-8"
    )
    assert clock_guard.behind(NOW, show) is None


@pytest.mark.parametrize("seconds", [float("inf"), float("nan"), -1e300, 1e300])
def test_a_build_at_no_time_says_nothing(show: Path, seconds: float) -> None:
    assert clock_guard.behind(NOW, show, seconds) is None


def test_a_release_by_a_clock_that_was_ahead_is_no_error_while_nothing_changes(
    show: Path, site: Path
) -> None:
    publish(show, site, now=NOW + timedelta(days=300))
    built = pipeline.build(show, now=NOW, trust_clock=True)
    given = DestinationOptions(str(site), None, None, None)
    for wish in (PublishOptions(), PublishOptions(take_over=True), PublishOptions()):
        assert not publisher.publish(show, built, given, wish, NOW, ProgressReport()).plan
    with pytest.raises(EarmarkError, match="set the clock, then publish again"):
        publisher.publish(show, built, given, PublishOptions(prune=True), NOW, ProgressReport())


def test_two_places_by_a_clock_that_was_ahead_are_both_forgotten_when_told(
    show: Path, site: Path
) -> None:
    given = DestinationOptions(str(site), None, None, None)
    for place in (site, show.parent / "gone"):
        publish(show, place, now=NOW + timedelta(days=300))
    edit(show, 1, "title: Talk Z", "title: Talk Y")
    built = pipeline.build(show, now=NOW, trust_clock=True)
    publisher.publish(show, built, given, PublishOptions(take_over=True), NOW, ProgressReport())
    edit(show, 1, "title: Talk Y", "title: Talk X")
    publish(show, site)
    assert whole(site)[-1] == "Talk X"


def test_a_place_published_minutes_later_by_another_computer_is_not_forgotten(show: Path) -> None:
    for place, now in (("a", NOW + timedelta(minutes=5)), ("b", NOW)):
        publish(show, show.parent / place, now=now)
    assert set(lockfile.read(show).published) == {"../a", "../b"}
