"""A draft of a transcript: written whole or not at all, never over another, and said to be one."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner

from episodes.errors import EarmarkError, SourceError
from episodes.findings import Level
from episodes.transcripts import speech_to_text
from podcast.building import pipeline
from podcast.building.context import ProgressReport
from podcast.cli import main
from podcast.creating import transcript
from tests.kit.shows import NOW

MakeShow = Callable[..., Path]
ONE = "episodes/01-talk"
SAID = ((0.0, 1.4, " Welcome to the night\n shift."), (1.4, 2.0, "  "), (2.0, 2.9, " Let's begin."))


class Listener:
    """Hears what it is told to; stands for a model, which cannot be fetched everywhere."""

    def __init__(self, said: tuple[Any, ...] = SAID, *, then: BaseException | None = None) -> None:
        self.said, self.then = said, then
        self.asked: dict[str, Any] = {}

    def transcribe(self, audio: str, **options: Any) -> tuple[Iterator[Any], Any]:
        self.asked = {"audio": audio, **options}
        return self._segments(), SimpleNamespace(language="en")

    def _segments(self) -> Iterator[Any]:
        for start, end, text in self.said:
            yield SimpleNamespace(start=start, end=end, text=text)
        if self.then:
            raise self.then


class Heard(ProgressReport):
    """Remembers what it was told."""

    def __init__(self) -> None:
        self.shares: list[float] = []
        self.over = False

    def advance(self, _recording: str, share: float) -> None:
        self.shares.append(share)

    def end(self) -> None:
        self.over = True


@pytest.fixture
def show(make_show: MakeShow) -> Path:
    folder = make_show()
    (folder / ONE / "transcript.vtt").unlink()
    return folder


def run(show: Path, listener: Listener, report: ProgressReport | None = None) -> list[str]:
    def load(_model: str) -> Listener:
        return listener

    return transcript.transcribe(show, "01-talk", "small", report or ProgressReport(), load)


def test_a_draft_says_what_it_is_and_check_reminds_of_it(show: Path) -> None:
    listener, heard = Listener(), Heard()
    said = run(show, listener, heard)
    assert "written by a program" in said[0]
    assert "and correct names" in said[1]
    text = (show / ONE / "transcript.vtt").read_text("utf-8")
    assert text.startswith("WEBVTT\nLanguage: en-gb\n\nNOTE earmark: draft\n")
    assert text.endswith(
        "00:00:00.000 --> 00:00:01.400\nWelcome to the night shift.\n\n"
        "00:00:02.000 --> 00:00:02.900\nLet's begin.\n"
    )
    assert listener.asked["language"] == "en"
    assert Path(listener.asked["audio"]).name == "speech.wav", "decoded by ffmpeg, never guessed at"
    assert heard.shares == sorted(heard.shares)
    assert heard.shares[-1] == 1
    assert heard.over
    draft, nameless = pipeline.check(show, NOW)
    assert (draft.path, draft.line, draft.level) == (f"{ONE}/transcript.vtt", 4, Level.WARNING)
    assert "is a draft that nobody has read yet" in draft.message
    assert "does not name the speakers" in nameless.message


@pytest.mark.parametrize("note", ["NOTE earmark: read", "NOTE"])
def test_what_was_read_is_no_draft_any_more(show: Path, note: str) -> None:
    run(show, Listener())
    path = show / ONE / "transcript.vtt"
    text = path.read_text("utf-8").replace("NOTE earmark: draft", note)
    path.write_text(text.replace("Welcome", "<v Host>Welcome").replace("Let's", "<v Host>Let's"))
    assert pipeline.check(show, NOW) == []


@pytest.mark.parametrize("name", ["transcript.vtt", "mine.srt", "Talk.TXT", "transcript.docx"])
def test_a_transcript_is_never_written_over(show: Path, name: str) -> None:
    (show / ONE / name).write_text("Host: Mine.\n")
    with pytest.raises(EarmarkError, match="is there already and is never overwritten"):
        run(show, Listener())
    assert (show / ONE / name).read_text() == "Host: Mine.\n"


def test_one_that_appears_meanwhile_is_never_written_over_either(show: Path) -> None:
    path = show / ONE / "transcript.vtt"

    class Slow(Listener):
        def _segments(self) -> Iterator[Any]:
            path.write_text("Mine.")
            yield from super()._segments()

    with pytest.raises(EarmarkError, match="is there already"):
        run(show, Slow())
    assert path.read_text() == "Mine."
    assert not list((show / ONE).glob(".*"))


@pytest.mark.parametrize("then", [KeyboardInterrupt(), RuntimeError("broken"), MemoryError()])
def test_nothing_is_left_of_what_was_stopped(show: Path, then: BaseException) -> None:
    before = sorted((show / ONE).iterdir())
    heard = Heard()
    with pytest.raises((KeyboardInterrupt, EarmarkError)):
        run(show, Listener(then=then), heard)
    assert sorted((show / ONE).iterdir()) == before
    assert heard.over


def test_silence_is_said(show: Path) -> None:
    with pytest.raises(EarmarkError, match=r"no words were heard in recording\.mp3"):
        run(show, Listener(()))


def test_an_episode_without_a_recording_is_a_finding(show: Path) -> None:
    (show / ONE / "recording.mp3").unlink()
    with pytest.raises(SourceError, match="there is no recording to transcribe"):
        run(show, Listener())


def test_the_name_that_front_matter_gives_is_used(show: Path) -> None:
    path = show / ONE / "episode.md"
    path.write_text(path.read_text().replace("number: 1", "number: 1\ntranscript: words.vtt"))
    run(show, Listener())
    assert (show / ONE / "words.vtt").is_file()


# The real door, as far as it opens without a model


def test_without_the_extra_the_command_says_how_to_install_it(
    show: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "faster_whisper", None)
    result = CliRunner().invoke(main, ["transcribe", str(show / ONE)])
    assert result.exit_code == 1
    assert "pipx install --force '.[transcribe]'" in result.output


def test_a_model_is_loaded_for_any_computer(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: dict[str, Any] = {}

    def loaded(name: str, **options: Any) -> Listener:
        asked.update(options, name=name)
        return Listener()

    module = ModuleType("faster_whisper")
    monkeypatch.setattr(module, "WhisperModel", loaded, raising=False)
    monkeypatch.setitem(sys.modules, "faster_whisper", module)
    assert isinstance(speech_to_text.load_model("tiny"), Listener)
    assert asked == {"name": "tiny", "device": "cpu", "compute_type": "int8"}


def test_a_model_that_cannot_be_had_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(_name: str, **_options: Any) -> Listener:
        raise ValueError("Invalid model size\n'huge'")

    module = ModuleType("faster_whisper")
    monkeypatch.setattr(module, "WhisperModel", refused, raising=False)
    monkeypatch.setitem(sys.modules, "faster_whisper", module)
    with pytest.raises(EarmarkError, match=r'the model "huge" cannot be had \(Invalid model size'):
        speech_to_text.load_model("huge")


def test_a_withdrawn_episode_has_nothing_to_transcribe(show: Path) -> None:
    path = show / ONE / "episode.md"
    text = path.read_text("utf-8").replace("\ndate:", "\nwithdrawn: 2026-10-02\ndate:", 1)
    path.write_text(text, "utf-8")
    with pytest.raises(EarmarkError, match="01-talk was withdrawn, so it has nothing to transc"):
        run(show, Listener())
