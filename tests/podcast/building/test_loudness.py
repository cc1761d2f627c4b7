"""What is published is as loud and as long as it should be, whatever kind of recording it was."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from episodes import lockfile
from episodes.audio import encode, ffmpeg, measurement, mp3_frames, tags
from episodes.audio.loudness import TARGETS, Loudness
from episodes.errors import SourceError
from episodes.findings import Finding, Level
from episodes.frontmatter.production import RecordingSettings
from podcast import cli
from podcast.building import pipeline
from podcast.cache import encoded_audio
from tests.kit import odd_recordings
from tests.kit.odd_recordings import LOUD, QUIET
from tests.kit.shows import EPISODE, NOW, sound, tone

MakeShow = Callable[..., Path]
slow = pytest.mark.slow
OPPOSITE = ("-af", "pan=stereo|c0=c0|c1=-1*c0")


def episode(show: Path, recording: Path) -> None:
    """Add an episode with a recording, byte by byte."""
    folder = show / "episodes" / "01-talk"
    folder.mkdir(parents=True)
    text = EPISODE.format(title="Talk", number=1, day=1, audio=recording.name)
    (folder / "episode.md").write_text(text, "utf-8")
    recording.rename(folder / recording.name)


def add(show: Path, key: str) -> None:
    path = show / "show.md"
    path.write_text(path.read_text("utf-8").replace("licence:", f"{key}\nlicence:"), "utf-8")


def entry(show: Path) -> lockfile.LockedEpisode:
    (one,) = lockfile.parse((show / "earmark.lock").read_text("utf-8")).episodes.values()
    return one


def rules(findings: list[Finding]) -> list[str]:
    return [each.rule for each in findings if each.rule.startswith("audio-")]


@slow
@pytest.mark.parametrize("kind", odd_recordings.KINDS)
def test_every_kind_is_published_at_its_level_and_its_length(
    make_show: MakeShow, tmp_path: Path, kind: str
) -> None:
    ending, seconds, make = odd_recordings.KINDS[kind]
    path = tmp_path / f"talk{ending}"
    make(path)
    show = make_show(0)
    add(show, "recordings: {small: true}")
    episode(show, path)
    built = pipeline.build(show, now=NOW)
    one = entry(show)
    files = [(one, "mono", 0.3), (one.small, "mono", 0.3)] if one.small else []
    assert len(files) == 2
    for made, channels, near in files:
        after = measurement.measure_loudness(show / "public" / made.file, channels)
        assert after.integrated == pytest.approx(-19, abs=near)
        assert after.peak <= -1
        assert after.seconds == pytest.approx(seconds, abs=0.2)
        assert made.seconds == pytest.approx(seconds, abs=0.2)
    assert [said for _, said in built.said if "made even" in said]
    feed = (show / "public" / "feed.xml").read_text("utf-8")
    assert f"<itunes:duration>{round(one.seconds)}<" in feed
    assert not [each for each in built.findings if each.level is Level.ERROR]


@slow
@pytest.mark.parametrize(
    "kind", ["joined", "joined, of a changing rate", "a trimmed M4A", "its first half second",
             "a fragmented M4A", "loud, then mono"]
)  # fmt: skip
def test_what_is_finished_has_its_true_length_and_hides_nothing(
    make_show: MakeShow, tmp_path: Path, kind: str
) -> None:
    ending, seconds, make = odd_recordings.KINDS[kind]
    path = tmp_path / f"talk{ending}"
    make(path)
    show = make_show(0)
    add(show, "recordings: {finished: true}")
    episode(show, path)
    pipeline.build(show, now=NOW)
    one = entry(show)
    file = show / "public" / one.file
    assert one.seconds == pytest.approx(seconds, abs=0.2)
    assert measurement.count_seconds(file) == pytest.approx(seconds, abs=0.2)
    assert tags.read_header(file).seconds == pytest.approx(seconds, abs=0.2)


@slow
@pytest.mark.parametrize("finished", [True, False])
@pytest.mark.parametrize("times", [0.5, 3])
def test_the_head_of_an_mp3_that_says_another_number_of_frames_is_not_believed(
    make_show: MakeShow, tmp_path: Path, *, finished: bool, times: float
) -> None:
    path = tmp_path / "talk.mp3"
    odd_recordings.voice(path, 6, "-ar", "44100", "-ac", "1", "-q:a", "5", sound=LOUD)
    data = bytearray(path.read_bytes())
    at = data.index(b"Xing") + 8
    count = int.from_bytes(data[at : at + 4], "big")
    data[at : at + 4] = int(count * times).to_bytes(4, "big")
    path.write_bytes(data)
    show = make_show(0)
    add(show, f"recordings: {{finished: {str(finished).lower()}}}")
    episode(show, path)
    pipeline.build(show, now=NOW)
    one = entry(show)
    assert one.seconds == pytest.approx(6, abs=0.1)
    assert tags.read_header(show / "public" / one.file).seconds == pytest.approx(6, abs=0.1)


@slow
@pytest.mark.parametrize("finished", [True, False])
def test_a_recording_that_is_kept_loses_the_words_behind_it(
    make_show: MakeShow, tmp_path: Path, *, finished: bool
) -> None:
    path = tone(tmp_path / "talk.mp3")
    sound = path.read_bytes()
    path.write_bytes(sound + b"LYRICSBEGINWard 7LYRICS200" + b"TAG+Ward 7".ljust(227, b"\0"))
    show = make_show(0)
    add(show, f"recordings: {{finished: {str(finished).lower()}}}")
    episode(show, path)
    pipeline.build(show, now=NOW)
    one = entry(show)
    assert one.recipe == "as it is"
    made = (show / "public" / one.file).read_bytes()
    assert made.endswith(sound[-9000:])
    assert b"Ward 7" not in made
    assert pipeline.build(show, now=NOW, verify=True).written == 0
    assert entry(show) == one


@slow
@pytest.mark.parametrize("wrong", ["integrated", "peak", "seconds"])
@pytest.mark.parametrize("small", [False, True], ids=["recording", "small file"])
def test_what_misses_its_target_stops_a_build(
    make_show: MakeShow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wrong: str, *, small: bool
) -> None:
    show = make_show(0)
    add(show, "recordings: {small: true}")
    sound(tmp_path / "talk.wav", 2)
    episode(show, tmp_path / "talk.wav")
    really = measurement.measure_loudness

    def measure(path: Path, *rest: object, **more: object) -> Loudness:
        after: Loudness = really(path, *rest, **more)  # type: ignore[arg-type]
        made = b"OpusHead" in path.read_bytes()[:64] if small else path.suffix != ".wav"
        spoilt = {"integrated": after._replace(integrated=8.2), "peak": after._replace(peak=23.1),
                  "seconds": after._replace(seconds=9.0)}  # fmt: skip
        return spoilt[wrong] if made else after

    monkeypatch.setattr(measurement, "measure_loudness", measure)
    with pytest.raises(SourceError) as error:
        pipeline.build(show, now=NOW)
    assert rules(error.value.findings) == ["audio-level"]
    assert not (show / "public" / "feed.xml").exists()
    assert not list((show / "public" / "media").glob("*.opus" if small else "*"))


@slow
@pytest.mark.parametrize("name", ["mp3", "OPUS"], ids=["recording", "small file"])
def test_an_encoding_in_other_channels_stops_a_build(
    make_show: MakeShow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    show = make_show(0)
    add(show, "recordings: {small: true}")
    sound(tmp_path / "talk.wav", 2)
    episode(show, tmp_path / "talk.wav")
    really, both = encode.mp3, ("-ac", "2")

    def stereo(wanted: RecordingSettings) -> encode.Form:
        form = really(wanted)
        return form._replace(options=(*both, *form.options))

    small = encode.OPUS._replace(options=(*both, *encode.OPUS.options))
    monkeypatch.setattr(encode, name, small if name == "OPUS" else stereo)
    with pytest.raises(SourceError, match="does not come out in mono") as error:
        pipeline.build(show, now=NOW)
    assert rules(error.value.findings) == ["audio-level"]
    assert not (show / "public" / "feed.xml").exists()


@slow
def test_an_encoding_of_before_that_misses_is_made_again(
    make_show: MakeShow, tmp_path: Path
) -> None:
    show = make_show(0)
    sound(tmp_path / "talk.wav", 2)
    episode(show, tmp_path / "talk.wav")
    pipeline.build(show, now=NOW)
    right = entry(show)
    (kept,) = (show / ".earmark" / "audio").glob("*.mp3")
    sound(kept, 2, ("-ac", "1", "-ar", "44100", "-b:a", "96k", "-write_id3v2", "0"), volume=8)
    note = kept.with_suffix(".json")
    row = encoded_audio.read_note(note)
    row |= {
        "size": kept.stat().st_size,
        "digest": mp3_frames.digest_of(mp3_frames.find_frames(kept)),
    }
    for old in (row, {key: row[key] for key in ("size", "digest", "seconds", "encoder")}):
        encoded_audio.write_note(note, old)
        pipeline.build(show, now=NOW, verify=True)
        assert entry(show).audio == right.audio


@slow
def test_ffmpeg_that_was_killed_is_told_as_what_it_is(
    make_show: MakeShow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    show = make_show(0)
    sound(tmp_path / "talk.wav", 2)
    episode(show, tmp_path / "talk.wav")
    killed = tmp_path / "ffmpeg"
    killed.write_text("#!/bin/sh\nkill -9 $$\n", "utf-8")
    killed.chmod(0o755)
    monkeypatch.setattr(ffmpeg, "program", lambda: str(killed))
    with pytest.raises(SourceError) as error:
        pipeline.build(show, now=NOW)
    (finding,) = [each for each in error.value.findings if each.rule.startswith("audio-")]
    assert (finding.rule, finding.message) == (
        "audio-stopped",
        "ffmpeg was stopped (signal 9: out of memory?)",
    )


@slow
@pytest.mark.parametrize("channels", ["mono", "stereo"])
def test_sides_that_cancel_each_other_are_said_and_the_left_is_published(
    make_show: MakeShow, tmp_path: Path, channels: str
) -> None:
    show = make_show(0)
    add(show, f"recordings: {{channels: {channels}}}")
    odd_recordings.voice(tmp_path / "talk.wav", 3, *OPPOSITE)
    episode(show, tmp_path / "talk.wav")
    assert rules(pipeline.build(show, now=NOW).findings) == ["audio-opposite"]
    file = show / "public" / entry(show).file
    after = measurement.measure_loudness(file, channels, sides=True)
    assert after.integrated == pytest.approx(TARGETS[channels], abs=0.4)
    assert not after.opposite
    assert rules(pipeline.check(show, now=NOW)) == ["audio-opposite"]


@slow
@pytest.mark.parametrize("ending", [".m4a", ".mp4"])
def test_a_finished_recording_whose_first_track_is_silent_is_not_published(
    make_show: MakeShow, tmp_path: Path, ending: str
) -> None:
    path = tmp_path / f"talk{ending}"
    silence = ("-f", "lavfi", "-i", "anullsrc=r=44100:cl=mono")
    odd_recordings.run_ffmpeg(*silence, "-f", "lavfi", "-i", "sine=440:duration=4",
                          "-map", "0", "-map", "1", "-shortest", "-c:a", "aac", path)  # fmt: skip
    show = make_show(0)
    add(show, "recordings: {finished: true}")
    episode(show, path)
    with pytest.raises(SourceError) as error:
        pipeline.build(show, now=NOW)
    assert "track 2 is not" in str(error.value.findings)
    assert not (show / "public" / "feed.xml").exists()


@slow
def test_verify_hears_that_a_finished_recording_is_silent(
    make_show: MakeShow, tmp_path: Path
) -> None:
    path = tmp_path / "talk.mp3"
    odd_recordings.voice(path, 3, "-ar", "44100", "-b:a", "64k", sound="0")
    show = make_show(0)
    add(show, "recordings: {finished: true}")
    episode(show, path)
    with pytest.raises(SourceError) as error:
        pipeline.build(show, now=NOW, verify=True)
    assert rules(error.value.findings) == ["audio-silent"]


@slow
def test_verify_says_that_the_sides_of_a_finished_recording_cancel_each_other(
    make_show: MakeShow, tmp_path: Path
) -> None:
    path = tmp_path / "talk.mp3"
    odd_recordings.voice(path, 3, *OPPOSITE, "-ar", "44100", "-b:a", "128k", sound=LOUD)
    show = make_show(0)
    add(show, "recordings: {finished: true}")
    episode(show, path)
    found = pipeline.build(show, now=NOW, verify=True).findings
    assert entry(show).recipe == "as it is"
    (said,) = [each.message for each in found if each.rule == "audio-opposite"]
    assert said.endswith("a single loudspeaker plays nothing")


@slow
def test_a_finished_recording_that_fits_but_cancels_itself_is_not_kept(
    make_show: MakeShow, tmp_path: Path
) -> None:
    show, path = make_show(0), tmp_path / "talk.mp3"
    level = ("-af", "pan=stereo|c0=c0|c1=-1*c0,loudnorm=I=-16", "-ar", "44100", "-b:a", "128k")
    odd_recordings.voice(path, 6, *level, sound=LOUD)
    episode(show, path)
    assert rules(pipeline.build(show, now=NOW).findings) == ["audio-opposite"]


@slow
def test_what_was_very_quiet_is_said(make_show: MakeShow, tmp_path: Path) -> None:
    show = make_show(0)
    odd_recordings.voice(tmp_path / "talk two.wav", 3, sound=QUIET)
    episode(show, tmp_path / "talk two.wav")
    built = pipeline.build(show, now=NOW)
    assert rules(built.findings) == ["audio-quiet"]
    ((name, said),) = built.said
    assert name == "talk two.wav"
    assert said.startswith("was very quiet, made even (-4")
    told = CliRunner().invoke(cli.main, ["check", str(show), "--levels"])
    assert told.output == f"talk two.wav: {said}\n"


@slow
def test_a_silent_track_before_the_right_one_is_named(make_show: MakeShow, tmp_path: Path) -> None:
    show, path = make_show(0), tmp_path / "talk.mp4"
    odd_recordings.voice(tmp_path / "one.wav", 2)
    silence = ("-f", "lavfi", "-t", "2", "-i", "anullsrc=r=48000:cl=stereo")
    odd_recordings.run_ffmpeg(*silence, "-i", tmp_path / "one.wav", "-map", "0", "-map", "1", path)
    episode(show, path)
    with pytest.raises(SourceError) as error:
        pipeline.build(show, now=NOW)
    said = [each.said for each in error.value.findings if each.rule == "audio-silent"]
    assert said == [
        "has 2 audio tracks: the first is silent, but track 2 is not; export track 2 alone"
    ]
    assert "audio-tracks" in rules(pipeline.check(show, now=NOW))


@slow
def test_one_empty_side_of_stereo_is_said(make_show: MakeShow, tmp_path: Path) -> None:
    show = make_show(0)
    add(show, "recordings: {channels: stereo}")
    odd_recordings.voice(tmp_path / "talk.wav", 3, "-af", "pan=stereo|c0=c0|c1=0*c0")
    episode(show, tmp_path / "talk.wav")
    (finding,) = [
        each for each in pipeline.build(show, now=NOW).findings if each.rule == "audio-side"
    ]
    assert finding.message == "has sound on the left side only"


@slow
def test_a_wav_that_was_cut_short_is_published_with_a_warning(
    make_show: MakeShow, tmp_path: Path
) -> None:
    show = make_show(0)
    odd_recordings.KINDS["cut short"][2](tmp_path / "talk.wav")
    episode(show, tmp_path / "talk.wav")
    assert rules(pipeline.check(show, now=NOW)) == ["audio-cut"]
    assert rules(pipeline.build(show, now=NOW).findings) == ["audio-cut"]


@slow
def test_chapters_are_held_against_the_length_that_is_heard(
    make_show: MakeShow, tmp_path: Path
) -> None:
    for kind in ("ADPCM in WAV", "joined", "a fragmented M4A"):
        ending, _, make = odd_recordings.KINDS[kind]
        show = make_show(0)
        make(tmp_path / f"talk{ending}")
        episode(show, tmp_path / f"talk{ending}")
        path = show / "episodes/01-talk/episode.md"
        rows = "chapters: [{start: 0, title: A}, {start: 1, title: B}, {start: 3.5, title: C}]"
        path.write_text(path.read_text("utf-8").replace("number: 1", f"number: 1\n{rows}"), "utf-8")
        assert "chapters-beyond" not in [each.rule for each in pipeline.check(show, now=NOW)]
        shutil.rmtree(show)
