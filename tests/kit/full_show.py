"""A show in which every key that a feed can tell is used, with names that are hard to carry."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import get_args

from episodes.frontmatter import read
from episodes.frontmatter.people import Role
from episodes.frontmatter.schema import EpisodeFacts, ShowFacts
from episodes.pictures import artwork
from tests.kit.shows import TRANSCRIPT, add_episode

HARD = 'Tom & Jerry\'s <b>"night"</b> ]]> &amp; 😀 Привет 日本語 مرحبا'
ADDRESS = "https://podcast.example.org/night-shift/"
_ROLES = "".join(
    f"  - {{credit: 'The {role} & co', role: {role}, link: 'https://example.net/?a=1&b={role}',\n"
    f"     consent: {{given_on: 2026-09-01}}}}\n"
    for role in get_args(Role)
)
_MANY = "".join(
    f"  - {{name: Help line {number}, phone: '0800 {number:04}', checked_on: 2026-10-01,\n"
    f"     note: 'Поддержка для тех, кто работает ночью, в любое время, номер {number}.'}}\n"
    for number in range(14)
)
SHOW = f"""\
---
title: >-
  Nights: {HARD}
guid: 5b6d2b6c-4c2c-5f38-9f39-6d9bb4b8e1d2
address: {ADDRESS}
author: Zoë & the <Example> Trust
owner: {{name: "Zoë & co", email: owner@example.net}}
feedback: https://example.net/write?to=us&now=1
summary: >-
  Short talks & "more" for people who work > 8 hours, 夜.
language: en-gb
categories: [Education > Courses, Health & Fitness > Mental Health, Kids & Family]
type: serial
medium: course
licence: CC-BY-NC-SA-4.0
copyright: © 2026 Zoë & co
locked: false
cover_alt: The cover.
seasons: {{1: "Module 1: <first> & foremost", 2: Модуль 2}}
recordings: {{small: true}}
rhythm:
  {{text: Every <Monday> & Thursday, every: week, on: [Monday, Thursday], starting: 2026-09-01,
    times: 9}}
places:
  - {{name: Leeds & around, point: "53.7974, -1.5438", osm: R118362, country: GB}}
  - {{name: Wards, what: about}}
funding:
  - {{text: Give <what> you can & will, link: "https://example.net/give?a=1&b=2"}}
recommends:
  - {{title: "Podcasting & 2.0", guid: 917393e3-1b1e-5cef-ace4-edaa54e1f810,
      feed: "https://example.net/feed.xml?a=1&b=2"}}
keep_out_of: [amazon, spotify]
txt:
  - {{text: S6lpp-7ZCn8, purpose: verify}}
  - {{text: A & <b>}}
contributors:
{_ROLES}support:
  - {{name: Samaritans, phone: "116 123", checked_on: 2026-10-01, note: For everyone & always}}
---

For people who work at night.
"""
FIRST = f"""\
---
title: >-
  {HARD}
guid: guid:first/&?#%20
date: 2026-10-01 07:00
summary: >-
  What's first & "foremost" <here>, 最初.
audio: recording.mp3
season: 1
number: 1
display: Session 1 & ½
content_note:
  text: Says <hard> things & more.
  skip: [{{start: "0:01", end: "0:02", what: A & B}}]
chapters:
  - {{start: "0:00", title: "Start & <go>"}}
  - {{start: "0:01.5", title: Середина, link: "https://example.net/?x=1&y=2"}}
  - {{start: "0:02", title: End}}
soundbites:
  - {{start: "0:00.5", end: "0:01.5", title: Why & <how>}}
elsewhere:
  - {{text: With sign language & <more>, link: "https://example.net/watch?v=1&t=2"}}
places:
  - {{name: Bradford, what: about, country: GB}}
comments:
  - {{where: activitypub, link: "https://social.example.net/1?a=1&b=2", account: "@night",
      account_link: "https://social.example.net/@night"}}
txt:
  - {{text: Said once, purpose: example.net}}
prompts: ["What <will> you try & why?"]
outcomes: [Say it & mean it]
answers: ["Why & <how>?"]
references:
  - {{title: "A <study> & more", by: Müller, year: 2020, kind: research, limits: "n < 10 & old"}}
---

Notes with `<code>`, a ]]> mark, **bold** & an [address](https://example.net/?p=1&q=2).
"""
TRAILER = """\
---
title: What is to come
guid: guid-trailer
date: 2026-09-01
summary: A word before the first.
audio: recording.mp3
transcript: transcript.txt
type: trailer
explicit: true
language: cy
licence: Our own terms
licence_link: https://example.net/terms?v=1&l=cy
content_note: none
contributors:
  - {credit: Ann Guest, role: guest, brings: lived experience}
prompts: ["Will you listen?"]
---

Dewch i mewn.
"""
BONUS = """\
---
title: Something more
guid: guid-bonus
date: 2026-10-08 18:30
summary: Not in the course.
audio: recording.mp3
picture: picture.jpg
picture_alt: A lamp.
season: 2
type: bonus
content_note: none
prompts: ["What else?"]
---

A bonus.
"""
LONG = f"""\
---
title: A long talk
guid: guid-long
date: 2026-10-15
summary: >-
  {"Длинное описание. " * 100}
audio: recording.mp3
season: 2
number: 2
content_note: {{text: Talks about a hard night.}}
support:
{_MANY}prompts: ["What was long?"]
---

{"A long note. " * 400}
"""
EPISODES = (FIRST, TRAILER, BONUS, LONG)
NEWEST_FIRST = ("guid-long", "guid-bonus", "guid:first/&?#%20", "guid-trailer")


def write(folder: Path, tone: Path, cover: Path) -> None:
    """Write the show: four episodes of three seconds."""
    folder.mkdir(parents=True)
    (folder / "show.md").write_text(SHOW, encoding="utf-8")
    shutil.copy(cover, folder / "cover.jpg")
    for number, text in enumerate(EPISODES, 1):
        place = add_episode(folder, number, tone)
        (place / "episode.md").write_text(text, encoding="utf-8")
        if "transcript.txt" in text:
            (place / "transcript.vtt").unlink()
            (place / "transcript.txt").write_text("Ann: Croeso.\n\nBob: Diolch.\n", "utf-8")
        elif "picture.jpg" in text:
            artwork.draw_cover("A lamp", place / "picture.jpg")
        else:
            (place / "transcript.vtt").write_text(TRANSCRIPT, encoding="utf-8")


def read_show(folder: Path) -> ShowFacts:
    """Read the source of a show again, without what the feed was made from."""
    text = (folder / "show.md").read_text(encoding="utf-8")
    return read.parse_facts(ShowFacts, read.split_file(text, "show.md"), "show.md")


def read_episodes(folder: Path) -> dict[str, EpisodeFacts]:
    """Read the source of every episode again, by guid."""
    paths = (folder / "episodes").glob("*/episode.md")
    texts = [path.read_text(encoding="utf-8") for path in paths]
    found = [read.parse_facts(EpisodeFacts, read.split_file(text, "-"), "-") for text in texts]
    return {each.guid or "": each for each in found}
