"""Puts the values of a `trans` block of a template back into its sentence."""

from __future__ import annotations

import re

TRANS = re.compile(r"\{%-? trans (?P<given>.*?)-?%\}(?P<text>.*?)\{%-? endtrans -?%\}", re.DOTALL)
GIVEN = re.compile(r"(\w+)=((?:[^,()]|\([^)]*\))+)")
VALUE = re.compile(r"\{\{ (\w+) \}\}")


def unwrapped(template: str) -> str:
    """Return a template in which each value of a sentence is written out as it was given."""

    def written_out(found: re.Match[str]) -> str:
        given = {name: value.strip() for name, value in GIVEN.findall(found["given"])}
        return VALUE.sub(lambda each: f"{{{{ {given.get(each[1], each[1])} }}}}", found["text"])

    return TRANS.sub(written_out, template)
