"""Rules for what Podcasting 2.0 promises an app."""

from __future__ import annotations

from episodes.findings import Level
from episodes.rulebook.row import APPLE_TAGS, NAMESPACE, Rule

ERROR, WARNING = Level.ERROR, Level.WARNING

RULES = {
    "rhythm-days": Rule(ERROR, "Days of the week belong to a rhythm of one week or two.",
        "write `every: week` or `every: two weeks` beside it", f"{NAMESPACE}#update-frequency"),
    "rhythm-count": Rule(ERROR, "A count of episodes has a first day and a rhythm.",
        "write `starting:` with the day of the first", f"{NAMESPACE}#update-frequency"),
    "complete-coming": Rule(ERROR, "A show that is complete gets no further episode: apps stop "
        "looking.", "remove one of the two", APPLE_TAGS),
    "soundbite-end": Rule(ERROR, "A soundbite ends after its start, within the recording.",
        "write a time of the recording that is later than its start", f"{NAMESPACE}#soundbite"),
    "soundbite-length": Rule(WARNING, "A soundbite takes 15 to 120 seconds.",
        "write an end that makes it 15 to 120 seconds", f"{NAMESPACE}#soundbite"),
    "licence-address": Rule(WARNING, "A licence of your own can be read somewhere.",
        "write `licence_link:` too, or a licence that is known, like CC-BY-4.0",
        f"{NAMESPACE}#license"),
    "page-plain": Rule(WARNING, "Addresses of pages in the feed begin with https://.",
        "write https://, which every such page should answer", NAMESPACE),
}  # fmt: skip
