"""Lists the rules that protect listeners who may be distressed, and people who speak."""

from __future__ import annotations

from episodes.findings import Level
from episodes.rules.rule import BLIND, CONSENT, DEAF, NICE, OWN, SAMARITANS, Rule

ERROR, WARNING, NOTE = Level.ERROR, Level.WARNING, Level.NOTE

RULES = {
    "note-missing": Rule(WARNING, "Listeners should know what is coming before they press play.",
        "say what a listener may want to know, or write `none`", SAMARITANS),
    "note-nothing": Rule(ERROR, "A content note must say something, or be the word `none`.",
        "write `none`, or say what a listener may want to know", SAMARITANS),
    "note-short": Rule(WARNING, "A content note should be a sentence that helps people decide "
        "whether to listen.",
        "say in a sentence what the episode talks about", SAMARITANS),
    "prompt-short": Rule(WARNING, "A question should be complete, not cut in two at a comma.",
        "put a question that has a comma in quotes, or write each on its own line with `- `", OWN),
    "phone-uk": Rule(WARNING, "A UK phone number should begin with 0 or +44, or be a short "
        "number.",
        "write it as people ring it, like 0300 123 3393; spreadsheets drop the first 0",
        "https://www.ofcom.org.uk/phones-and-broadband/phone-numbers/numbering-data"),
    "text-placeholder": Rule(WARNING, "Replace every placeholder: people read these words on pages "
        "and in apps.",
        "write what you mean, or remove the line", OWN),
    "skip-order": Rule(ERROR, "A part to skip must end later than it starts.",
        "write the later time", OWN),
    "skip-beyond": Rule(ERROR, "A part to skip must be within the recording.",
        "correct the time", OWN),
    "support-missing": Rule(ERROR, "Every episode must name at least one source of support.",
        "list at least one here or in show.md", SAMARITANS),
    "support-unchecked": Rule(WARNING, "Every source of support should be checked by somebody.",
        "ring it or open it, then write the day", SAMARITANS),
    "support-old": Rule(WARNING, "Every source of support should be checked at least once a year.",
        "check it again and write the day", SAMARITANS),
    "support-future": Rule(ERROR, "The day on which somebody checked a source of support must not "
        "be in the future.",
        "write the day on which somebody checked it", OWN),
    "withdrawn-future": Rule(ERROR, "The day on which an episode was withdrawn must not be in the "
        "future: it is withdrawn straight away.",
        "write today's date, or leave out `withdrawn:` until then", OWN),
    "transcript-missing": Rule(WARNING, "People who cannot hear the episode should be able to read "
        "it.",
        "put a transcript beside episode.md, for people who are deaf or cannot play sound", DEAF),
    "prompts-missing": Rule(WARNING, "An episode should ask at least one question to think about.",
        "one question is enough to begin with", OWN),
    "review-due": Rule(WARNING, "The facts of an episode should be checked again when they are "
        "due.",
        "check the facts again", OWN),
    "consent-missing": Rule(WARNING, "Everyone who is named should have agreed to it.",
        "write what they agreed to and when, with `given_on:`", CONSENT),
    "consent-ended": Rule(WARNING, "Everyone who is named should still agree to it.",
        "ask them again, or remove their name", CONSENT),
    "contributors-missing": Rule(NOTE, "Listeners should be able to see who made an episode.",
        "list them, with what they bring and what they agreed to", OWN),
    "references-missing": Rule(NOTE, "Listeners should be able to see the sources of an episode.",
        "list at least one, of any kind", OWN),
    "reference-year": Rule(WARNING, "A reference should say how old it is.",
        "write `year: 2020`", OWN),
    "reference-limits": Rule(WARNING, "A reference should say what it does not show.",
        "write `limits:` and a sentence", OWN),
    "review-missing": Rule(NOTE, "Somebody should check the facts of an episode and write down the "
        "day.",
        "have them checked, and write the day", OWN),
    "picture-words": Rule(WARNING, "A picture should be described for people who cannot see it.",
        "write `picture_alt:` and say what the picture shows", BLIND),
    "subject-host": Rule(WARNING, "The name of the web host should not reveal the subject: others "
        "can see it on the network, even with HTTPS.",
        "choose another, before anybody has subscribed", OWN),
    "subject-title": Rule(WARNING, "The title of a show should not reveal a hard subject: other "
        "people may see the screen of the phone.",
        "choose another, before anybody has subscribed", OWN),
    "word-commit": Rule(WARNING, "Don't say 'commit' of suicide or self-harm: it is the word for a "
        "crime.",
        'say "died by suicide" or "self-harmed"', SAMARITANS),
    "word-attempt": Rule(WARNING, "Don't call a suicide attempt 'successful' or 'failed'.",
        'say "survived" or "died by suicide"', SAMARITANS),
    "word-attention": Rule(WARNING, "Don't say that someone only wants attention.",
        "say what the person did, or needed", NICE),
    "word-person": Rule(WARNING, "Don't reduce a person to what they have done.",
        'say "people who self-harm"', NICE),
    "word-method": Rule(WARNING, "Don't say which method somebody used, or how much: it can be "
        "copied.",
        "leave it out", SAMARITANS),
    "knowledge-alone": Rule(WARNING, "An episode should draw on more than one kind of knowledge.",
        "think about whose knowledge is missing", OWN),
}  # fmt: skip
