"""The table of rules itself: each row is whole, and every finding names one."""

from __future__ import annotations

import re

import pytest

from episodes.findings import Level
from episodes.rules import RULES
from tests.kit.shows import ROOT


def test_every_finding_names_a_rule_of_the_table() -> None:
    for package in ("episodes", "feed", "podcast"):
        for path in sorted((ROOT / package).rglob("*.py")):
            text = path.read_text(encoding="utf-8")
            for rule in re.findall(r'\b(?:found|finding|whole)\(\s*"([\w-]+)"', text):
                assert rule in RULES, f"{path.name} names {rule}, which is not a rule"
            own = path.parent.name in {"rules", "doctor"} or path.name == "findings.py"
            assert own or not re.search(r"\bFinding\(", text), f"{path.name} names no rule"


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_says_what_it_asks_what_to_do_and_who_says_so(rule: str) -> None:
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", rule)
    level, sentence, fix, source = RULES[rule]
    assert level in Level
    assert re.fullmatch(r"[A-Z].*\.", sentence), "a sentence begins large and ends with a full stop"
    assert not fix.endswith("."), "the fix follows a semicolon"
    assert source == "our own" or source.startswith("https://")
