"""`earmark reissue`: a new episode, to which the old one points."""

from __future__ import annotations

import json
import zipfile
from typing import TYPE_CHECKING

import pytest

from podcast import offline_zip
from podcast.building import pipeline
from podcast.changing import reissue as reissuing
from podcast.publishing import subscriber_changes
from tests.kit.changed_shows import catalogue, described, files, items
from tests.kit.published_shows import edit
from tests.kit.shows import AT, NOW, leave_there

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from click.testing import Result

    Earmark = Callable[..., Result]

ONE = "episodes/01-talk"


def reissue(show: Path, wanted: str = "01-talk", date: str | None = None,
            title: str | None = None) -> reissuing.Reissue:  # fmt: skip
    ready = reissuing.prepare(show, wanted, None, title, date or "2026-10-30", NOW)
    reissuing.write(ready)
    return ready


def test_the_new_one_is_a_copy_with_a_guid_a_date_and_the_next_number(show: Path) -> None:
    before = files(show)
    new = reissue(show)
    assert new.folder.name == "03-talk-a"
    after = files(show)
    text = before[f"{ONE}/episode.md"].decode()
    assert after.pop("episodes/03-talk-a/episode.md").decode() == (
        text.replace("guid: guid-1\n", f"guid: {new.guid}\nreplaces: guid-1\n")
        .replace("date: 2026-10-01 07:00", "date: 2026-10-30 07:00")
        .replace("number: 1", "number: 3")
    )
    pointing = text.replace("guid: guid-1\n", f"guid: guid-1\nreplaced_by: {new.guid}\n")
    assert after.pop(f"{ONE}/episode.md").decode() == pointing
    for name in ("recording.mp3", "transcript.vtt"):
        assert after.pop(f"episodes/03-talk-a/{name}") == before[f"{ONE}/{name}"]
    del before[f"{ONE}/episode.md"]
    assert after == before


def test_each_of_the_two_leads_to_the_other_in_notes_pages_and_catalogue(show: Path) -> None:
    out = pipeline.build(show, now=NOW).out
    told = (out / "catalogue.json").read_bytes()
    new = reissue(show)
    pipeline.build(show, now=NOW)
    rows = items(out)
    assert list(rows) == [new.guid, "guid-2", "guid-1"]
    link = '<a href="https://podcast.example.org/night/episodes/03-talk-a.html">Talk A</a>'
    for text in described(rows["guid-1"]):
        assert text.startswith(f"<p><strong>There is a newer version:</strong> {link}</p>")
    assert "This replaces an earlier version: <a href=" in described(rows[new.guid])[1]
    page = (out / "episodes" / "01-talk.html").read_text("utf-8")
    assert '<strong>There is a newer version:</strong> <a href="03-talk-a.html">Talk A</a>' in page
    assert page.index("newer version") < page.index('class="card player"')
    page = (out / "episodes" / "03-talk-a.html").read_text("utf-8")
    assert 'This replaces an earlier version: <a href="01-talk.html">Talk A</a>' in page
    assert 'newer version: <a href="episodes/03-talk-a.html">' in (out / "index.html").read_text()
    entries = catalogue(out)
    assert entries["guid-1"]["replaced_by"] == new.guid
    assert entries[new.guid]["replaces"] == "guid-1"
    assert entries[new.guid]["media"]["version"] == entries["guid-1"]["media"]["version"]
    assert not {"replaces", "replaced_by", "corrections"} & set(entries["guid-2"])
    said = subscriber_changes.compare_catalogues(told, (out / "catalogue.json").read_bytes())
    assert said == ["Now links to its newer version: Talk A", "New episode: Talk A"]
    assert pipeline.check(show, NOW) == []


def test_the_old_page_follows_when_the_new_one_is_called_something_else(show: Path) -> None:
    reissue(show)
    out = pipeline.build(show, now=NOW).out
    path = show / "episodes" / "03-talk-a" / "episode.md"
    path.write_text(path.read_text("utf-8").replace("title: Talk A", "title: Talk Z"), "utf-8")
    pipeline.build(show, now=NOW)
    assert ">Talk Z</a>" in (out / "episodes" / "01-talk.html").read_text("utf-8")
    assert ">Talk Z</a>" in described(items(out)["guid-1"])[0]


