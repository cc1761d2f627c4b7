"""Writes the reference of front matter, as Markdown and as JSON Schema, from the models."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from episodes.frontmatter import (
    people,
    podcast_namespace,
    production,
    references,
    safeguarding,
    withdrawal,
)
from episodes.frontmatter import (
    schema as facts,
)
from episodes.frontmatter.chapter import Chapter
from episodes.frontmatter.value_types import Facts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic.fields import FieldInfo

# A test builds these two: they are complete, and `earmark check` finds nothing in them.
SHOW = """\
---
title: Before the night shift
guid: 917393e3-1b1e-5cef-ace4-edaa54e1f810
address: https://podcast.example.org/night/
author: Example Trust
owner: {name: Example Trust, email: podcast@example.org}
feedback: podcast@example.org
summary: Short talks on looking after each other, for people who work at night.
licence: CC-BY-4.0
contributors:
  - credit: Night team, Example Trust
    role: host
    brings: practice
    consent: {given_on: 2026-05-03}
support:
  - name: Samaritans
    phone: 116 123
    hours: Day and night, free from any phone in the UK and Ireland
    checked_on: 2026-05-03
---

For nurses, porters and everyone else who works at night.
"""
EPISODE = """\
---
title: Asking a colleague how they are
guid: 2b8bb9f0-5a4e-4d8a-9d0a-4f1b3c1a9f01
date: 2026-05-03 07:00
summary: How to ask in a ten-minute break, and what to do with the answer.
audio: recording.mp3
transcript: transcript.vtt
content_note: Talks about exhaustion, and about a colleague who harmed herself.
contributors:
  - credit: Alice, a ward nurse
    role: guest
    brings: lived experience
    consent: {given_on: 2026-04-20, scope: To be heard under this name in this episode.}
references:
  - title: "Self-harm: assessment, management and preventing recurrence (NG225)"
    by: National Institute for Health and Care Excellence (NICE)
    year: 2022
    kind: guidance
    link: https://www.nice.org.uk/guidance/ng225
    limits: It says what to do more often than which words to use.
prompts:
  - Who could you ask on your next shift, and where?
reviewed_on: 2026-05-01
review_due: 2027-05-01
---

- **Ask in plain words.** Then wait for the answer.
- **Come back.** Say when you will ask again, and do.
"""
SECTIONS = (
    ("`show.md`", facts.ShowFacts),
    ("`episode.md`", facts.EpisodeFacts),
    ("Each item of `contributors`", people.Person),
    ("`consent` of a contributor", people.Consent),
    ("Each item of `support`", safeguarding.Support),
    ("Each item of `references`", references.Reference),
    ("Each item of `chapters`", Chapter),
    ("`content_note`", safeguarding.ContentNote),
    ("Each item of `skip`", safeguarding.Skip),
    ("`owner`", people.Owner),
    ("Each item of `corrections`", production.Correction),
    ("`withdrawn`", withdrawal.Withdrawal),
    ("`audio_at`", production.AudioAt),
    ("`recordings`", production.RecordingSettings),
    ("`rhythm`", podcast_namespace.Rhythm),
    ("Each item of `places`", podcast_namespace.Location),
    ("Each item of `funding`", podcast_namespace.Funding),
    ("Each item of `recommends`", podcast_namespace.Recommendation),
    ("Each item of `comments`", podcast_namespace.Thread),
    ("Each item of `txt`", podcast_namespace.Txt),
    ("Each item of `soundbites`", podcast_namespace.Soundbite),
    ("Each item of `elsewhere`", podcast_namespace.Elsewhere),
)


def json_schema() -> str:
    """Return one JSON Schema for the front matter of both files."""
    show, episode = facts.ShowFacts.model_json_schema(), facts.EpisodeFacts.model_json_schema()
    definitions = {**show.pop("$defs", {}), **episode.pop("$defs", {})}
    document = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Front matter of Earmark",
        "anyOf": [{"$ref": "#/$defs/ShowFacts"}, {"$ref": "#/$defs/EpisodeFacts"}],
        "$defs": {**definitions, "ShowFacts": show, "EpisodeFacts": episode},
    }
    return json.dumps(document, indent=1) + "\n"


def markdown() -> str:
    """Return the reference as Markdown."""
    return "".join(_document())


def _document() -> Iterator[str]:
    yield (
        "# Front matter\n\n"
        "Front matter is the lines between `---` at the top of `show.md` and `episode.md`.\n"
        "`earmark schema --markdown` writes this page. `earmark schema` prints a JSON Schema of\n"
        "the same keys, for your editor.\n"
        "\n## A complete `show.md`\n\n"
        f"```markdown\n{SHOW}```\n"
        "\n## A complete `episode.md`\n\n"
        f"```markdown\n{EPISODE}```\n"
        "\nThe rest of this page lists every key. Keys marked **needed** must be there;\n"
        "[rules.md](rules.md) says what else a build needs. [filled-in.md](filled-in.md) shows\n"
        "more keys in use.\n"
    )
    for title, kind in SECTIONS:
        yield f"\n## {title}\n\n| key | what to write | default |\n|---|---|---|\n"
        schema = kind.model_json_schema()
        for name, field in kind.model_fields.items():
            yield _row(name, field, schema)


def _row(name: str, field: FieldInfo, schema: dict[str, Any]) -> str:
    choices = _choices(schema["properties"][name])
    text = (field.description or "").rstrip()
    if choices:
        text += " One of " + ", ".join(f"`{choice}`" for choice in choices) + "."
    return f"| `{name}` | {text} | {_default(field)} |\n"


def _choices(schema: dict[str, Any]) -> list[Any]:
    for option in [schema, schema.get("items", {}), *schema.get("anyOf", [])]:
        if "enum" in option:
            return list(option["enum"])
    return []


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "**needed**"
    value = field.default
    if value in (None, (), {}) or isinstance(value, Facts):
        return ""
    if isinstance(value, tuple):
        return ", ".join(f"`{each}`" for each in value)
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"
