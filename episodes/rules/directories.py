"""Lists the rules for what directories and apps need."""

from __future__ import annotations

from episodes.findings import Level
from episodes.rules.rule import ANTENNAPOD, APPLE, APPLE_TAGS, NAMESPACE, OWN, PSP, RSS, Rule

ERROR, WARNING, NOTE = Level.ERROR, Level.WARNING, Level.NOTE

_SHOW = {
    "show-guid": Rule(ERROR, "Every show must have an identity that survives a move to another "
        "host.",
        "run `earmark check --fix`, which writes one", f"{NAMESPACE}#guid"),
    "show-address": Rule(ERROR, "A show must have its own web address, because every link in "
        "its feed must be complete.",
        "write where the show will be, like https://example.org/talks/", PSP),
    "show-summary": Rule(ERROR, "A description must have at most 4,000 bytes.",
        "shorten it; two sentences are enough", APPLE_TAGS),
    "show-feedback": Rule(WARNING, "Listeners should know where to write to.",
        "write an email address or a page where people can reach you", OWN),
    "show-author": Rule(WARNING, "Listeners should know who makes the show.",
        "write an organisation, a team or a person: it appears on every page and in every app",
        APPLE_TAGS),
    "show-owner": Rule(WARNING, "A show should have an owner: directories write to that address to "
        "check whose show it is.",
        "write `owner: {name: ..., email: ...}`", PSP),
    "unlisted-guess": Rule(WARNING, "Nobody should be able to guess the web address of an unlisted "
        "show.",
        "add a long random part, before anybody has subscribed", OWN),
    "unlisted-subject": Rule(WARNING, "The web address of an unlisted show should not reveal its "
        "subject.",
        "choose another, before anybody has subscribed", OWN),
}  # fmt: skip
_EPISODE = {
    "guid-missing": Rule(ERROR, "Every episode must have an identity that never changes.",
        "run `earmark check --fix`, which writes one", RSS),
    "guid-spaces": Rule(WARNING, "A guid should not have spaces: some programs would cut it at the "
        "first one.",
        "choose another, before anybody has subscribed; after that, keep it and waive this", RSS),
    "guid-twice": Rule(ERROR, "Two episodes must not have the same guid: apps would show only one "
        "of them.",
        "remove this line and run `earmark check --fix`", RSS),
    "slug-missing": Rule(ERROR, "Every episode must have a name for its web address.",
        "write `slug: a-name`", PSP),
    "slug-twice": Rule(ERROR, "Two episodes must not have the same name in their web addresses.",
        "write another", PSP),
    "slug-changed": Rule(WARNING, "The web address of a page should not change: people have links "
        "to it.",
        "write the previous `slug:`; or leave it, if nobody has a link yet", PSP),
    "date-twice": Rule(ERROR, "Episodes must be published at least a minute apart: apps sort by "
        "date.",
        "put a minute or more between them: apps sort by date", ANTENNAPOD),
    "date-coming": Rule(NOTE, "Check the date of a scheduled episode: it is not published before "
        "then.",
        "to publish it now, write today's date", ANTENNAPOD),
    "date-far": Rule(WARNING, "A date should not be more than a year away: that is more often a "
        "mistake than a plan.",
        "check the year", ANTENNAPOD),
    "title-twice": Rule(ERROR, "Two episodes of one day must not have the same title: AntennaPod "
        "shows only one of them.",
        "change one of them: AntennaPod would show only one", ANTENNAPOD),
    "title-number": Rule(WARNING, "The title of an episode should not contain its number.",
        "write it as `number:` instead", APPLE),
    "title-show": Rule(WARNING, "The title of an episode should not repeat the show's.",
        "leave it out: apps show it beside the title", APPLE),
    "summary-title": Rule(WARNING, "A summary should say more than the title.",
        "say in a sentence what the episode is about", APPLE),
    "summary-markup": Rule(WARNING, "A summary should be plain text.",
        "remove the formatting: apps show it as typed; the show notes may have it", APPLE_TAGS),
    "summary-long": Rule(ERROR, "A description, with its content note and sources of support, must "
        "have at most 4,000 bytes.",
        "shorten it", APPLE_TAGS),
}  # fmt: skip
RULES = {**_SHOW, **_EPISODE}
