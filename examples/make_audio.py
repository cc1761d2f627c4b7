"""Makes the recordings of the example show: two voices, their pace and their pauses.

Run `python examples/make_audio.py` after changing a `script.txt`. It needs the programs espeak-ng
and ffmpeg, and writes the recording and `transcript.vtt` beside each script. Every sentence is
spoken on its own, so each cue's time is counted in samples and never guessed. The same script and
the same versions of both programs give the same bytes.
"""

from __future__ import annotations

import html
import io
import re
import subprocess
import sys
import textwrap
import wave
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from math import ceil
from pathlib import Path

EPISODES = Path(__file__).parent / "starting-the-conversation" / "episodes"

RATE = 22_050  # samples a second: what espeak-ng writes
QUIET = 100  # of 32,767: softer than this is the silence that espeak-ng leaves around a sentence
EDGE = RATE // 50  # 20 ms are kept on either side, so that no consonant is cut off

# A language *code* with a variant (en-gb+f4) is the plain voice: espeak-ng 1.51 silently drops
# the variant there and honours it on the voices below. Amplitudes make both equally loud.
VOICES = {
    "Narrator": ("-v", "en-gb-x-rp", "-p", "42", "-a", "80"),
    "Colleague": ("-v", "en-gb-x-rp+f4", "-p", "56", "-a", "69"),
}
PACE = "142"  # espeak-ng's words a minute; about 150 in the end, with pauses

SENTENCE, TURN, REST = 0.45, 0.65, 1.2  # seconds of silence before the next words
CHAPTER, LEAD, TAIL = 1.0, 0.4, 1.2  # before a chapter's mark, after it, and at the very end

# Written forms, and how they are spoken.
SAID = {
    "116 123": "1 1 6, 1 2 3",
    "111": "1 1 1",
    "999": "9 9 9",
    "2014": "twenty fourteen",
    "“": "",
    "”": "",
}
WIDTH = 65  # characters in a line of a transcript, and two lines to a cue

# The first is finished and published unchanged; the others are as quiet and as small as recordings
# that people send, so that there is something to level and to convert.
TARGETS = {"recording.mp3": -19.0, "recording.opus": -24.0}  # LUFS
ENCODERS = {
    ".mp3": "-c:a libmp3lame -b:a 96k -ar 44100 -id3v2_version 0 -write_id3v1 0 -write_xing 1",
    ".opus": "-c:a libopus -b:a 32k -ar 48000 -application voip",
}
# Rounds off the few loudest consonants, which would otherwise be the only thing near full scale.
SOFTEN = "highpass=f=70,acompressor=threshold=0.12:ratio=3:attack=2:release=60:knee=4"


@dataclass(frozen=True)
class Line:
    """A sentence, who says it, the silence before it, and the chapter that it opens, if it does."""

    speaker: str
    text: str
    silence: float
    chapter: str | None = None


@dataclass(frozen=True)
class Cue:
    """The words between two times in milliseconds."""

    start: int
    end: int
    speaker: str
    text: str


