"""The few numbers that a lead may see, as a page and as a spreadsheet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response, render_template

from web.access import for_lead
from web.current import companion
from web.numbers import rules, store

if TYPE_CHECKING:
    from web.access import Lead
    from web.numbers.rules import Month

views = Blueprint("numbers", __name__, url_prefix="/desk/numbers")


@views.get("/")
@for_lead
def numbers(_: Lead) -> str:
    """Show the months that are over."""
    return render_template(
        "numbers/numbers.html",
        months=_months(),
        listened=rules.LISTENED,
        untold=rules.UNTOLD,
        fewest=rules.FEWEST,
    )


@views.get("/numbers.csv")
@for_lead
def spreadsheet(_: Lead) -> Response:
    """Send the same as a spreadsheet, with the same sentences."""
    answer = Response(rules.as_csv(_months()), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = 'attachment; filename="numbers.csv"'
    return answer


def _months() -> list[Month]:
    place = companion()
    show = place.shows.current()
    titles = {each.guid: each.title for each in show.episodes} if show else {}
    with place.database.writing() as connection:
        return store.months(connection, titles, place.now().date())
