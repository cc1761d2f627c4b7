"""Renders a review as a page to print: it belongs to the command, and is in English."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup

from episodes.review import DueKind, Urgency, group_by_task
from feed import pages

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from episodes.model import Show
    from episodes.review import Due


def render(
    show: Show, dues: list[Due], today: date, lost: Iterable[object], *, links: bool
) -> bytes:
    """Return what is due as a page to print, for the lead alone, without files beside it.

    It is in English, as the command is. `links` says whether links were checked; `lost` has the
    errors of files that could not be read.
    """
    open_ = [due for due in dues if not due.waived]
    near = [due for due in open_ if due.urgency is not Urgency.LATER]
    later = [due for due in open_ if due.urgency is Urgency.LATER]
    template = pages.templates().get_template("review.html")
    return template.render(
        show=show,
        today=today,
        tokens=Markup(pages.static()["tokens.css"].decode()),  # noqa: S704 - our own
        kinds=[
            (kind.value, list(group_by_task(due for due in near if due.kind is kind).items()))
            for kind in DueKind
            if any(due.kind is kind for due in near)
        ],
        later=[due for due in later if due.when],
        unsure=[due for due in later if not due.when],
        waived=[due for due in dues if due.waived],
        lost=list(map(str, lost)),
        links=links,
    ).encode()
