"""Bad input: whatever is wrong with a show is one clear finding, and nothing else changes.

Every row breaks a show that was right in exactly one way. The fault is said once, with its path, a
second fault elsewhere is said too, what is public stays as it was, and the command ends with 1.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from episodes.errors import SourceError
from episodes.findings import Level, errors_in
from episodes.rules import finding
from podcast.building import pipeline
from podcast.building.context import ProgressReport
from podcast.terminal import findings as telling
from tests.kit.broken_shows import MD, MP3, ONE, cover, cut, edit, link, named, recording, write
from tests.kit.refused_builds import refused, run, snapshot
from tests.kit.shows import NOW, SHOW, sound

BOMB = "".join(
    f"{name}: &{name} [{','.join([f'*{before}' if before else 'x'] * 10)}]\n"
    for before, name in zip(["", *"abcd"], "abcde", strict=True)
)


class Fault(NamedTuple):
    """A way to break a show; the finding it must give names `path`, `key` and `says`."""

    name: str
    harm: Callable[[Path], object]
    path: str
    says: str
    key: str = ""
    line: int = 0


def longer(name: str) -> Callable[[Path], object]:
    return lambda show: (show / ONE / "recording.mp3").rename(show / ONE / name)


def loop(show: Path) -> None:
    shutil.rmtree(show / ONE)
    (show / ONE).symlink_to("01-talk")


# What `check` finds: nothing is decoded, nothing is made.
FAULTS = [
    Fault("text called mp3", write(MP3, "Hello, I am a text. " * 99), MP3, "audio"),
    Fault("noise called mp3", write(MP3, bytes(range(256)) * 40), MP3, "audio"),
    Fault("an empty recording", write(MP3, ""), MP3, "is empty"),
    Fault("another ending", longer("recording.wav"), MD,
          "is not there", "audio", 6),
    Fault("a recording that is gone", lambda show: (show / MP3).unlink(), MD, "is not there",
          "audio", 6),
    Fault("a cover in another format", write("cover.jpg", "GIF89a"), "cover.jpg", "is GIF"),
    Fault("a cover that is not square", cover(size=(1400, 1500)), "cover.jpg", "make it square"),
    Fault("a small cover", cover(size=(500, 500)), "cover.jpg", "make it 1400 to 3000"),
    Fault("a program for Ghostscript", write("cover.jpg", "%!PS-Adobe-3.0 EPSF-3.0\n"),
          "cover.jpg", "is EPS"),
    Fault("a broken cover", cut("cover.jpg"), "cover.jpg", "cut short or damaged"),
    Fault("a cover that is text", write("cover.jpg", "no"), "cover.jpg", "is not a picture"),
    Fault("no cover", lambda show: (show / "cover.jpg").unlink(), "show.md", "there is none",
          "cover", 1),
    Fault("a shared guid", edit(MD, "guid: guid-1", "guid: guid-3"),
          "episodes/03-talk/episode.md", "is also the guid of", "guid", 3),
    Fault("a shared slug", edit(MD, "number: 1", "number: 1\nslug: 03-talk"),
          "episodes/03-talk/episode.md", "is also the name in the web address", "slug", 1),
    Fault("a title twice on one day",
          lambda show: (edit(MD, "title: Talk A", "title: talk c!")(show),
                        edit(MD, "2026-10-01 07:00", "2026-10-03 06:00")(show)),
          "episodes/03-talk/episode.md", "is also the title of", "title", 2),
    Fault("no front matter", write(MD, "# A talk\n"), MD, "has no front matter", "", 1),
    Fault("front matter never closed", write(MD, "---\ntitle: A\n"), MD, "is never closed", "", 1),
    Fault("broken YAML", edit(MD, "title: Talk A", "title: Talk: A"), MD, "has a colon", "", 2),
    Fault("a wrong type", edit(MD, "number: 1", "number: one"), MD, "is not a whole number",
          "number", 7),
    Fault("an unknown key", edit(MD, "number: 1", "numbr: 1"), MD, "did you mean `number`",
          "numbr", 7),
    Fault("a missing key", edit(MD, "summary:", "# summary:"), MD, "is missing", "summary", 1),
    Fault("a key twice", edit(MD, "number: 1", "number: 1\nnumber: 2"), MD, "is written twice",
          "number", 8),
    Fault("a YAML bomb", edit(MD, "number: 1\n", BOMB), MD, "repeats itself", "", 1),
    Fault("a deep bracket", edit(MD, "number: 1", "number: " + "[" * 20_000), MD, "too deep",
          "", 1),
    Fault("an escaped control character", edit(MD, "title: Talk A", 'title: "A\\x07"'), MD,
          "control character (U+0007)", "title", 2),
    Fault("not UTF-8", lambda show: (show / MD).write_bytes(
        (show / MD).read_bytes().replace(b"Some", b"Caf\xe9")), MD, "is not UTF-8", "", 18),
    Fault("no episode.md", lambda show: (show / MD).unlink(), MD, "is not there"),
    Fault("a path that climbs", named("../../etc/passwd"), MD, "in the same folder", "audio", 6),
    Fault("an absolute path", named("/etc/passwd"), MD, "in the same folder", "audio", 6),
    Fault("a Windows drive", named("C:\\Users\\a.wav"), MD, "in the same folder", "audio", 6),
    Fault("a backslash", named("..\\a.wav"), MD, "in the same folder", "audio", 6),
    Fault("a name of 400 bytes", named("é" * 200 + ".wav"), MD, "is not there", "audio", 6),
    Fault("a slug that climbs out", edit(MD, "number: 1", "number: 1\nslug: ../x"), MD,
          "must have only", "slug", 8),
    Fault("a recording that is a link to elsewhere", link(MP3, "/etc/hostname"), MD,
          "points outside", "audio", 6),
    Fault("a recording that is a link to itself", link(MP3, "recording.mp3"), MD,
          "points outside", "audio", 6),
    Fault("a transcript that is a link to elsewhere", link(f"{ONE}/transcript.vtt", "/etc/hosts"),
          MD, "points outside", "transcript", 1),
    Fault("a cover that is a link to elsewhere", link("cover.jpg", "/etc/hosts"), "show.md",
          "points outside", "cover", 1),
    Fault("notes that are a link to elsewhere", link(MD, "/etc/hosts"), MD, "points outside"),
    Fault("an episode that is a link to elsewhere", link(ONE, "/etc"), ONE, "is outside the show"),
    Fault("an episode that is a link to itself", loop, ONE, "is outside the show folder"),
    Fault("a transcript without words", write(f"{ONE}/transcript.vtt", "WEBVTT\n"),
          f"{ONE}/transcript.vtt", "has no words"),
    Fault("a transcript with a wrong time",
          write(f"{ONE}/transcript.vtt", "WEBVTT\n\n00:01 --> 00:72\n<v Host>x\n\n"
                "00:01.000 --> 00:02.000\n<v Host>x\n"),
          f"{ONE}/transcript.vtt", "is not a time", "", 3),
    Fault("a chapter beyond the end",
          edit(MD, "number: 1", "number: 1\nchapters:\n  - {start: 0, title: A}\n"
               "  - {start: 1, title: B}\n  - {start: 90, title: C}"),
          MD, "after the end", "chapters[3].start", 11),
]  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_fault_is_one_finding_and_the_rest_is_still_checked(show: Path, fault: Fault) -> None:
    fault.harm(show)
    edit("episodes/02-talk/episode.md", "number: 2", "colour: red")(show)
    findings = refused(show)
    first, second = sorted(findings, key=lambda found: found.path.startswith("episodes/02"))
    assert (first.path, first.key, first.line) == (fault.path, fault.key, fault.line)
    assert fault.says in first.said
    assert (second.key, second.line) == ("colour", 7)
    said = "".join(f"{line.text}\n" for line in telling.lines(findings))
    assert run(show, "check") == f"{said}2 errors stop the build.\n"


# What only shows when a recording is decoded --------------------------------------------------


def same_file(show: Path) -> None:
    shutil.copy(show / "episodes" / "03-talk" / "recording.mp3", show / MP3)


def same_sound(show: Path) -> None:
    """Copy a recording, with other tags."""
    same_file(show)
    with (show / MP3).open("ab") as file:
        file.write(b"TAG" + bytes(125))


def same_wav(show: Path) -> None:
    recording("a.wav")(show)
    other = show / "episodes" / "03-talk"
    data = (show / ONE / "a.wav").read_bytes() + b"LIST\x04\x00\x00\x00INFO"
    (other / "b.wav").write_bytes(data)
    (other / "recording.mp3").unlink()
    edit("episodes/03-talk/episode.md", "audio: recording.mp3", "audio: b.wav")(show)


SOUND = {"cut": "audio-damaged", "has": "audio-silent", "is": "audio-twice"}
XING = ("-q:a", "5", "-write_xing", "1")
DECODED = [
    Fault("a variable MP3 cut short", recording("a.mp3", XING, 0.5), f"{ONE}/a.mp3", "cut short"),
    Fault("an M4A cut short", recording("a.m4a", ("-movflags", "+faststart"), 0.5),
          f"{ONE}/a.m4a", "cut short"),
    Fault("a FLAC cut short", recording("a.flac", share=0.5), f"{ONE}/a.flac", "cut short"),
    Fault("silence", lambda show: sound(show / MP3, 3, volume=0), MP3, "has no sound in it"),
    Fault("one recording twice", same_sound, "episodes/03-talk/recording.mp3",
          "is the same recording as episodes/01-talk/recording.mp3"),
    Fault("one recording to encode twice", same_wav, "episodes/03-talk/b.wav",
          "is the same recording as episodes/01-talk/a.wav"),
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("fault", DECODED, ids=lambda fault: fault.name)
def test_a_fault_of_the_sound_is_one_finding_and_the_rest_is_still_heard(
    show: Path, fault: Fault
) -> None:
    fault.harm(show)
    silent = "episodes/02-talk/recording.mp3"
    sound(show / silent, 2, volume=0)
    first, second = sorted(refused(show), key=lambda found: found.path == silent)
    assert (first.path, first.key) == (fault.path, fault.key)
    assert fault.says in first.said
    assert first.rule == SOUND[fault.says.split()[0]]
    assert second == finding("audio-silent", silent, "", "has no sound in it")


def test_a_copy_is_found_before_anything_is_encoded(show: Path) -> None:
    class Calm(ProgressReport):
        def begin(self, recordings: list[str], doing: str = "") -> None:
            raise AssertionError(doing, recordings)

    shutil.rmtree(show / "public", ignore_errors=True)
    same_file(show)
    with pytest.raises(SourceError) as error:
        pipeline.build(show, now=NOW, report=Calm())
    (found,) = error.value.findings
    assert (found.rule, found.path) == ("audio-twice", "episodes/03-talk/recording.mp3")
    assert found in pipeline.check(show, NOW)


def test_the_command_says_what_could_not_be_heard(show: Path) -> None:
    sound(show / MP3, 2, volume=0)
    said = run(show, "build")
    assert f"{MP3}: error: has no sound in it" in said
    assert said.endswith("1 error stops the build.\n")


def test_the_m4a_whose_index_is_lost_is_one_finding(show: Path) -> None:
    recording("a.m4a", (), 0.5)(show)
    (found,) = refused(show)
    assert found.path == f"{ONE}/a.m4a"


def test_after_the_fault_is_mended_the_build_goes_on(show: Path) -> None:
    good = (show / MP3).read_bytes()
    cut(MP3, 0.3)(show)
    before = snapshot(show)
    recording_faults = {found.path for found in refused(show)}
    assert recording_faults == {MP3}
    (show / MP3).write_bytes(good)
    pipeline.build(show, now=NOW)
    assert snapshot(show) == before


@pytest.mark.parametrize("name", [MD, MP3, "cover.jpg", "show.md", f"{ONE}/transcript.vtt"])
def test_a_file_that_may_not_be_read_is_one_finding(
    show: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """For root every file can be read, so that the refusal is put in by hand."""
    os.utime(show / name, ns=(1, 1))
    really = Path.open

    def opened(path: Path, *rest: Any, **more: Any) -> Any:
        if path == show / name:
            raise PermissionError(13, "Permission denied", str(path))
        return really(path, *rest, **more)

    monkeypatch.setattr(Path, "open", opened)
    monkeypatch.setattr("PIL.Image.builtins.open", lambda path, *rest: opened(Path(path), *rest))
    (found,) = refused(show)
    assert found.path == name
    assert "cannot be read (Permission denied)" in found.said
    assert found.rule == {MP3: "audio-read", "cover.jpg": "art-damaged"}.get(name, "file-read")


def test_raw_control_characters_are_left_out_of_everything_and_said(show: Path) -> None:
    edit(MD, "Some", "S\x00o\x1bme\ufffe")(show)
    edit(f"{ONE}/transcript.vtt", "Hello", "Hel\x08lo")(show)
    result = pipeline.build(show, now=NOW)
    assert [(found.path, found.line, found.level) for found in result.findings] == [
        (MD, line, Level.WARNING) for line in (18, 18, 18)
    ]
    for name, data in snapshot(show).items():
        if name.endswith((".html", ".xml", ".json", ".vtt")):
            assert not any(byte in data for byte in b"\x00\x07\x08\x0b\x1b")


def test_a_broken_show_still_has_its_episodes_checked(show: Path) -> None:
    edit("show.md", "title: Night shift", "titel: Night shift")(show)
    edit(MD, "number: 1", "number: one")(show)
    found = errors_in(refused(show))
    assert [(each.path, each.key) for each in found] == [
        (MD, "number"),
        ("show.md", "title"),
        ("show.md", "titel"),
    ]


def test_a_folder_without_a_show_says_what_to_do(tmp_path: Path) -> None:
    assert "show.md: error: is not there; run `earmark new show DIR`" in run(tmp_path, "build")
    assert list(tmp_path.iterdir()) == []


def test_a_file_called_episodes_is_one_finding(tmp_path: Path, cover: Path) -> None:
    (tmp_path / "show.md").write_text(SHOW)
    shutil.copy(cover, tmp_path)
    (tmp_path / "episodes").touch()
    assert "episodes: error: cannot be read (Not a directory)" in run(tmp_path, "check")


def test_nothing_of_a_refused_build_stays_once_the_fault_is_mended(show: Path) -> None:
    good = (show / MP3).read_bytes()
    before = snapshot(show)
    same_sound(show)
    refused(show)
    (show / MP3).write_bytes(good)
    pipeline.build(show, now=NOW)
    assert snapshot(show) == before
