"""Holds the first show.md and episode.md, with a stub for each key that a lead should know."""

from __future__ import annotations

SHOW = """\
---
# `earmark schema --markdown` explains every key
title: {title}
{address}
author: {author}
{owner}
# feedback: podcast@example.org
summary: {title}
language: en-gb
timezone: Europe/London
categories: [Education > Courses]
type: serial
medium: podcast
explicit: false
cover: cover.jpg
support:
  # Ring or open each one yourself, then add the day below it: `checked_on: 2026-05-03`
  - name: Samaritans
    phone: 116 123
    link: https://www.samaritans.org/
    hours: Day and night, free from any phone in the UK and Ireland
# Below the next line of dashes, say in a few sentences who this is for and how it came about.
---
"""
EPISODE = """\
---
title: {title}
guid: {guid}
date: {date}
{season}number: {number}
summary: {title}
audio: {audio}
{transcript}# Remove the # before each key you use; docs/filled-in.md shows all of them filled in.
# content_note:
#   text: What a listener may want to know before listening, or none.
#   skip:
#     - {{start: "0:30", end: "0:45", what: How it was discovered}}
# contributors:
#   - credit: The name they chose
#     role: guest
#     brings: lived experience
#     consent: {{given_on: 2026-05-03, scope: What they agreed to.}}
# references:
#   - title: A source of the episode
#     by: Who wrote it
#     year: 2024
#     kind: research
#     link: https://example.org/
#     limits: What it does not show.
# reviewed_on: 2026-05-03
# review_due: 2027-05-03
# prompts:
#   - What will you try on your next shift?
# chapters:
#   - {{start: "0:00", title: Welcome}}
# Below the next line of dashes, write the show notes in Markdown.
---
"""
OWNER = "# owner: {name: Your organisation, email: podcast@example.org}"
