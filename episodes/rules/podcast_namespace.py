"""Lists the rules for the tags of Podcasting 2.0."""

from __future__ import annotations

from episodes.findings import Level
from episodes.rules.rule import APPLE_TAGS, NAMESPACE, Rule

ERROR, WARNING = Level.ERROR, Level.WARNING

RULES = {
    "rhythm-days": Rule(ERROR, "Days of the week (`on:`) need a rhythm of one week or two.",
        "write `every: week` or `every: two weeks` beside it", f"{NAMESPACE}#update-frequency"),
    "rhythm-count": Rule(ERROR, "A number of episodes (`times:`) needs a first day and a rhythm.",
        "also write `starting:` and `every:`", f"{NAMESPACE}#update-frequency"),
    "complete-coming": Rule(ERROR, "A complete show must not have another episode on its way: apps "
        "stop looking.",
        "delete `complete: true`, or the scheduled episode", APPLE_TAGS),
    "soundbite-end": Rule(ERROR, "A soundbite must end later than it starts, within the recording.",
        "write a time in the recording that is later than its start", f"{NAMESPACE}#soundbite"),
    "soundbite-length": Rule(WARNING, "A soundbite should be 15 to 120 seconds long.",
        "write an end that makes it 15 to 120 seconds long", f"{NAMESPACE}#soundbite"),
    "licence-address": Rule(WARNING, "If a licence is your own, people should be able to read it "
        "somewhere.",
        "write `licence_link:` too, or use a standard licence, like CC-BY-4.0",
        f"{NAMESPACE}#license"),
    "page-plain": Rule(WARNING, "Web addresses of pages in the feed should begin with https://.",
        "write https://, which almost every site supports", NAMESPACE),
}  # fmt: skip
