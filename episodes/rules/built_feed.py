"""Lists the rules for the built feed and the published files.

Everything that Earmark builds keeps them. A finding means that a file was changed later, or that
Earmark has a fault.
"""

from __future__ import annotations

from episodes.findings import Level
from episodes.rules.rule import (
    ANTENNAPOD,
    APPLE,
    APPLE_ART,
    APPLE_AUDIO,
    APPLE_CATEGORIES,
    APPLE_TAGS,
    CHAPTERS,
    DATES,
    ID3,
    ID3_CHAPTERS,
    LANGUAGES,
    NAMESPACE,
    OWN,
    PSP,
    RSS,
    SAMARITANS,
    TRANSCRIPT,
    VALIDATOR,
    Rule,
)

ERROR, WARNING, NOTE = Level.ERROR, Level.WARNING, Level.NOTE
_AGAIN = "run `earmark build --verify`; if that does not help, please report a fault in Earmark"

_FEED = {
    "feed-xml": Rule(ERROR, "A feed must be RSS 2.0 in well-formed XML, and say that it is UTF-8.",
        _AGAIN, RSS),
    "feed-namespace": Rule(ERROR, "A feed must declare its namespaces exactly, prefixes too.",
        _AGAIN, PSP),
    "feed-missing": Rule(ERROR, "A feed must have every element that directories need.",
        _AGAIN, PSP),
    "feed-advised": Rule(WARNING, "A feed should have the elements that directories ask for.",
        _AGAIN, PSP),
    "feed-once": Rule(ERROR, "An element must not be repeated if a feed may have it only once.",
        _AGAIN, VALIDATOR),
    "feed-text": Rule(ERROR, "Values in a feed must have no spaces around them and at most 255 "
        "characters.", _AGAIN, APPLE_TAGS),
    "feed-description": Rule(ERROR, "A description in a feed must have at most 4,000 bytes.",
        _AGAIN, APPLE_TAGS),
    "feed-choice": Rule(ERROR, "Words like true, serial and Yes must be spelt exactly like this "
        "in a feed.", _AGAIN, APPLE_TAGS),
    "feed-limit": Rule(ERROR, "Names in podcast: elements must be as short as the namespace asks.",
        _AGAIN, NAMESPACE),
    "feed-date": Rule(ERROR, "Dates in a feed must follow RFC 2822, with the right weekday.",
        _AGAIN, DATES),
    "feed-future": Rule(ERROR, "Dates in a feed must not be in the future: AntennaPod drops them.",
        _AGAIN, ANTENNAPOD),
    "feed-newest": Rule(ERROR, "The newest item must come first: apps work out the order from it.",
        _AGAIN, OWN),
    "feed-language": Rule(ERROR, "The language of a feed must be an ISO 639 code.",
        _AGAIN, LANGUAGES),
    "feed-category": Rule(ERROR, "Categories in a feed must be Apple's, spelt exactly as Apple "
        "spells them.", _AGAIN, APPLE_CATEGORIES),
    "feed-guid": Rule(ERROR, "Each guid in a feed must be unique, and must not be a web address.",
        _AGAIN, RSS),
    "feed-self": Rule(ERROR, "A feed must name its own web address.", _AGAIN, PSP),
    "feed-moved": Rule(ERROR, "A feed must name a new web address only while the show moves.",
        "remove it: Apple and AntennaPod move every subscriber straight away", APPLE_TAGS),
    "feed-empty": Rule(WARNING, "A feed should have an episode: directories refuse an empty one.",
        "check whether every episode is still scheduled", APPLE),
    "feed-address": Rule(ERROR, "Web addresses in a feed must be complete and in plain ASCII.",
        _AGAIN, PSP),
    "feed-file": Rule(ERROR, "Every file that a feed names must be in the built folder.",
        _AGAIN, RSS),
    "feed-picture": Rule(ERROR, "The web address of a picture must end in .jpg or .png, with "
        "nothing after it.", _AGAIN, APPLE_ART),
    "feed-length": Rule(ERROR, "A feed must give the size of each published file in bytes.",
        _AGAIN, RSS),
    "feed-audio": Rule(ERROR, "A feed must give the type of each published file: audio/mpeg, "
        "audio/x-m4a.", _AGAIN, APPLE_AUDIO),
    "feed-twice": Rule(ERROR, "Two items must not have the same published file: Apple leaves out "
        "the second.", _AGAIN, APPLE),
    "feed-number": Rule(ERROR, "Durations, episode numbers and season numbers must be whole "
        "numbers above 0.", _AGAIN, APPLE_TAGS),
    "feed-serial": Rule(ERROR, "Each full item of a serial feed must have its number.",
        _AGAIN, APPLE_TAGS),
    "feed-transcript": Rule(ERROR, "The type of a transcript must be exact: AntennaPod ignores any "
        "other.", _AGAIN, TRANSCRIPT),
    "feed-chapters": Rule(ERROR, "The type of a chapter file must be application/json+chapters.",
        _AGAIN, CHAPTERS),
    "feed-care": Rule(ERROR, "The show notes must begin with the content note and end with the "
        "sources of support.", _AGAIN, SAMARITANS),
}  # fmt: skip
_PUBLISHED = {
    "tag-version": Rule(ERROR, "A published MP3 must begin with ID3v2.3: some apps lose the "
        "chapters in 2.4.", _AGAIN, ID3),
    "tag-frames": Rule(ERROR, "A published MP3 must say what it is, even without its feed.",
        _AGAIN, ID3),
    "tag-picture": Rule(ERROR, "The picture in a published file must be a JPEG of at most 300 KB.",
        _AGAIN, ID3),
    "tag-chapters": Rule(ERROR, "Chapters in a published file must be in order of time.",
        _AGAIN, ID3_CHAPTERS),
    "tag-contents": Rule(ERROR, "Chapters in a published file must have a table of contents: "
        "Overcast needs it.", _AGAIN, ID3_CHAPTERS),
    "art-bare": Rule(ERROR, "A published picture must contain nothing but the picture: no "
        "location, no name.", _AGAIN, OWN),
    "art-ending": Rule(ERROR, "A published picture must be of the kind that its name ends in.",
        _AGAIN, APPLE_ART),
    "transcript-line": Rule(ERROR, "A line of a published transcript must have at most 65 "
        "characters, or 32 in SRT.", _AGAIN, TRANSCRIPT),
    "chapters-json": Rule(ERROR, "Published chapters must be JSON 1.2, in order, with none hidden.",
        _AGAIN, CHAPTERS),
    "audio-renewed": Rule(WARNING, "A file that has been published should not change.",
        "you do not have to do anything; apps may download it again", OWN),
}  # fmt: skip
RULES = {**_FEED, **_PUBLISHED}
