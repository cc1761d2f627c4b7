"""Serves the figures that a lead may see, as a page and as a spreadsheet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response, abort, render_template, request

from web.auth import for_lead
from web.companion import current_companion
from web.figures import rules, store
from web.figures.rules import Month
from web.figures.spreadsheet import as_csv

if TYPE_CHECKING:
    from web.auth import Lead

views = Blueprint("numbers", __name__, url_prefix="/desk/numbers")


@views.get("/")
@for_lead
def numbers(_: Lead) -> str:
    """Show a month that is over, the newest if no other is asked for."""
    names, companion = _freeze(), current_companion()
    asked = request.args.get("month") or next(iter(names), "")
    if asked and asked not in names:
        abort(404)
    with companion.database.reading() as connection:
        months = store.months(connection, asked) if asked else []
    return render_template(
        "figures/figures.html",
        month=months[0] if months else None,
        names=[Month(name, None) for name in names],
        rules=rules,
    )


@views.get("/numbers.csv")
@for_lead
def spreadsheet(_: Lead) -> Response:
    """Send every month as a spreadsheet, with the same sentences."""
    _freeze()
    with current_companion().database.reading() as connection:
        text = as_csv(store.months(connection))
    answer = Response(text, content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = 'attachment; filename="numbers.csv"'
    return answer


def _freeze() -> list[str]:
    companion = current_companion()
    with companion.database.writing() as connection:
        key = companion.settings.secrets.key
        return store.freeze(connection, key, companion.shows.titles, companion.now().date())
