"""What is typed is what is published: every text key of the schema, found by walking its models."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Literal, get_args, get_origin

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from episodes.errors import SourceError
from episodes.frontmatter import read as frontmatter
from episodes.frontmatter.schema import EpisodeFacts, ShowFacts
from episodes.frontmatter.value_types import Facts

Path = tuple[str, ...]

# What a sibling that must be there says; the text that is tried stands beside it.
BESIDE = {
    "link": "https://example.org/", "email": "a@example.org", "author": "A", "date": "2026-05-03",
    "guid": "917393e3-1b1e-5cef-ace4-edaa54e1f810", "start": "0:01", "end": "0:02",
    "on": "2026-05-03", "given_on": "2026-05-03", "url": "https://example.org/", "length": "1",
    "type": "audio/mpeg", "seconds": "1", "kind": "research", "where": "matrix",
}  # fmt: skip
# Kinds of text that are written in one way, however they were typed: docs/front-matter.md says so.
# Keys of one form: a remark behind it, with a space on either side of its #, is none of it.
ONE_FORM = {"link", "licence_link", "address", "former_addresses", "companion", "feedback", "email",
         "language", "categories", "timezone", "url", "slug"}  # fmt: skip
LIKE = {"language", "address", "former_addresses", "companion", "categories", "country", "point"}


def parts_of(annotation: Any) -> Iterator[Any]:
    """Yield every type that stands at the root of an annotation."""
    taken = getattr(annotation, "json_schema_input_type", None)
    if taken is not None and get_args(taken):
        yield from parts_of(taken)
    elif get_origin(annotation) in {tuple, dict, Literal}:
        yield annotation
    elif get_args(annotation):
        for part in get_args(annotation):
            yield from parts_of(part)
    elif isinstance(annotation, type):
        yield annotation


def leaves(kind: type[Facts], above: Path = ()) -> Iterator[Path]:
    """Yield where a text may stand: names of keys, `-` for an item of a list, `1` for a key."""
    for name, field in kind.model_fields.items():
        for root in (field.annotation, *field.metadata):
            yield from _leaves(root, (*above, name))


def _leaves(annotation: Any, at: Path) -> Iterator[Path]:
    for part in parts_of(annotation):
        if part is str:
            yield at
        elif get_origin(part) is tuple:
            yield from _leaves(get_args(part)[0], (*at, "-"))
        elif get_origin(part) is dict:
            yield from _leaves(get_args(part)[1], (*at, "1"))
        elif isinstance(part, type) and issubclass(part, Facts):
            yield from leaves(part, at)


EVERY = sorted(
    {(kind, path) for kind in (ShowFacts, EpisodeFacts) for path in leaves(kind)}, key=str
)


def lines_of(kind: type[Facts], path: Path, typed: str) -> list[str]:
    """Write the mapping of a model with a text, as it was typed, at a place in it."""
    lines: list[str] = []
    for name, field in kind.model_fields.items():
        if name == path[0]:
            lines += [f"{name}:{each}" for each in _below(field, path[1:], typed)[:1]]
            lines += _below(field, path[1:], typed)[1:]
        elif field.is_required():
            lines.append(f"{name}: {BESIDE.get(name, 'Word')}")
    return lines


def _below(field: Any, rest: Path, typed: str) -> list[str]:
    if not rest:
        return [f" {typed}"]
    if rest == ("-",):
        return ["", f"  - {typed}"]
    if rest == ("1",):
        return ["", f"  1: {typed}"]
    listed = rest[0] == "-"
    inner = lines_of(_model(field), rest[1:] if listed else rest, typed)
    first = "  - " if listed else "    "
    return ["", first + inner[0], *(f"    {line}" for line in inner[1:])]


def _model(field: Any) -> type[Facts]:
    def models(annotation: Any) -> Iterator[type[Facts]]:
        for part in parts_of(annotation):
            if get_origin(part) is tuple:
                yield from models(get_args(part)[0])
            elif isinstance(part, type) and issubclass(part, Facts):
                yield part

    return next(found for root in (field.annotation, *field.metadata) for found in models(root))


@pytest.mark.parametrize(
    ("key", "typed", "said"),
    [("language", "en-gb  # British", "en-gb"),
     ("timezone", "Europe/London # clocks", "Europe/London"),
     ("companion", "https://example.org/a/ # not yet", "https://example.org/a/"),
     ("categories", "\n  - Arts  # one", ("Arts",)), ("licence", "", None)],
)  # fmt: skip
def test_a_remark_behind_a_value_of_one_form_is_a_remark(key: str, typed: str, said: Any) -> None:
    assert read(ShowFacts, (key,), typed) == said


@pytest.mark.parametrize(
    ("key", "typed"),
    [("title", '"Me"#too'), ("outcomes", "[]#]"), ("outcomes", "[a]#b"), ("number", "#3"),
     ("licence_link", "https://example.org/ #part"), ("title", "'Me'#too"), ("chapters", "[{}#a]"),
     ("licence", "CC BY 4.0  # see file")],
)  # fmt: skip
def test_what_yaml_would_take_for_a_remark_without_a_word_is_refused(key: str, typed: str) -> None:
    with pytest.raises(SourceError, match="#"):
        read(EpisodeFacts, (key,), typed)


def read(kind: type[ShowFacts | EpisodeFacts], path: Path, typed: str) -> Any:
    text = "\n".join(["---", *lines_of(kind, path, typed), "---", ""])
    return at(frontmatter.parse_facts(kind, frontmatter.split_file(text, "x.md"), "x.md"), path)


def at(facts: Any, path: Path) -> Any:
    """Return what a key of the facts says."""
    if path == ("chapters",):
        return facts.chapters_file
    for step in path:
        if step == "-":
            facts = facts[0]
        elif step == "1":
            (facts,) = facts.values()
        else:
            facts = getattr(facts, step)
    return facts.text if facts and path == ("content_note",) else facts


PIECES = st.sampled_from(
    ["a", "Room", " ", "  ", "#", " #4", "# ", ": ", ":", "-", "- ", "? ", "?", "[", "]", "{", "}",
     ",", ", ", "&", "&a ", "*", "*a", "!", "!!str ", "!a ", "|", ">", "%", "@", "`", "'", '"', "=",
     "<<", "~", "null", "Null", "yes", "no", "on", "off", "true", "True", "2020", "1.10", "0x1F",
     "1e3", "08", "08001111", "1_000", ".inf", "-.INF", ".nan", "2026-10-01", "2026-02-30",
     "12:30:45", "0o17", "+44 20", "\t", "\\", "\\n", "é", "😀", "\xa0", "\u200b", "\ufeff",
     "\u2028", "\x85", "\x0b", "\x7f", "…", "–", "“", "’", "...", "---", "9" * 30, "https://x.org/",
     "a@b.org", "1-2", "None"]
)  # fmt: skip
TYPED = st.lists(PIECES, min_size=1, max_size=5).map("".join) | st.text(
    st.characters(codec="utf-8", exclude_characters="\r\n"), min_size=1, max_size=12
)


def test_the_walk_of_the_schema_reaches_every_depth() -> None:
    paths = {path for _, path in EVERY}
    assert {("title",), ("support", "-", "phone"), ("seasons", "1"), ("prompts", "-")} <= paths
    assert {("content_note",), ("content_note", "skip", "-", "what"), ("chapters",)} <= paths
    assert {("contributors", "-", "consent", "scope"), ("waive", "1"), ("publish", "to")} <= paths
    assert len(EVERY) > 100


@pytest.mark.parametrize(("kind", "path"), EVERY, ids=str)
def test_nothing_but_the_text_that_is_tried_can_be_wrong(kind: Any, path: Path) -> None:
    try:
        assert read(kind, path, "Word")
    except SourceError as error:
        assert all(found.key.rpartition(".")[2].startswith(path[-1]) or path[-1] in "-1"
                   for found in error.findings)  # fmt: skip


def letter_for_letter(where: tuple[Any, Path], typed: str) -> None:
    kind, path = where
    try:
        said = read(kind, path, typed)
    except SourceError as error:
        assert all(found.line or found.key for found in error.findings)
        assert all(found.fix or ";" in found.message for found in error.findings)
        return
    if typed.strip()[:1] in {'"', "'"} or (said is None and not typed.strip()):
        return  # quotes that were typed are YAML's, and a key without a value says nothing
    wanted = typed.strip()
    if path[-1] in ONE_FORM or set(path[-2:-1]) & ONE_FORM:
        wanted = re.split(r"[ \t]+#(?=[ \t]|$)", wanted)[0]
    if path[-1] in LIKE or set(path[-2:-1]) & LIKE:
        said, wanted = (re.sub(r"[\s/]", "", each).lower() for each in (said, wanted))
    if path[-1] == "guid":
        said, wanted = (re.sub(r"[{}-]|urn:uuid:", "", each).lower() for each in (said, wanted))
    assert said == wanted


@settings(max_examples=100, deadline=None)
@given(where=st.sampled_from(EVERY), typed=TYPED)
@example((ShowFacts, ("support", "-", "phone")), "03001233393")
@example((ShowFacts, ("support", "-", "text")), "85258 #4")
@example((EpisodeFacts, ("title",)), "1.10")
@example((EpisodeFacts, ("title",)), "~")
@example((EpisodeFacts, ("display",)), "#4")
@example((EpisodeFacts, ("prompts", "-")), "&a Why?")
@example((EpisodeFacts, ("licence",)), "! x")
def test_a_text_is_published_letter_for_letter_or_refused_with_its_line(
    where: tuple[Any, Path], typed: str
) -> None:
    letter_for_letter(where, typed)


@pytest.mark.slow
@settings(max_examples=3000, deadline=None)
@given(where=st.sampled_from(EVERY), typed=TYPED)
def test_many_more_texts_are_published_letter_for_letter_or_refused_with_its_line(
    where: tuple[Any, Path], typed: str
) -> None:
    letter_for_letter(where, typed)


FORMS = {
    "in a list": "outcomes: [{}]",
    "in braces": "publish: {{to: {}, region: x}}",
    "below its key": "licence:\n  {}",
    "over two lines": "licence: One\n  {}",
    "before a second line": "licence: {}\n  more",
    "in quotes": "licence: '{}'",
}


def wanted(form: str, typed: str) -> Any:
    """Return what a text says that is typed in one of several forms."""
    bare = typed.strip(" \t")
    if form == "in a list":
        items = [each.strip() for each in typed.split(",")]
        return tuple(items if items[-1] else items[:-1])  # as in YAML, a last comma says nothing
    if form == "over two lines":
        return f"One {bare}".strip()
    if form == "before a second line":
        return f"{bare} more".strip()
    return typed.strip()


def whole_in_any_form(form: str, typed: str) -> None:
    if form[:4] == "in a" and set("]}") & set(typed):
        return  # that ends the list
    said = typed.replace("'", "''") if form == "in quotes" else typed
    matter = f"title: A\nauthor: B\ndate: 2026-05-03\nsummary: S\n{FORMS[form].format(said)}"
    kind: type[ShowFacts | EpisodeFacts] = ShowFacts if form == "in braces" else EpisodeFacts
    matter = matter.replace("date: 2026-05-03\n" if kind is ShowFacts else "author: B\n", "", 1)
    try:
        facts: Any = frontmatter.parse_facts(
            kind, frontmatter.split_file(f"---\n{matter}\n---\n", "x"), "x"
        )
    except SourceError:
        return
    if (
        typed.strip()[:1] in set("'\"|>") - {"'" if form == "in quotes" else ""}
        or not typed.strip()
    ):
        return  # what YAML quotes or folds
    read = {"in a list": lambda: facts.outcomes, "in braces": lambda: facts.publish.to}
    assert read.get(form, lambda: facts.licence)() == wanted(form, typed)


@settings(max_examples=100, deadline=None)
@given(form=st.sampled_from(sorted(FORMS)), typed=TYPED)
@example("below its key", "# 4")
@example("before a second line", "#4")
@example("over two lines", "#4")
@example("over two lines", "- Two")
@example("in a list", "Why?")
def test_a_text_in_any_form_is_whole_or_refused(form: str, typed: str) -> None:
    whole_in_any_form(form, typed)


@pytest.mark.slow
@settings(max_examples=3000, deadline=None)
@given(form=st.sampled_from(sorted(FORMS)), typed=TYPED)
def test_many_more_texts_in_any_form_are_whole_or_refused(form: str, typed: str) -> None:
    whole_in_any_form(form, typed)
