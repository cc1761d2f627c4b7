"""How findings are told: in lines for a person, many alike said once, and as JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from episodes.findings import Finding, Level
from episodes.rulebook import RULES

if TYPE_CHECKING:
    from collections.abc import Iterator

FEW = 3  # of one rule, that are told one by one
SHOWN = 10  # places of one rule


class Line(NamedTuple):
    """One line, or several that belong together; None is the level of what is waived."""

    level: Level | None
    text: str


def lines(findings: list[Finding]) -> Iterator[Line]:
    """Yield what to print: errors one by one, other findings of one rule together."""
    alike: dict[object, list[Finding]] = {}
    for number, each in enumerate(findings):
        alone = each.level is Level.ERROR or not each.rule
        alike.setdefault(number if alone else (each.rule, each.waived), []).append(each)
    for group in alike.values():
        if len(group) > FEW:
            yield _together(group)
        else:
            yield from map(_alone, group)


def _alone(each: Finding) -> Line:
    rule = f" [{each.rule}]" if each.rule else ""
    if each.waived:
        said = each._replace(fix="").said
        return Line(None, f"{each.where}: waived: {said} (because: {each.waived}){rule}")
    return Line(each.level, f"{each.where}: {each.level}: {each.said}{rule}")


def _together(group: list[Finding]) -> Line:
    first = group[0]
    rule = RULES[first.rule]
    same = len({each.said for each in group}) == 1
    said = first.said if same else f"{rule.sentence} {rule.fix[0].upper()}{rule.fix[1:]}"
    mark: str = first.level
    if first.waived:
        mark, said = "waived", f"{rule.sentence} (because: {first.waived})"
    text = [f"{mark}: {said} [{first.rule}] in {len(group):,} places:"]
    text += [
        f"  {each.where}" if same else f"  {each.where}: {each._replace(fix='').said}"
        for each in group[:SHOWN]
    ]
    if len(group) > SHOWN:
        text.append(f"  and {len(group) - SHOWN:,} more; `earmark check --json` lists each")
    return Line(None if first.waived else first.level, "\n".join(text))


def count(findings: list[Finding]) -> str:
    """Say how many there are, in one sentence."""
    open_ = [each for each in findings if not each.waived]
    levels = ((Level.ERROR, "error"), (Level.WARNING, "warning"))
    counts = [(sum(each.level is level for each in open_), name) for level, name in levels]
    said = " and ".join(f"{n:,} {name}{'' if n == 1 else 's'}" for n, name in counts if n)
    waived = len(findings) - len(open_)
    return f"{said or 'Nothing to mend'}{f' ({waived:,} waived)' if waived else ''}."


def document(findings: list[Finding]) -> str:
    """Return the findings as JSON, each with the source of its rule."""
    rows = [
        {**each._asdict(), "source": RULES[each.rule].source if each.rule else ""}
        for each in findings
    ]
    return json.dumps(rows, indent=1, ensure_ascii=False)