@dataclass
class Tape:
    """The audio so far, and the times of its cues and chapters."""

    samples: array[int] = field(default_factory=lambda: array("h"))
    cues: list[Cue] = field(default_factory=list)
    chapters: list[tuple[int, str]] = field(default_factory=list)

    @property
    def now(self) -> int:
        """Return the length so far in milliseconds."""
        return len(self.samples) * 1000 // RATE

    def wait(self, seconds: float) -> None:
        """Add silence."""
        self.samples.extend([0] * round(seconds * RATE))

    def mark(self, title: str) -> None:
        """Open a chapter on a whole second, so that a time written as 1:20 is exact."""
        self.wait(-len(self.samples) % RATE / RATE)
        self.chapters.append((len(self.samples) // RATE, title))


def read_script(text: str) -> Iterator[Line]:
    """Yield the sentences of a script; raise ValueError for a line without a speaker."""
    chapter, silence, last = None, 0.0, ""
    for row in text.splitlines():
        if row.startswith("# "):
            chapter, silence = row[2:].strip(), LEAD
        elif not row.strip():
            silence = max(silence, REST)
        else:
            speaker, _, speech = row.partition(": ")
            if speaker not in VOICES:
                msg = f"write Narrator: or Colleague: before {row!r}"
                raise ValueError(msg)
            silence = silence or (SENTENCE if speaker == last else TURN)
            for sentence in split_sentences(speech):
                yield Line(speaker, sentence, silence, chapter)
                chapter, silence = None, SENTENCE
            silence, last = 0.0, speaker


def split_sentences(speech: str) -> list[str]:
    """Split after a full stop, a question mark or an exclamation mark, and after its quote."""
    return re.split(r"(?<=[.?!]) +|(?<=[.?!]”) +", speech.strip())


def speak(line: Line) -> array[int]:
    """Return the samples of one sentence, without the silence that espeak-ng puts around it."""
    said = line.text
    for written, spoken in SAID.items():
        said = said.replace(written, spoken)
    command = ["espeak-ng", *VOICES[line.speaker], "-s", PACE, "--stdout", "--", said]
    sound = subprocess.run(command, check=True, capture_output=True).stdout
    with wave.open(io.BytesIO(sound)) as spoken_wave:
        if spoken_wave.getframerate() != RATE:
            msg = f"espeak-ng spoke at {spoken_wave.getframerate()} Hz instead of {RATE}"
            raise ValueError(msg)
        # Through a pipe the header cannot know the length and claims the largest there is.
        return trim(array("h", spoken_wave.readframes(len(sound) // 2)))


def trim(samples: array[int]) -> array[int]:
    """Cut the silence from both ends."""
    loud = [at for at, value in enumerate(samples) if abs(value) > QUIET]
    return samples[max(loud[0] - EDGE, 0) : loud[-1] + EDGE]


def record(lines: Iterator[Line]) -> Tape:
    """Speak every line, one after the other."""
    tape = Tape()
    for line in lines:
        if line.chapter:
            tape.wait(CHAPTER if tape.samples else 0)
            tape.mark(line.chapter)
        tape.wait(line.silence)
        start = tape.now
        tape.samples.extend(speak(line))
        tape.cues.extend(split_cue(Cue(start, tape.now, line.speaker, line.text)))
    tape.wait(TAIL)
    return tape


def split_cue(cue: Cue) -> Iterator[Cue]:
    """Yield a cue in parts of two lines at most, each with its share of the time."""
    start, done = cue.start, 0
    parts = split_text(cue.text)
    total = sum(map(len, parts))
    for part in parts:
        done += len(part)
        end = cue.start + (cue.end - cue.start) * done // total
        yield Cue(start, end, cue.speaker, part)
        start = end


def split_text(text: str) -> list[str]:
    """Cut a text into as few parts of about the same length as fit two lines each."""
    parts, count = [text], 1
    while any(len(textwrap.wrap(part, WIDTH)) > 2 for part in parts):
        count += 1
        parts = textwrap.wrap(text, ceil(len(text) / count) + 8)
    return parts


def write_vtt(cues: list[Cue]) -> str:
    """Write cues as WebVTT with a voice tag each."""
    return "WEBVTT\n" + "".join(
        f"\n{clock(cue.start)} --> {clock(cue.end)}\n<v {cue.speaker}>"
        + "\n".join(textwrap.wrap(html.escape(cue.text, quote=False), WIDTH))
        + "\n"
        for cue in cues
    )


def clock(milliseconds: int) -> str:
    """Write a time as WebVTT does: 00:01:20.000."""
    seconds, rest = divmod(milliseconds, 1000)
    minutes, second = divmod(seconds, 60)
    return f"{minutes // 60:02}:{minutes % 60:02}:{second:02}.{rest:03}"


def encode(tape: Tape, target: Path, gain: float) -> None:
    """Write the recording, louder by `gain` dB, without tags and without the time of day."""
    source = f"-v error -y -f s16le -ar {RATE} -ac 1 -i pipe:0".split()
    exact = ["-map_metadata", "-1", "-fflags", "+bitexact", "-flags:a", "+bitexact", "-ac", "1"]
    sound = ["-af", f"{SOFTEN},volume={gain:.2f}dB", *ENCODERS[target.suffix].split()]
    command = ["ffmpeg", *source, *exact, *sound, str(target)]
    subprocess.run(command, check=True, input=tape.samples.tobytes())


def measure(recording: Path) -> tuple[float, float]:
    """Return the integrated loudness in LUFS and the true peak in dBTP, as published."""
    command = ["ffmpeg", "-nostdin", "-hide_banner", "-i", str(recording)]
    command += ["-af", "ebur128=peak=true", "-f", "null", "-"]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stderr
    summary = said.rpartition("Summary:")[2]
    loudness, peak = (re.search(rf"{key}:\s+(-[\d.]+)", summary) for key in ("I", "Peak"))
    if not loudness or not peak:
        msg = f"{recording}: there is a peak above full scale or no sound at all"
        raise ValueError(msg)
    return float(loudness[1]), float(peak[1])


def master(tape: Tape, target: Path) -> str:
    """Write the recording at its loudness; encoders are a little off, so measure and correct."""
    gain, off, peak = 0.0, 99.0, 0.0
    while abs(off) >= 0.1:
        encode(tape, target, gain)
        loudness, peak = measure(target)
        off = TARGETS[target.name] - loudness
        gain += off
    size = target.stat().st_size // 1000
    return f"{TARGETS[target.name] - off:.1f} LUFS, peak {peak} dBTP, {size} kB"


def minutes(seconds: int) -> str:
    """Write seconds as a lead writes them: 1:20."""
    return f"{seconds // 60}:{seconds % 60:02}"


def chapter_lines(tape: Tape) -> str:
    """Return the lines about chapters as `episode.md` has them."""
    rows = (f'  - start: "{minutes(at)}"\n    title: {title}\n' for at, title in tape.chapters)
    return "chapters:\n" + "".join(rows)


def complaints(tape: Tape, front_matter: str) -> Iterator[str]:
    """Yield each mismatch of `episode.md` with the recording, and what to write."""
    if chapter_lines(tape) not in front_matter:
        yield f"put these chapters in episode.md:\n{chapter_lines(tape)}"
    starts = [minutes(at) for at, _ in tape.chapters]
    spans = set(pairwise(starts))
    for span in re.findall(r'start: "([\d:]+)"\n\s+end: "([\d:]+)"', front_matter):
        if span not in spans:
            yield f"the skip from {span[0]} to {span[1]} is not a whole chapter of {starts}"


def make(folder: Path) -> bool:
    """Make one episode's recording and transcript; return whether `episode.md` matches."""
    tape = record(read_script((folder / "script.txt").read_text("utf-8")))
    target = folder / ("recording.mp3" if folder.name.startswith("01") else "recording.opus")
    (folder / "transcript.vtt").write_text(write_vtt(tape.cues), "utf-8", newline="\n")
    words = sum(len(cue.text.split()) for cue in tape.cues)
    pace = f"{minutes(tape.now // 1000)}, {words * 60_000 // tape.now} words a minute"
    print(f"{folder.name}: {pace}, {master(tape, target)}")
    page = folder / "episode.md"
    found = list(complaints(tape, page.read_text("utf-8") if page.exists() else ""))
    for complaint in found:
        print(f"{folder.name}: {complaint}", file=sys.stderr)
    return not found


def main() -> None:
    """Make every episode, and fail if one of them has chapters that no longer fit."""
    agreed = [make(folder) for folder in sorted(EPISODES.iterdir()) if folder.is_dir()]
    sys.exit(0 if all(agreed) else 1)


if __name__ == "__main__":
    main()
