"""Rules for what a show tells directories and apps."""

from __future__ import annotations

from episodes.findings import Level
from episodes.rulebook.row import (
    ANTENNAPOD,
    APPLE,
    APPLE_TAGS,
    NAMESPACE,
    OWN,
    PSP,
    RSS,
    Rule,
)

ERROR, WARNING, NOTE = Level.ERROR, Level.WARNING, Level.NOTE

_SHOW = {
    "show-guid": Rule(ERROR, "A show has an identity that survives a move to another host.",
        "run `earmark check --fix`, which writes one", f"{NAMESPACE}#guid"),
    "show-address": Rule(ERROR, "A feed is full of whole addresses, so a show knows its own.",
        "write where the show will live, like https://example.org/talks/", PSP),
    "show-summary": Rule(ERROR, "A description has at most 4000 bytes.",
        "two sentences are enough", APPLE_TAGS),
    "show-feedback": Rule(WARNING, "Listeners know where to write to.",
        "write an e-mail address or a page, or nobody can answer", OWN),
    "show-author": Rule(WARNING, "Listeners know who speaks here.",
        "write an organisation, a team or a person: it stands on every page and in every app",
        APPLE_TAGS),
    "show-owner": Rule(WARNING, "Directories write to the owner to prove that the show is theirs.",
        "write `owner: {name: ..., email: ...}`", PSP),
    "unlisted-guess": Rule(WARNING, "Nobody can guess the address of an unlisted show.",
        "add a long random one while nobody has subscribed", OWN),
    "unlisted-subject": Rule(WARNING, "The address of an unlisted show tells no subject.",
        "choose another while nobody has subscribed", OWN),
}  # fmt: skip
_EPISODE = {
    "guid-missing": Rule(ERROR, "An episode has an identity that never changes.",
        "run `earmark check --fix`, which writes one", RSS),
    "guid-spaces": Rule(WARNING, "A guid has no spaces: some tools would cut it there.",
        "choose another while nobody has subscribed; after that keep it, and waive this", RSS),
    "guid-twice": Rule(ERROR, "No two episodes have one guid: apps would show one of them.",
        "remove this line and run `earmark check --fix`", RSS),
    "slug-missing": Rule(ERROR, "An episode has a name in addresses.",
        "write `slug: a-name`", PSP),
    "slug-twice": Rule(ERROR, "No two episodes have one name in addresses.",
        "write another", PSP),
    "slug-changed": Rule(WARNING, "The address of a page stays: people have links to it.",
        "write the `slug:` that it had; or leave it, if nobody has a link yet", PSP),
    "date-twice": Rule(ERROR, "Episodes appear a minute or more apart: apps sort by date.",
        "put a minute or more between them, apps sort by date", ANTENNAPOD),
    "date-coming": Rule(NOTE, "An episode with a date to come is held back until then.",
        "write today's date to publish it now", ANTENNAPOD),
    "date-far": Rule(WARNING, "A date more than a year away is more often a slip than a plan.",
        "is the year right?", ANTENNAPOD),
    "title-twice": Rule(ERROR, "No two episodes of one day have one title: AntennaPod joins them.",
        "change one of them, AntennaPod would show only one", ANTENNAPOD),
    "title-number": Rule(WARNING, "A title has no number in it.",
        "write it as `number:` instead", APPLE),
    "title-show": Rule(WARNING, "A title does not repeat the show's.",
        "leave it out, apps show it beside the title", APPLE),
    "summary-title": Rule(WARNING, "A summary says more than the title.",
        "say in a sentence what it gives", APPLE),
    "summary-markup": Rule(WARNING, "A summary is plain text.",
        "take the signs out, apps show them as they stand; notes may have them", APPLE_TAGS),
    "summary-long": Rule(ERROR, "A description, with content note and support, has at most 4000 "
        "bytes.", "shorten it", APPLE_TAGS),
    "number-missing": Rule(ERROR, "Every full episode of a serial show or a course has a number.",
        "write `number: 1` and so on; `earmark check --fix` does where only one fits", APPLE_TAGS),
    "display-twice": Rule(WARNING, "No two episodes of a season are shown with one number.",
        "change `display:` of one, or remove it", OWN),
    "number-order": Rule(WARNING, "Numbers follow the dates: apps sort by either.",
        "change the number or the date", APPLE_TAGS),
}  # fmt: skip
# What a serial show or a course needs beside, so that every app has its episodes in order.
_COURSE = {
    "course-type": Rule(ERROR, "A course is heard from the first, and apps are told so.",
        "write `type: serial`, as `earmark check --fix` does", APPLE_TAGS),
    "course-order": Rule(ERROR, "In a serial show or a course numbers go up with the dates: some "
        "apps sort by one, some by the other.", "change the number or the date", APPLE_TAGS),
    "number-twice": Rule(ERROR, "In a serial show or a course no two full episodes of a season "
        "have one number.", "write the number that comes next", APPLE_TAGS),
    "number-gap": Rule(WARNING, "In a serial show or a course no number is left out: who misses "
        "one looks for it.", "close up the numbers, or waive it and say where the other went", OWN),
    "season-missing": Rule(ERROR, "In a serial show or a course all full episodes have a season, "
        "or none has.", "write `season:` and its number", APPLE_TAGS),
    "season-order": Rule(ERROR, "In a serial show or a course a season is over when the next has "
        "begun.", "change the season or the date", APPLE_TAGS),
    "season-name": Rule(WARNING, "In a serial show or a course seasons have names where there is "
        "more than one.", "write `seasons:` and below it one line for each, like `1: Before you "
        "start`", f"{NAMESPACE}#season"),
}  # fmt: skip
RULES = {**_SHOW, **_EPISODE, **_COURSE}
