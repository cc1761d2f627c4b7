"""Merges the reports of apps about one recording, in any order with the same result; pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from web.listening import coverage, rules
from web.listening.coverage import TENTHS, Coverage
from web.sync import evidence

if TYPE_CHECKING:
    from collections.abc import Iterable


class Totals(NamedTuple):
    """The totals of one recording: parts heard, plays, furthest position, endings; in tenths."""

    runs: Coverage = coverage.NOTHING
    played: int = 0
    furthest: int = 0
    finished: int = 0


class ReportedAction(NamedTuple):
    """One action of an app, to be added to a sum; positions in seconds."""

    proves: str
    started: int | None
    position: int | None
    total: int | None


def totals_of_action(report: ReportedAction, length: int) -> Totals:
    """Return the sum of one report; `length` in tenths, 0 to use what the report says."""
    if report.position is None or report.proves in {evidence.NOTHING, evidence.WIPED}:
        return Totals()
    length = length or (report.total or 0) * TENTHS
    furthest = min(report.position * TENTHS, length)
    end = (report.total or length / TENTHS) - rules.END
    finished = int(report.position >= end)
    runs = coverage.NOTHING
    if report.proves == evidence.INTERVAL and report.started is not None:
        whole = coverage.union([(report.started * TENTHS, report.position * TENTHS)])
        runs = coverage.within(whole, length / TENTHS)
    return Totals(runs, coverage.tenths(runs), furthest, finished)


def merge_totals(parts: Iterable[Totals]) -> Totals:
    """Return the sum of several sums."""
    every = list(parts)
    return Totals(
        coverage.union(*(each.runs for each in every)),
        sum(each.played for each in every),
        max((each.furthest for each in every), default=0),
        sum(each.finished for each in every),
    )
