"""What is generated in the documentation is what the program says today."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from episodes.frontmatter.schema import EpisodeFacts, ShowFacts
from episodes.rules import RULES
from podcast import cli_reference, front_matter_reference, rule_reference

ROOT = Path(__file__).parent.parent


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def test_the_readme_shows_the_help_of_the_command() -> None:
    assert read("README.md") == cli_reference.readme(read("README.md")), "run `make docs`"
    assert cli_reference.help_of() in read("README.md")


def test_every_command_is_documented() -> None:
    assert read("docs/commands.md") == cli_reference.commands(), "run `make docs`"


def test_every_key_is_documented() -> None:
    assert read("docs/front-matter.md") == front_matter_reference.markdown(), "run `make docs`"


def test_every_rule_is_documented() -> None:
    assert read("docs/rules.md") == rule_reference.markdown(), "run `make docs`"
    rows = read("docs/rules.md").count("\n| `")
    assert rows == len(RULES), "a rule is in two sections, or in none"


@pytest.mark.parametrize("_title, kind", front_matter_reference.SECTIONS)
def test_every_key_has_words_for_it(_title: str, kind: type[ShowFacts]) -> None:
    for name, field in kind.model_fields.items():
        assert field.description, f"{kind.__name__}.{name} has no description"


def test_the_schema_knows_every_key_of_both_files() -> None:
    definitions = json.loads(front_matter_reference.json_schema())["$defs"]
    assert set(definitions["ShowFacts"]["properties"]) == set(ShowFacts.model_fields)
    assert set(definitions["EpisodeFacts"]["properties"]) == set(EpisodeFacts.model_fields)


def test_every_decision_gives_context_choice_and_cost() -> None:
    for path in sorted((ROOT / "docs" / "decisions").glob("*.md")):
        text = path.read_text(encoding="utf-8")
        for word in ("**Context.**", "**Choice.**", "**Cost.**"):
            assert word in text, f"{path.name} does not say its {word}"


def test_every_decision_has_a_number_of_its_own() -> None:
    names = sorted(path.name for path in (ROOT / "docs" / "decisions").glob("*.md"))
    numbers = [name[:4] for name in names]
    assert len(set(numbers)) == len(numbers), "take the next free number"
    for name in names:
        assert read(f"docs/decisions/{name}").startswith(f"# {int(name[:4])}. "), name


def test_links_in_the_documentation_lead_somewhere() -> None:
    import re

    for path in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#]+)", path.read_text(encoding="utf-8")):
            if "://" not in target:
                assert (path.parent / target).exists(), f"{path.name} links to {target}"
