"""YAML: what is read from events is what ruamel.yaml's own constructor reads."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from episodes.frontmatter import yaml
from tests.kit.shows import ROOT

SOURCES = sorted((ROOT / "tests" / "golden" / "frontmatter").glob("*.md"))
PIECES = st.lists(
    st.sampled_from(
        ["a: ", "b: ", "? ", "- ", "\n", "\n  ", "\n    ", "[", "]", "{", "}", ", ", ": ", "#", '"',
         "'", "|\n", ">-\n", "&x ", "*x", "<<: ", "=", "!", "!!int ", "!!str ", "!!binary ", "%TAG",
         "--- ", "\n--- ", "\n...\n", "~", "null", "true", "yes", "010", "0x1F", "1_000", "1.5e3",
         ".inf", ".nan", "12:34", "2026-05-03", "2026-02-30", "2026-05-03 07:00", "9" * 5000,
         "word", "\\u0041", "\t", "\x85", "\u2028", "\ud800", "é", "x" * 30]
    ), max_size=24,
).map("".join)  # fmt: skip
PLAIN = st.recursive(
    st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "Zs"]), max_size=12)
    | st.sampled_from(["1", "true", "null", "~", "2026-05-03", "1.5", "no", "0o17", "=", "<<"]),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text("abcé1-", max_size=3), inner)
    ),
    max_leaves=12,
)  # fmt: skip


def told(read: Any, text: str) -> tuple[str, str]:
    """Return what came of reading, as text: NaN equals NaN, and 1 is not True."""
    try:
        return "", repr(read(text))
    except Exception as error:
        return type(error).__name__, str(error)


@settings(max_examples=500, deadline=None)
@given(PIECES | st.text(max_size=40))
@example("a: [1, {b: 2026-05-03}]\nc:\n- ~\n- d: ''\n")
@example("a: 1\na: 2\n")
@example("<<: {a: 1}\n")
@example("1: a\n")
@example("\x85a: #")
def test_any_text_is_read_as_ruamels_constructor_reads_it(text: str) -> None:
    assert told(yaml.load, text) == told(yaml._thoroughly, text)


def written(value: Any) -> str:
    """Write a value as flow YAML with nothing quoted that need not be."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {written(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(written, value)) + "]"
    text = str(value)
    return text if text.isalnum() else '"' + text.replace("\\", "").replace('"', "") + '"'


@settings(max_examples=200, deadline=None)
@given(PLAIN)
def test_plain_values_are_read_as_ruamels_constructor_reads_them(value: Any) -> None:
    text = f"a: {written(value)}\n"
    assert told(yaml.load, text) == told(yaml._thoroughly, text)


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_front_matter_is_read_as_ruamels_constructor_reads_it(source: Any) -> None:
    text = source.read_text("utf-8", "replace").partition("---\n")[2].partition("---\n")[0]
    assert told(yaml.load, text) == told(yaml._thoroughly, text)


@pytest.mark.parametrize("text", ["- " * 101 + "a", "[" * 101 + "a" + "]" * 101, "- a\n" * 2_000])
def test_what_is_too_large_or_deep_is_refused(text: str) -> None:
    with pytest.raises(yaml.TooManyValuesError):
        yaml.load(text)


@pytest.mark.parametrize("text", ["[" * 100 + "a" + "]" * 100, "- a\n" * 1_999])
def test_what_is_just_small_enough_is_read(text: str) -> None:
    assert yaml.load(text) == yaml._Plain(text).document() == yaml._thoroughly(text)
