"""Rules of care: what a hard subject owes to a frightened listener, and to those who speak."""

from __future__ import annotations

from episodes.findings import Level
from episodes.rulebook.row import BLIND, CONSENT, DEAF, NICE, OWN, SAMARITANS, Rule

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
    "withdrawn-future": Rule(ERROR, "An episode is withdrawn at once, not on a day to come.",
        "write today, or leave `withdrawn:` out until then", OWN),
    "transcript-missing": Rule(WARNING, "Who cannot hear an episode can read it.",
        "put one beside it, or people who are deaf or at work are left out", DEAF),
    "prompts-missing": Rule(WARNING, "An episode asks something to think about.",
        "one question is enough to begin", OWN),
    "review-due": Rule(WARNING, "Facts are looked at again when they should be.",
        "check the facts again", NICE),
    "consent-missing": Rule(WARNING, "Everybody who is named has agreed to it.",
        "write what they agreed to and when, with `given_on:`", CONSENT),
    "consent-ended": Rule(WARNING, "Everybody who is named still agrees.",
        "ask again, or take them out", CONSENT),
    "contributors-missing": Rule(NOTE, "Listeners can know who made an episode.",
        "list them, with what they bring and agreed to", OWN),
    "references-missing": Rule(NOTE, "Listeners can know what an episode rests on.",
        "list at least one, of whatever kind", OWN),
    "reference-year": Rule(WARNING, "A reference says how old it is.", "write `year: 2020`", OWN),
    "reference-limits": Rule(WARNING, "A reference says what it does not show.",
        "write `limits:` and a sentence", OWN),
    "review-missing": Rule(NOTE, "Somebody has checked the facts, and wrote down when.",
        "have them checked, and write the day", NICE),
    "picture-words": Rule(WARNING, "A picture is told in words to those who cannot see it.",
        "write `picture_alt:` and what is to be seen", BLIND),
    "subject-host": Rule(WARNING, "A host's name tells no subject: it is seen on the way, even "
        "over HTTPS.", "choose another while nobody has subscribed", OWN),
    "subject-title": Rule(WARNING, "A show's title tells no hard subject: it stands on the screen "
        "of a phone that others see.", "choose another while nobody has subscribed", OWN),
    "word-commit": Rule(WARNING, "Suicide and self-harm are not committed, as crimes are.",
        'say "died by suicide" or "self-harmed"', SAMARITANS),
    "word-attempt": Rule(WARNING, "No attempt on a life is a success or a failure.",
        'say "survived" or "died by suicide"', SAMARITANS),
    "word-attention": Rule(WARNING, "Nobody is told that they only want attention.",
        "say what the person did, or needed", NICE),
    "word-person": Rule(WARNING, "A person is more than what they have done.",
        'say "people who self-harm"', NICE),
    "word-method": Rule(WARNING, "What somebody used, and how much, is left out: it can be copied.",
        "leave it out", SAMARITANS),
    "knowledge-alone": Rule(WARNING, "An episode rests on more than one kind of knowledge.",
        "whose knowledge is missing?", OWN),
}  # fmt: skip