def test_nobody_is_sent_to_what_is_not_out_yet(show: Path) -> None:
    new = reissue(show, date="2026-11-20")
    out = pipeline.build(show, now=NOW).out
    assert "newer version" not in (out / "feed.xml").read_text("utf-8")
    assert "newer version" not in (out / "episodes" / "01-talk.html").read_text("utf-8")
    assert "replaced_by" not in catalogue(out)["guid-1"]
    later = NOW.replace(month=12)
    pipeline.build(show, now=later)
    assert "newer version" in (out / "episodes" / "01-talk.html").read_text("utf-8")
    assert new.guid in items(out)


def test_the_oldest_of_three_leads_to_the_newest(show: Path) -> None:
    second = reissue(show, date="2026-10-20")
    third = reissue(show, second.guid, title="Talk A, third")
    out = pipeline.build(show, now=NOW).out
    entries = catalogue(out)
    assert entries["guid-1"]["replaced_by"] == entries[second.guid]["replaced_by"] == third.guid
    assert entries[third.guid]["replaces"] == second.guid
    assert pipeline.check(show, NOW) == []


def test_what_was_withdrawn_leads_to_the_newest_and_is_passed_over_on_the_way(show: Path) -> None:
    second = reissue(show, date="2026-10-20")
    third = reissue(show, second.guid, title="Talk A, third")
    edit(show, 1, "number: 1", "number: 1\nwithdrawn: 2026-11-01")
    path = second.folder / "episode.md"
    path.write_text(path.read_text("utf-8").replace("title:", "withdrawn: 2026-11-01\ntitle:", 1))
    out = pipeline.build(show, now=NOW).out
    for old in ("01-talk", second.folder.name):
        page = (out / "episodes" / f"{old}.html").read_text("utf-8")
        assert f'href="{third.folder.name}.html">Listen to the newer version: Talk A, third' in page
    told = json.loads((out / "catalogue.json").read_bytes())["withdrawn"]
    assert [each["replaced_by"] for each in told] == [third.guid] * 2


def test_what_leads_round_in_a_circle_leads_nowhere_and_is_found(show: Path) -> None:
    edit(show, 1, "guid: guid-1\n", "guid: guid-1\nreplaces: guid-2\nreplaced_by: guid-2\n")
    edit(show, 2, "guid: guid-2\n", "guid: guid-2\nreplaces: guid-1\nreplaced_by: guid-1\n")
    pipeline.build(show, now=NOW)
    assert {each.rule for each in pipeline.check(show, NOW)} == {"replaced-unknown"}


def test_corrections_stay_with_the_old_one_and_a_written_slug_is_not_taken_twice(
    show: Path,
) -> None:
    edit(show, 1, "guid: guid-1\n", "guid: guid-1\nslug: talk\n")
    edit(show, 1, "number: 1", "corrections: [{on: 2026-10-09, note: A}]\nnumber: 1")
    new = reissue(show)
    assert "corrections" not in new.text
    assert "slug: 03-talk-a" in new.text
    assert pipeline.check(show, NOW) == []


