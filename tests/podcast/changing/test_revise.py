"""`earmark revise`: the same episode, corrected, with a dated note of it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from podcast.building import pipeline
from podcast.changing import published_episode
from podcast.changing import revise as revising
from podcast.publishing import subscriber_changes
from tests.kit import shows
from tests.kit.changed_shows import catalogue, described, files, items
from tests.kit.published_shows import edit
from tests.kit.shows import AT, NOW, leave_there, sound

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from click.testing import Result

    Earmark = Callable[..., Result]

NOTE = 'The number was wrong: ring 116 123, not "116 132".'
ONE = "episodes/01-talk"


@pytest.fixture
def new(tmp_path: Path) -> Path:
    """A recording that is another one, two seconds long."""
    options = ("-ac", "1", "-ar", "44100", "-b:a", "96k", "-write_id3v2", "0")
    (tmp_path / "new").mkdir()
    return sound(tmp_path / "new" / "recording.mp3", 2, options, volume=1.2)


def revise(show: Path, audio: Path | None = None, note: str = NOTE) -> None:
    revising.write(revising.prepare(show, "01-talk", note, audio, None, NOW))


def test_a_correction_is_a_line_in_the_file_and_no_other_byte(show: Path) -> None:
    before = files(show)
    revise(show)
    after = files(show)
    text = before.pop(f"{ONE}/episode.md").decode()
    assert after.pop(f"{ONE}/episode.md").decode() == text.replace(
        "summary:",
        'corrections:\n  - {on: 2026-11-01, note: "The number was wrong: ring 116 123, not '
        '\\"116 132\\"."}\nsummary:',
    )
    assert after == before
    revise(show, note="And once more")
    assert (show / ONE / "episode.md").read_text("utf-8").count("\n  - {on: 2026-11-01") == 2


def test_a_new_recording_is_the_same_episode_with_another_version(show: Path, new: Path) -> None:
    out = pipeline.build(show, now=NOW).out
    before, told = catalogue(out), (out / "catalogue.json").read_bytes()
    old = (show / ONE / "recording.mp3").read_bytes()
    revise(show, new)
    assert (show / ONE / "recording.mp3").read_bytes() == old
    assert (show / ONE / "recording-2.mp3").read_bytes() == new.read_bytes()
    built = pipeline.build(show, now=NOW)
    after = catalogue(out)
    assert list(after) == list(before)
    was, now = before["guid-1"], after["guid-1"]
    assert now["published"] == was["published"]
    assert now["media"]["version"] != was["media"]["version"]
    assert now["media"]["former"] == [was["media"]["file"]]
    assert after["guid-2"] == before["guid-2"]
    assert [each for each in built.findings if each.level == "error"] == []
    said = subscriber_changes.compare_catalogues(told, (out / "catalogue.json").read_bytes())
    assert said[0].startswith("New audio: Talk A")
    assert said[1] == f"Corrected: Talk A; {NOTE}"


def test_the_correction_is_in_the_notes_and_on_the_page(show: Path) -> None:
    edit(show, 1, "content_note: none", "content_note: {text: Talks about hard nights.}")
    revise(show, note="First <b>")
    revise(show, note="Second")
    out = pipeline.build(show, now=NOW).out
    short, full = described(items(out)["guid-1"])
    first = "<p><strong>Corrected on 1 November 2026:</strong> First &lt;b&gt;</p>"
    second = "<p><strong>Corrected on 1 November 2026:</strong> Second</p>"
    assert short.startswith(
        "<p><strong>Before you listen:</strong> Talks about hard nights.</p>" + second
    )
    assert first not in short
    assert full.index("Before you listen") < full.index(second) < full.index(first)
    assert full.index(first) < full.index("What the 1. talk gives.")
    page = (out / "episodes" / "01-talk.html").read_text("utf-8")
    assert page.index("Before you listen") < page.index("Second") < page.index("First &lt;b&gt;")
    assert page.index("First &lt;b&gt;") < page.index("<audio")
    assert "Corrected on" not in (out / "episodes" / "02-talk.html").read_text("utf-8")
    assert pipeline.check(show, NOW) == []


def test_corrections_are_folded_behind_the_first_words_of_the_newest(show: Path) -> None:
    revise(show, note="Ring 116 123.")
    place = pipeline.build(show, now=NOW).out / "episodes" / "01-talk.html"
    assert "<details>\n<summary><strong>Corrected" not in place.read_text("utf-8")
    revise(show, note="The number was wrong. " * 9)
    pipeline.build(show, now=NOW)
    page = place.read_text("utf-8")
    folded = page[page.index("<summary><strong>Corrected") : page.index("</details>")]
    assert folded.partition("</summary>")[0].endswith("was wrong. The number …")
    assert folded.index("The number was wrong. " * 8) < folded.index("Ring 116 123.")


def test_a_long_correction_gives_way_before_content_note_and_support(show: Path) -> None:
    revise(show, note="Wrong. " * 700)
    out = pipeline.build(show, now=NOW).out
    short, full = described(items(out)["guid-1"])
    assert len(short.encode()) <= 4000
    assert "Corrected on" not in short
    assert "Samaritans" in short
    assert "Corrected on" in full


def test_what_is_noticed_is_said_first_and_nobody_to_ask_changes_nothing(
    show: Path, new: Path, earmark: Earmark
) -> None:
    before = files(show)
    done = earmark("revise", "01-talk", "--note", NOTE, "--audio", new, "--show", show)
    assert done.exit_code == 1
    assert "Subscribers will notice:\n  “Talk A” stays the same episode" in done.output
    assert "keep the old one until they" in done.output
    assert "nothing was changed: nobody is here to answer; add --yes" in done.output
    assert files(show) == before
    done = earmark("revise", show / ONE, "--note", NOTE, "--audio", new, "--yes")
    assert done.exit_code == 0, done.output
    assert "The previous recording, recording.mp3, is still there and has not" in done.output


def test_what_no_longer_fits_a_shorter_recording_is_said_before_it_is_asked(
    show: Path, new: Path, earmark: Earmark
) -> None:
    chapters = 'chapters: [{start: 0, title: A}, {start: 1, title: B}, {start: "0:02.5", title: C}]'
    edit(show, 1, "\nnumber:", f"\n{chapters}\nnumber:")
    said = earmark("revise", "01-talk", "--note", NOTE, "--audio", new, "--show", show).output
    assert "chapters: 1 of 3 are after the end of the recording (0:02)." in said
    assert "Its transcript belongs to the previous recording; check it." in said
    assert said.index("chapters:") < said.index("Subscribers will notice")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["09-talk", "--note", "A"], 'no episode is called "09-talk"'),
        (["01-talk", "--note", " "], "say in a sentence what was wrong"),
        (["01-talk", "--note", "A", "--audio", "show.md"], "show.md is not a recording"),
        (["01-talk", "--note", "A", "--audio", f"{ONE}/recording.mp3"], "has already"),
        (["01-talk", "--note", "A", "--audio", "episodes/02-talk/recording.mp3",
          "--transcript", "cover.jpg"], "cover.jpg is not a transcript"),
        (["01-talk", "--note", "A", "--transcript", "episodes/02-talk/transcript.vtt"],
         "is the transcript that episodes/01-talk has already"),
    ],
)  # fmt: skip
def test_a_mistake_is_one_sentence_and_changes_nothing(
    show: Path, earmark: Earmark, arguments: list[str], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(show)
    before = files(show)
    done = earmark("revise", *arguments, "--yes")
    assert done.exit_code == 1
    assert said in done.output
    assert "Traceback" not in done.output
    assert files(show) == before


def test_an_episode_that_is_to_come_needs_no_correction(show: Path, earmark: Earmark) -> None:
    path = show / ONE / "episode.md"
    path.write_text(
        path.read_text("utf-8").replace("date: 2026-10-01", "date: 2199-10-01"), "utf-8"
    )
    done = earmark("revise", "01-talk", "--note", NOTE, "--show", show, "--yes")
    assert "is not published yet, so nobody has it: just edit" in done.output


def test_a_recording_that_lies_in_the_folder_already_is_named_and_not_copied(
    show: Path, new: Path
) -> None:
    there = show / ONE / "better.mp3"
    there.write_bytes(new.read_bytes())
    revise(show, there)
    assert 'audio: "better.mp3"' in (show / ONE / "episode.md").read_text("utf-8")
    assert not (show / ONE / "better-2.mp3").exists()


@pytest.mark.parametrize("at", ["copy", "write"])
def test_what_is_stopped_leaves_the_show_as_it_was(
    show: Path, new: Path, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    before = files(show)
    real = getattr(published_episode.FileChanges, at)

    def stop(self: published_episode.FileChanges, *arguments: object) -> None:
        real(self, *arguments)
        raise KeyboardInterrupt

    monkeypatch.setattr(published_episode.FileChanges, at, stop)
    with pytest.raises(KeyboardInterrupt):
        revise(show, new)
    assert files(show) == before


def test_today_is_a_day_of_the_shows_own_time_zone(show: Path) -> None:
    path = show / "show.md"
    path.write_text(
        path.read_text("utf-8").replace("author:", "timezone: Pacific/Auckland\nauthor:")
    )
    late = datetime(2026, 11, 1, 20, tzinfo=UTC)
    ready = revising.prepare(show, "guid-1", NOTE, None, None, late)
    assert "{on: 2026-11-02, note:" in ready.text


def test_dates_that_cannot_be_are_found(show: Path) -> None:
    rows = "corrections: [{on: 2026-09-01, note: A}, {on: 2026-11-09, note: B}]"
    edit(show, 1, "\nnumber:", f"\n{rows}\nnumber:")
    found = [(each.rule, each.key) for each in pipeline.check(show, NOW)]
    assert found == [
        ("correction-day", "corrections[1].on"),
        ("correction-day", "corrections[2].on"),
    ]


def test_the_example_can_be_revised(tmp_path: Path, earmark: Earmark) -> None:
    import shutil

    show = shutil.copytree(shows.EXAMPLE, tmp_path / "example")
    done = earmark("revise", "02-listening", "--note", NOTE, "--show", show, "--yes")
    assert done.exit_code == 0, done.output
    assert earmark("check", show).output == "Nothing to fix.\n"


def test_a_recording_here_takes_the_place_of_one_on_another_server(
    show: Path, new: Path, earmark: Earmark
) -> None:
    leave_there(show)  # and no build has written down yet where that is
    done = earmark("revise", "01-talk", "--note", NOTE, "--audio", new, "--show", show, "--yes")
    assert done.exit_code == 0, done.output
    assert f"The previous recording stays at {AT} until you delete it there." in done.output
    assert "audio_at" not in (show / ONE / "episode.md").read_text("utf-8")
    media = catalogue(pipeline.build(show).out)["guid-1"]["media"]
    assert media["file"].startswith("media/01-talk-")
    assert media["former"] == [AT]


@pytest.mark.parametrize("note", ["A \x01 sign", "A \udcff sign", " "])
def test_a_note_that_no_feed_can_carry_changes_nothing(
    show: Path, earmark: Earmark, note: str
) -> None:
    before = files(show)
    done = earmark("revise", "01-talk", "--note", note, "--show", show, "--yes")
    assert done.exit_code == 1
    assert "--note: " in done.output
    assert files(show) == before
