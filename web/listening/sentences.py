"""Describes a learner's progress in an episode in whole sentences, each with its source; pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from episodes.translations import ngettext
from episodes.translations import text as _
from web import dates
from web.listening.coverage import MINUTE
from web.listening.rules import is_end

if TYPE_CHECKING:
    from web.listening.progress import EpisodeProgress


def describe(progress: EpisodeProgress) -> list[str]:
    """Return what is known and from where; no data is no statement."""
    sentences = [_heard(progress)]
    all_of_it = max(progress.heard, progress.measured)
    if all_of_it and progress.played >= all_of_it + progress.length // 2:
        sentences.append(
            _("Some of it was reported more than once.")
            if progress.reported
            else _("You have listened to some of it again.")
        )
    if progress.earlier:
        sentences.append(_earlier(progress.earlier))
    if progress.earlier_reported:
        more = _more_of_earlier if progress.earlier else _reported_of_earlier
        sentences.append(more(progress.earlier_reported))
    if progress.elsewhere:
        day = dates.day(progress.elsewhere)
        sentences.append(_("On %(day)s you said you listened somewhere else.", day=day))
    return [each for each in sentences if each]


def _heard(progress: EpisodeProgress) -> str:
    """Return how much was heard and who says so, and where an app was beside that."""
    reached = _reached(progress)
    if progress.reported or progress.measured:
        return f"{_amount(progress)} {reached}".strip()
    more = _("It does not say how much you heard.")
    return f"{reached} {more}" if reached else ""


def _amount(progress: EpisodeProgress) -> str:
    """Return how much was heard; rounded down, so that it never says more than was heard."""
    whole = max(-(-progress.length // MINUTE), 1)
    covered = progress.heard if progress.reported else progress.measured
    if is_end(covered, progress.length):
        return _all(progress, whole)
    if covered < MINUTE:
        return _less_than_a_minute(progress, whole)
    return _some(progress, whole, covered // MINUTE)


def _all(progress: EpisodeProgress, whole: int) -> str:
    on_site = progress.measured // MINUTE
    if not progress.reported:
        return ngettext(
            "You have heard all of it here.", "You have heard all %(num)s minutes here.", whole
        )
    if not progress.measured:
        return ngettext(
            "Your app says you have heard all of it.",
            "Your app says you have heard all %(num)s minutes.",
            whole,
        )
    if not on_site:
        return ngettext(
            "You have heard all of it (less than a minute of it on this site).",
            "You have heard all %(num)s minutes (less than one of them on this site).",
            whole,
        )
    return ngettext(
        "You have heard all of it (on this site).",
        "You have heard all %(num)s minutes (%(on_site)s of them on this site).",
        whole,
        on_site=on_site,
    )


def _less_than_a_minute(progress: EpisodeProgress, whole: int) -> str:
    if not progress.reported:
        return ngettext(
            "You have heard less than a minute of %(num)s minute here.",
            "You have heard less than a minute of %(num)s minutes here.",
            whole,
        )
    if not progress.measured:
        return ngettext(
            "Your app says you have heard less than a minute of %(num)s minute.",
            "Your app says you have heard less than a minute of %(num)s minutes.",
            whole,
        )
    return ngettext(
        "You have heard less than a minute of %(num)s minute (some of it on this site).",
        "You have heard less than a minute of %(num)s minutes (some of it on this site).",
        whole,
    )


def _some(progress: EpisodeProgress, whole: int, part: int) -> str:
    on_site = progress.measured // MINUTE
    if not progress.reported:
        return ngettext(
            "You have heard %(part)s of %(num)s minute here.",
            "You have heard %(part)s of %(num)s minutes here.",
            whole,
            part=part,
        )
    if not progress.measured:
        return ngettext(
            "Your app says you have heard %(part)s of %(num)s minute.",
            "Your app says you have heard %(part)s of %(num)s minutes.",
            whole,
            part=part,
        )
    if not on_site:
        return ngettext(
            "You have heard %(part)s of %(num)s minute (less than one of them on this site).",
            "You have heard %(part)s of %(num)s minutes (less than one of them on this site).",
            whole,
            part=part,
        )
    return ngettext(
        "You have heard %(part)s of %(num)s minute (%(on_site)s of them on this site).",
        "You have heard %(part)s of %(num)s minutes (%(on_site)s of them on this site).",
        whole,
        part=part,
        on_site=on_site,
    )


def _reached(progress: EpisodeProgress) -> str:
    if progress.ended:
        return _("Your app says it reached the end.")
    if progress.furthest >= max(progress.heard, progress.measured) + MINUTE:
        return _("Your app got to minute %(minute)s.", minute=progress.furthest // MINUTE)
    return ""


def _earlier(tenths: int) -> str:
    if tenths < MINUTE:
        return _("You have heard less than a minute of an earlier recording here.")
    return ngettext(
        "You have heard %(num)s minute of an earlier recording here.",
        "You have heard %(num)s minutes of an earlier recording here.",
        tenths // MINUTE,
    )


def _more_of_earlier(tenths: int) -> str:
    if tenths < MINUTE:
        return _("Your app reported less than a minute more of an earlier recording.")
    return ngettext(
        "Your app reported %(num)s minute more of an earlier recording.",
        "Your app reported %(num)s minutes more of an earlier recording.",
        tenths // MINUTE,
    )


def _reported_of_earlier(tenths: int) -> str:
    if tenths < MINUTE:
        return _("Your app reported less than a minute of an earlier recording.")
    return ngettext(
        "Your app reported %(num)s minute of an earlier recording.",
        "Your app reported %(num)s minutes of an earlier recording.",
        tenths // MINUTE,
    )
