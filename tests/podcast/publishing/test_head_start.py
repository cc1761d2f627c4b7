"""A recording that goes up beside the build breaks no promise, whatever becomes of the build."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from episodes.errors import EarmarkError, SourceError
from episodes.rules import finding
from podcast.building import master, master_batch, pipeline, steps
from podcast.cache.store import CacheFolder
from podcast.publishing import release, session
from podcast.publishing.destination import Bucket
from podcast.publishing.journal import JOURNAL, Journal
from podcast.publishing.publish import PublishOptions
from podcast.publishing.targets.contract import TargetError
from podcast.publishing.targets.folder import Folder
from tests.kit.published_shows import (
    WaitingStart,
    built,
    edit,
    given,
    public,
    publish,
    publish_early,
    whole,
)  # fmt: skip
from tests.kit.shows import NOW, add_episode

BUCKET = Bucket("shows", "night/")
REFUSAL = SourceError(finding("audio-read", "x", "", "is refused"))


@pytest.fixture
def site(show: Path, tone: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that stands for a bucket: two episodes are public, a third one is written."""
    site = tmp_path / "site"
    monkeypatch.setattr(session, "_open", lambda _: Folder(site))
    publish(show, BUCKET)
    add_episode(show, 3, tone)
    return site


@pytest.fixture
def sent(site: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the recordings that are put, in order."""
    names, put = list[str](), Folder.put

    def noted(target: Folder, name: str, *more: Any) -> Any:
        names.extend([name] if name.startswith("media/") else [])
        return put(target, name, *more)

    monkeypatch.setattr(Folder, "put", noted)
    return names


def _refuse(monkeypatch: pytest.MonkeyPatch, show: Path) -> None:
    """Refuse a build after its recordings are mastered, and so up."""

    def refuse(*_: object) -> None:
        raise REFUSAL

    with monkeypatch.context() as patched:
        patched.setattr(steps, "_findings_of_masters", refuse)
        with pytest.raises(SourceError, match="is refused"):
            publish_early(show, BUCKET)


def _third(site: Path) -> list[Path]:
    return list((site / "media").glob("03-talk-*"))


def test_a_recording_is_up_before_the_build_has_finished(
    show: Path, site: Path, sent: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    write, seen = steps._write_site, list[Path]()

    def look(*given: Any) -> Any:
        seen.extend(_third(site))
        assert whole(site) == ["Talk B", "Talk A"]
        return write(*given)

    monkeypatch.setattr(steps, "_write_site", look)
    assert publish_early(show, BUCKET).done
    assert sent == [f"media/{path.name}" for path in seen]
    assert public(site) == built(show)
    assert not (show / ".earmark" / JOURNAL).exists()
    assert not publish(show, BUCKET).done


@pytest.mark.parametrize("change", ["deleted", "withdrawn", "none"])
def test_a_build_that_is_refused_leaves_nothing_for_long(
    show: Path, site: Path, sent: list[str], monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    before = public(site)
    _refuse(monkeypatch, show)
    [third] = _third(site)
    assert public(site).keys() - before.keys() == {f"media/{third.name}"}
    row = Journal(CacheFolder(show), BUCKET.words).rows()[f"media/{third.name}"]
    assert row[1:] == Folder(site).stat(f"media/{third.name}")
    if change == "deleted":
        shutil.rmtree(show / "episodes" / "03-talk")
    elif change == "withdrawn":
        edit(show, 3, "number: 3", "number: 3\nwithdrawn: 2026-11-01")
    publish(show, BUCKET)
    assert third.exists() == (change == "none")
    assert public(site) == built(show)
    assert len(sent) == 1


def test_what_is_there_already_does_not_go_up_again(
    show: Path, site: Path, sent: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    _refuse(monkeypatch, show)
    [mastered] = (show / "public" / "media").glob("03-talk-*")
    mastered.unlink()
    assert publish_early(show, BUCKET).done
    assert sent == [f"media/{mastered.name}"]


def test_nothing_goes_up_after_a_recording_that_is_refused(
    show: Path, site: Path, sent: list[str], tone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_episode(show, 4, tone)
    (recording,) = (show / "episodes" / "04-talk").glob("*.mp3")
    recording.write_bytes(recording.read_bytes() + bytes(4))
    make, tried = master.master, list[str]()

    def refuse_first(job: Any) -> Any:
        tried.append(job.episode.folder)
        if len(tried) == 1:
            raise REFUSAL
        return make(job)

    monkeypatch.setattr(master_batch, "workers", lambda: 1)
    monkeypatch.setattr(master, "master", refuse_first)
    with pytest.raises(SourceError, match="is refused"):
        publish_early(show, BUCKET)
    assert (len(tried), sent) == (2, [])


def test_a_withdrawn_recording_never_goes_up(show: Path, site: Path, sent: list[str]) -> None:
    edit(show, 1, "number: 1", "number: 1\nwithdrawn: 2026-11-01")
    publish(show, BUCKET)
    edit(show, 1, "withdrawn: 2026-11-01\n", "")
    sent.clear()
    with pytest.raises(EarmarkError, match="--restore"):
        publish_early(show, BUCKET)
    assert sent == []
    assert not list((site / "media").glob("01-talk-*"))


def test_nothing_goes_up_over_a_release_of_somebody_else(
    show: Path, site: Path, sent: list[str]
) -> None:
    _publish_as_another(site)
    with pytest.raises(EarmarkError, match="from another computer"):
        publish_early(show, BUCKET)
    assert sent == []


def test_nothing_goes_up_with_a_clock_that_is_behind_the_last_release(
    show: Path, site: Path, sent: list[str]
) -> None:
    current = site / release.CURRENT
    newest = release.parse(current.read_bytes(), "")
    line = newest.line._replace(at=NOW + timedelta(days=30))
    current.write_bytes(release.render(newest._replace(history=(line, *newest.history[1:]))))
    with pytest.raises(EarmarkError):
        publish_early(show, BUCKET)
    assert sent == []


def test_nothing_goes_up_with_another_clock_than_the_targets(
    show: Path, site: Path, sent: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Folder, "clock", lambda _: datetime.now(UTC) + timedelta(days=30))
    with pytest.raises(EarmarkError):
        publish_early(show, BUCKET)
    assert sent == []


def test_nothing_goes_up_while_somebody_else_publishes(
    show: Path, site: Path, sent: list[str]
) -> None:
    (site / release.LOCK).write_text('{"by": "them"}', "utf-8")
    with pytest.raises(EarmarkError, match="another computer is publishing"):
        publish_early(show, BUCKET)
    assert sent == []


def test_nothing_goes_up_before_somebody_agrees(
    show: Path, site: Path, sent: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(steps, "_findings_of_masters", _raise_refusal)
    with pytest.raises(SourceError):
        publish_early(show, BUCKET, uploads=False)
    assert sent == []


def _raise_refusal(*_: object) -> None:
    raise REFUSAL


def _publish_as_another(site: Path) -> bytes:
    current = site / release.CURRENT
    newest = release.parse(current.read_bytes(), "")
    line = newest.line._replace(id="other", by="them")
    current.write_bytes(release.render(newest._replace(history=(line, *newest.history))))
    return current.read_bytes()


def test_somebody_who_publishes_in_between_is_not_overwritten(
    show: Path, site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write, theirs = steps._write_site, list[bytes]()

    def in_between(*given: Any) -> Any:
        theirs.append(_publish_as_another(site))
        return write(*given)

    with monkeypatch.context() as patched:
        patched.setattr(steps, "_write_site", in_between)
        with pytest.raises(EarmarkError, match="another computer published at the same time"):
            publish_early(show, BUCKET)
    assert [(site / release.CURRENT).read_bytes()] == theirs
    assert whole(site) == ["Talk B", "Talk A"]
    publish(show, BUCKET, PublishOptions(take_over=True))
    assert public(site) == built(show)


def test_answers_that_are_old_are_asked_for_again(
    show: Path, site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with WaitingStart(show, given(BUCKET), NOW, uploads=True) as head:
        pipeline.build(show, now=NOW, watcher=head)
        assert head.target(BUCKET)
        assert head.contents
        monkeypatch.setattr("podcast.publishing.head_start.FRESH", 0.0)
        assert head.contents is None


def test_the_answers_of_another_bucket_are_not_used(show: Path, site: Path) -> None:
    with WaitingStart(show, given(BUCKET), NOW, uploads=False) as head:
        pipeline.build(show, now=NOW, watcher=head)
        assert head.target(BUCKET)
        assert head.target(BUCKET._replace(prefix="other/")) is None


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_line_that_drops_is_tried_again(
    show: Path, site: Path, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    put, tries = Folder.put, list[str]()

    def dropped(target: Folder, name: str, *more: Any) -> Any:
        tries.append(name)
        stored = put(target, name, *more) if len(tries) > 1 or when == "after" else None
        if len(tries) == 1:
            raise TargetError("the line dropped")
        return stored

    monkeypatch.setattr(Folder, "put", dropped)
    assert publish_early(show, BUCKET).done
    assert tries.count(tries[0]) == 2
    assert public(site) == built(show)


def test_a_recording_that_changes_on_its_way_is_noticed(
    show: Path, site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = steps._write_site

    def change(*given: Any) -> Any:
        [path] = (show / "public" / "media").glob("03-talk-*")
        path.write_bytes(path.read_bytes()[:-1] + b"?")
        return write(*given)

    monkeypatch.setattr(steps, "_write_site", change)
    publish_early(show, BUCKET)
    assert public(site) == built(show)
