"""The reference of front matter: every key, generated from the one schema."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from episodes.frontmatter import (
    people,
    podcast_namespace,
    production,
    references,
    withdrawal,
)
from episodes.frontmatter import (
    schema as facts,
)
from episodes.frontmatter.value_types import Facts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic.fields import FieldInfo

SECTIONS = (
    ("`show.md`", facts.ShowFacts),
    ("`episode.md`", facts.EpisodeFacts),
    ("An item of `contributors`", people.Person),
    ("`consent` of a contributor", people.Consent),
    ("An item of `support`", facts.Support),
    ("An item of `references`", references.Reference),
    ("An item of `chapters`", facts.Chapter),
    ("`content_note`", facts.ContentNote),
    ("An item of `skip`", facts.Skip),
    ("`owner`", people.Owner),
    ("An item of `corrections`", production.Correction),
    ("`withdrawn`", withdrawal.Withdrawal),
    ("`audio_at`", production.AudioAt),
    ("`recordings`", production.Recording),
    ("`rhythm`", podcast_namespace.Rhythm),
    ("An item of `places`", podcast_namespace.Place),
    ("An item of `funding`", podcast_namespace.Funding),
    ("An item of `recommends`", podcast_namespace.Recommendation),
    ("An item of `comments`", podcast_namespace.Thread),
    ("An item of `txt`", podcast_namespace.Txt),
    ("An item of `soundbites`", podcast_namespace.Soundbite),
    ("An item of `elsewhere`", podcast_namespace.Elsewhere),
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
    yield "# Front matter\n\n"
    yield (
        "The lines between `---` at the head of `show.md` and `episode.md`. This page is made by\n"
        "`earmark schema --markdown`; `earmark schema` prints the same as JSON Schema.\n"
    )
    for title, kind in SECTIONS:
        yield f"\n## {title}\n\n| key | what to write | default |\n|---|---|---|\n"
        schema = kind.model_json_schema()
        for name, field in kind.model_fields.items():
            yield _row(name, field, schema)


def _row(name: str, field: FieldInfo, schema: dict[str, Any]) -> str:
    choices = _choices(schema["properties"][name])
    said = (field.description or "").rstrip()
    if choices:
        said += " One of " + ", ".join(f"`{choice}`" for choice in choices) + "."
    return f"| `{name}` | {said} | {_default(field)} |\n"


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
