"""Rules of care: what a hard subject owes to a frightened listener, and to those who speak."""

from __future__ import annotations

from episodes.findings import Level
from episodes.rulebook.row import CONSENT, DEAF, NICE, OWN, SAMARITANS, Rule

ERROR, WARNING, NOTE = Level.ERROR, Level.WARNING, Level.NOTE

RULES = {
    "note-missing": Rule(WARNING, "Listeners know what is to come before they press play.",
        "say what a listener may want to know, or write `none`", SAMARITANS),
    "skip-order": Rule(ERROR, "A passage to leave out ends after it starts.",
        "write the later time", OWN),
    "skip-beyond": Rule(ERROR, "A passage to leave out lies within the recording.",
        "correct the time", OWN),
    "support-missing": Rule(ERROR, "Every episode names somebody to turn to.",
        "list at least one here or in show.md", SAMARITANS),
    "support-unchecked": Rule(WARNING, "Somebody has tried each source of support.",
        "ring or open it, then write the day", SAMARITANS),
    "support-old": Rule(WARNING, "Somebody has tried each source of support within a year.",
        "try it again and write the day", SAMARITANS),
    "support-future": Rule(ERROR, "The day on which support was tried is past.",
        "write the day somebody tried it", OWN),
    "transcript-missing": Rule(WARNING, "Who cannot hear an episode can read it.",
        "without one, people who are deaf or at work are left out", DEAF),
    "prompts-missing": Rule(WARNING, "An episode asks something to think about.",
        "one question is enough to begin", OWN),
    "review-due": Rule(WARNING, "Facts are looked at again when they should be.",
        "check the facts again", NICE),
    "consent-missing": Rule(WARNING, "Everybody who is named has agreed to it.",
        "write what they agreed to and when, with `given_on:`", CONSENT),
    "consent-ended": Rule(WARNING, "Everybody who is named still agrees.",
        "ask again, or take them out", CONSENT),
    "knowledge-alone": Rule(WARNING, "An episode rests on more than one kind of knowledge.",
        "whose knowledge is missing?", OWN),
}  # fmt: skip
