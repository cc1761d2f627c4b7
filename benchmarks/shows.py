"""Makes shows of any number of episodes, always the same, each like a real one."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parent.parent
COVER = ROOT / "examples" / "starting-the-conversation" / "cover.jpg"
ADDRESS = "https://podcast.example.org/benchmark/"
GUID = "0ec1c4fd-0b0f-5f0f-9d6e-3f6f1d0c2b7a"
LENGTH = 600  # seconds: the duration that each episode claims
CUE = 5.4  # seconds of each cue: about 150 words a minute
FIRST = datetime(2020, 1, 6, 7, tzinfo=UTC)

SENTENCES = (
    "You do not need to be a specialist to begin.",
    "Say what you have seen, in plain words, and then wait for the answer to come.",
    "Most people remember for years whether somebody stayed and listened to them.",
    "The room matters less than the time that you can promise to give.",
    "It helps to say at the start how long you have and what you will write down.",
    "Nobody expects you to solve it, and nobody should expect you to carry it alone.",
    "Ask one question, not three, and let the other person choose where to go on.",
    "What sounds like anger is often fear that has been left waiting for too long.",
    "Write down what was agreed, read it out, and give them a copy to keep.",
    "A colleague who has been through this can often say it better than a manual can.",
    "If you get it wrong, say so, and ask whether you may try again.",
    "Before the shift ends, tell somebody how it was for you as well.",
    "There is good evidence that asking does no harm, and some that it brings relief.",
    "The same words can help one person and hurt another, so look at the face.",
    "End where you began: with what happens next, who does it, and by when.",
    "Plans that were made together are kept more often than plans that were given.",
    "You can pause here, and come back when there is a quiet moment for it.",
)


class Talk(NamedTuple):
    """The content of an episode, before it is written in one format or another."""

    number: int
    title: str
    published: datetime
    summary: str
    chapters: list[tuple[int, str]]
    prompts: list[str]
    outcomes: list[str]
    notes: str
    seconds: float
    pace: float = 1.0

    @property
    def name(self) -> str:
        """Return the name of its folder and in URLs."""
        return f"{self.number:05}-talk"

    @property
    def guid(self) -> str:
        """Return its guid."""
        return f"benchmark-{self.number:05}"

    def cues(self) -> Iterator[tuple[float, float, str, str]]:
        """Yield start, end, speaker and words of each cue."""
        for at in range(max(1, int(self.seconds * self.pace / CUE) - 1)):
            start = round((0.4 + at * CUE) / self.pace, 3)
            end = round(start + (CUE - 0.3) / self.pace, 3)
            speaker = "Narrator" if at % 9 < 6 else "Colleague"
            yield start, end, speaker, _said(self.number, at)


def _said(number: int, at: int) -> str:
    return SENTENCES[(number * 7 + at * 5 + at * at) % len(SENTENCES)]


def talk(number: int, seconds: float = LENGTH, pace: float = 1.0) -> Talk:
    """Return the content of an episode; the same number gives the same content.

    `pace` is how many times faster it is said than people speak.
    """
    said = partial(_said, number)
    paragraphs = [" ".join(said(at) for at in range(row, row + 4)) for row in (3, 9)]
    items = [f"- **{said(at)}** {said(at + 1)}" for at in (17, 20, 23, 26)]
    return Talk(
        number=number,
        title=f"What to say on day {number}",
        published=FIRST + timedelta(hours=5 * number),  # 10,000 are out by 2025
        summary=f"Talk {number} of the course. {said(1)} {said(2)}",
        chapters=[(round(at * seconds / 6), f"{said(at + 30)[:40]} ({at + 1})") for at in range(5)],
        prompts=[f"{said(at)[:-1]}: where did you see that?" for at in (40, 43, 46)],
        outcomes=[said(at) for at in (50, 52, 54)],
        notes="\n\n".join([*paragraphs, "\n".join(items), f"See [the page]({ADDRESS}more)."]),
        seconds=seconds,
        pace=pace,
    )


def clock(seconds: float) -> str:
    """Write a time as leads write it: 9:35."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02}"


