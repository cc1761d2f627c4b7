"""Reports how loud recordings were, what was changed, and which to listen to."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from episodes.audio.loudness import CLOSE, TARGETS
from episodes.rules import finding
from episodes.text.timecodes import format_seconds

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from episodes.audio.loudness import Loudness
    from episodes.findings import Finding
    from episodes.frontmatter.production import RecordingSettings
    from episodes.model import Show
    from podcast.cache.probes import AudioProbe

PUBLISHED = "published"  # the key of the published file, beside those of channels
QUIET = 15.0  # dB: a recording that is raised further has audible hiss
_WORDS = ((1.0, ""), (8.0, "a little "), (QUIET, ""), (200.0, "very "))


def describe(before: Loudness | None, after: Loudness) -> str:
    """Return a sentence: how loud a recording was, and is now."""
    if before is None:
        return f"made even ({after.integrated:.1f} LUFS)"
    change = f"({before.integrated:.1f} to {after.integrated:.1f} LUFS)"
    rise = after.integrated - before.integrated
    if abs(rise) <= CLOSE:
        return f"was loud enough, made even {change}"
    how = next(word for most, word in _WORDS if abs(rise) <= most or most == 200.0)
    return f"was {how}{'quiet' if rise > 0 else 'loud'}, made even {change}"


def kept(loudness: Loudness) -> str:
    """Return the sentence for a recording that is published unchanged."""
    return f"is right already, published unchanged ({loudness.integrated:.1f} LUFS)"


FINISHED = "published unchanged: you marked it as finished"


def line(probe: AudioProbe, settings: RecordingSettings) -> str:
    """Return a sentence about the level of a recording, for `check --levels`."""
    after = probe.loudness.get(PUBLISHED)
    if after:
        return describe(probe.loudness.get(settings.channels), after)
    if known := list(probe.loudness.values()):
        return kept(known[0])
    if settings.finished and probe.header.plain:
        return FINISHED
    return "not measured yet; `earmark build` measures it"


def named(rows: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return (name, sentence) for each (path, sentence): the file name alone if no other has it."""
    names = Counter(path.rpartition("/")[2] for path, _ in rows)
    short = ((path, path.rpartition("/")[2], sentence) for path, sentence in rows)
    return [(name if names[name] == 1 else path, sentence) for path, name, sentence in short]


def loudness_findings(show: Show, probes: Mapping[str, AudioProbe]) -> list[Finding]:
    """Return the findings about each recording of a show, as far as it is measured."""
    return [
        finding
        for episode in show.episodes
        if episode.recording in probes and episode.facts.recordings
        for finding in findings(
            episode.recording, probes[episode.recording], episode.facts.recordings.channels
        )
    ]


def findings(recording: str, probe: AudioProbe, channels: str) -> Iterator[Finding]:
    """Yield the findings about a recording, as far as it is measured."""
    header = probe.header
    if header.declared:
        declared, actual = format_seconds(header.declared), format_seconds(header.seconds)
        message = f"is cut short: it should be {declared} long, but only {actual} is there"
        yield finding("audio-cut", recording, "", message)
    known = [each for name, each in probe.loudness.items() if name != PUBLISHED]
    tracks = max((header.tracks, *(each.tracks for each in known)))
    if tracks > 1:
        message = f"has {tracks} audio tracks; only the first is used"
        yield finding("audio-tracks", recording, "", message)
    if any(each.opposite for each in known):
        message = "left and right cancel each other out; only the left side is published"
        if PUBLISHED not in probe.loudness and header.plain:
            message = "left and right cancel each other out; a single loudspeaker plays nothing"
        yield finding("audio-opposite", recording, "", message)
    before, after = probe.loudness.get(channels), probe.loudness.get(PUBLISHED)
    if not before or not after:
        return
    if channels == "stereo" and before.empty and not before.opposite:
        other = "right" if before.empty == "left" else "left"
        yield finding("audio-side", recording, "", f"has sound on the {other} side only")
    rise = TARGETS[channels] - before.integrated
    if rise > QUIET:
        message = f"was very quiet and was raised by {rise:.0f} dB, which makes its hiss louder too"
        yield finding("audio-quiet", recording, "", message)