def test_it_is_said_what_comes_and_nobody_to_ask_changes_nothing(
    show: Path, earmark: Earmark
) -> None:
    before = files(show)
    done = earmark("reissue", "01-talk", "--show", show)
    assert done.exit_code == 1
    assert "One new episode, “Talk A”, on " in done.output
    assert "The new one has the next number, 3" in done.output
    assert files(show) == before
    done = earmark("reissue", "01-talk", "--title", "Talk A again", "--show", show, "--yes")
    assert done.exit_code == 0, done.output
    assert (show / "episodes" / "03-talk-a-again" / "episode.md").is_file()
    again = earmark("reissue", "01-talk", "--show", show, "--yes")
    assert "has been replaced already" in again.output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["09-talk"], "no episode is called"),
        (["01-talk", "--date", "soon"], '--date: "soon" is not a date'),
        (["01-talk", "--date", "2026-09-01"], "is before the episode that it replaces"),
        (["01-talk", "--date", "2026-10-01 20:00"], "choose another --title"),
        (["01-talk", "--audio", "show.md"], "show.md is not a recording"),
    ],
)
def test_a_mistake_is_one_sentence_and_changes_nothing(
    show: Path, earmark: Earmark, arguments: list[str], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(show)
    before = files(show)
    done = earmark("reissue", *arguments, "--yes")
    assert done.exit_code == 1
    assert said in done.output
    assert files(show) == before


def test_without_a_recording_here_it_asks_for_a_new_one_before_anything_else(
    show: Path, earmark: Earmark, tone: Path
) -> None:
    leave_there(show)
    before = files(show)
    done = earmark("reissue", "01-talk", "--show", show, "--yes")
    assert done.exit_code == 1
    assert f"its recording stays at {AT}, and apps treat two episodes with the same" in done.output
    assert "Subscribers will notice" not in done.output
    assert files(show) == before
    done = earmark("reissue", "01-talk", "--audio", tone, "--show", show, "--yes")
    assert done.exit_code == 0, done.output
    new = (show / "episodes" / "03-talk-a" / "episode.md").read_text("utf-8")
    assert "audio_at" not in new
    assert 'audio: "tone.mp3"' in new
    assert "audio_at" in (show / ONE / "episode.md").read_text("utf-8")
    assert pipeline.build(show).said


@pytest.mark.parametrize("title", ["x" * 5000, "Talk\x01A", "Talk \udcff", " "])
def test_a_title_that_no_feed_can_carry_changes_nothing(
    show: Path, earmark: Earmark, title: str
) -> None:
    before = files(show)
    done = earmark("reissue", "01-talk", "--title", title, "--show", show, "--yes")
    assert done.exit_code == 1
    assert "--title: " in done.output
    assert "Subscribers will notice" not in done.output
    assert files(show) == before


def test_what_is_stopped_leaves_the_show_as_it_was(
    show: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pathlib import Path as Any_

    before = files(show)

    def stop(self: Path, _target: object) -> None:
        raise KeyboardInterrupt

    real = Any_.replace
    monkeypatch.setattr(
        Any_, "replace", lambda self, to: stop(self, to) if self.is_dir() else real(self, to)
    )
    with pytest.raises(KeyboardInterrupt):
        reissue(show)
    assert files(show) == before
    assert sorted(path.name for path in (show / "episodes").iterdir()) == ["01-talk", "02-talk"]


def test_a_page_for_a_usb_stick_leads_to_the_newer_one_on_the_web(
    show: Path, tmp_path: Path
) -> None:
    reissue(show)
    list(offline_zip.pack("01-talk", show, tmp_path / "stick.zip"))
    with zipfile.ZipFile(tmp_path / "stick.zip") as packed:
        page = packed.read("index.html").decode()
    assert '<a href="https://podcast.example.org/night/episodes/03-talk-a.html">' in page


def test_a_catalogue_of_today_is_read_by_who_knows_less(show: Path) -> None:
    reissue(show)
    out = pipeline.build(show, now=NOW).out
    assert json.loads((out / "catalogue.json").read_bytes())["version"] == 1


def test_the_new_one_is_not_shown_with_the_number_of_the_old_one(
    show: Path, earmark: Earmark
) -> None:
    edit(show, 1, "number: 1", "number: 1\ndisplay: Session 1")
    answer = earmark("reissue", "01-talk", "--show", show)
    assert "The new one is not shown as “Session 1”: that is the old one." in answer.output
    new = reissue(show)
    assert "display" not in (new.folder / "episode.md").read_text("utf-8")
    assert "display: Session 1" in (show / ONE / "episode.md").read_text("utf-8")
    assert not [each for each in pipeline.check(show, NOW) if each.rule == "display-twice"]