def head(extra: str = "") -> str:
    """Return `show.md`; `extra` lines end its front matter."""
    tried = (datetime.now(UTC) - timedelta(days=30)).date()  # an older date would be a finding
    return f"""\
---
title: Starting the conversation
guid: {GUID}
address: {ADDRESS}
author: Example training team
owner: {{name: Example training team, email: training@example.org}}
feedback: training@example.org
summary: >-
  Short sessions for people who are not specialists: finding the first words, listening, and
  agreeing what happens next.
categories: [Education > Courses, Health & Fitness > Mental Health]
type: serial
medium: course
licence: CC-BY-4.0
copyright: © 2026 Example training team
cover_alt: Two rounded forms meet where both are lightest.
contributors:
  - {{credit: Example team, role: author, brings: research, consent: {{given_on: 2026-01-05}}}}
  - credit: Example panel
    role: host
    brings: lived experience
    consent: {{given_on: 2026-01-05}}
support:
  - name: Samaritans
    phone: "116 123"
    link: https://www.samaritans.org
    hours: At any time, day or night
    note: Free, for anyone, about anything that is troubling you.
    checked_on: {tried}
  - name: Shout
    text: SHOUT to 85258
    link: https://giveusashout.org
    hours: At any time, day or night
    checked_on: {tried}
  - name: NHS 111
    phone: "111"
    link: https://111.nhs.uk
    note: In England, choose option 2 for urgent help with mental health.
    checked_on: {tried}
{extra}---
A course for anyone who may be the person in the room. It never describes how people hurt
themselves, and it does not replace the guidance of the place where you work.
"""


def matter(talk: Talk) -> str:
    """Return the front matter that Earmark and hugo share."""
    lines = [f"title: {talk.title}", f"guid: {talk.guid}", f"number: {talk.number}", "season: 1"]
    lines += [f"summary: >-\n  {talk.summary}", "content_note:", "  text: >-"]
    lines += ["    Talks in general terms about people who are having a hard time."]
    lines += ["prompts:", *(f'  - "{each}"' for each in talk.prompts)]
    lines += ["outcomes:", *(f'  - "{each}"' for each in talk.outcomes)]
    lines += ["reviewed_on: 2026-01-05", "review_due: 2099-01-05", "references:"]
    for kind, year in (("research", 2019), ("guidance", 2022), ("lived experience", 2016)):
        lines += [f'  - title: "What helps people who ask: report {talk.number} of {year}"']
        lines += ["    by: Example A, Sample B and others, Journal of Examples 6(7)"]
        lines += [f"    year: {year}", f"    kind: {kind}"]
        lines += [f"    link: https://doi.org/10.1000/{year}.{talk.number}", "    limits: >-"]
        lines += ["      A small group in one town, asked once. Some will not have said."]
    return "\n".join(lines)


def vtt(talk: Talk) -> str:
    """Return the transcript as WebVTT."""
    blocks = ["WEBVTT"]
    for start, end, speaker, text in talk.cues():
        blocks.append(f"{_stamp(start)} --> {_stamp(end)}\n<v {speaker}>{text}")
    return "\n\n".join(blocks) + "\n"


def _stamp(seconds: float) -> str:
    return f"00:{int(seconds) // 60:02}:{seconds % 60:06.3f}"


def make(  # noqa: PLR0913 - what a show is made of
    folder: Path,
    count: int,
    recording: Callable[[int], bytes],
    *,
    suffix: str = ".mp3",
    seconds: float = LENGTH,
    pace: float = 1.0,
) -> Path:
    """Make a show; `recording` returns the bytes for each episode. MP3s count as finished."""
    folder.mkdir(parents=True)
    finished = "recordings: {finished: true}\n" if suffix == ".mp3" else ""
    (folder / "show.md").write_text(head(finished), encoding="utf-8")
    shutil.copy(COVER, folder / "cover.jpg")
    for number in range(1, count + 1):
        add(folder, talk(number, seconds, pace), recording(number), suffix)
    return folder


def add(folder: Path, added: Talk, recording: bytes, suffix: str = ".mp3") -> None:
    """Add an episode to a show."""
    own = folder / "episodes" / added.name
    own.mkdir(parents=True)
    (own / "episode.md").write_text(source(added), encoding="utf-8")
    (own / "transcript.vtt").write_text(vtt(added), encoding="utf-8")
    (own / f"recording{suffix}").write_bytes(recording)


def source(talk: Talk) -> str:
    """Return `episode.md`."""
    chapters = [f'  - start: "{clock(at)}"\n    title: "{name}"' for at, name in talk.chapters]
    own = [f"date: {talk.published:%Y-%m-%d %H:%M}", "type: full", "chapters:", *chapters]
    return "\n".join(["---", matter(talk), *own, "---", talk.notes, ""])
