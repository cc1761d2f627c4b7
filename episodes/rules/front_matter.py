"""Lists the rules for files, front matter and each kind of value."""

from __future__ import annotations

from episodes.findings import Level
from episodes.rules.rule import (
    ADDRESSES,
    APPLE_CATEGORIES,
    DAYS,
    LANGUAGES,
    MAIL,
    NAMESPACE,
    OWN,
    RSS,
    UNICODE,
    XML,
    YAML,
    ZONES,
    Rule,
)

ERROR, WARNING, NOTE = Level.ERROR, Level.WARNING, Level.NOTE

_FILES = {
    "folder": Rule(ERROR, "A show folder must have a show.md, and Earmark must be able to read its "
        "folders.",
        "run `earmark new show DIR`, or name the folder that has show.md", OWN),
    "file-read": Rule(ERROR, "Earmark must be able to read every file of a show.",
        "check that the file exists and that you are allowed to read it", OWN),
    "file-text": Rule(ERROR, "Text files must be UTF-8, so that every computer reads them the same "
        "way.",
        "save the file as UTF-8 (in Notepad: Save as, Encoding UTF-8)", UNICODE),
    "file-large": Rule(ERROR, "A text file must not be larger than anybody could write by hand.",
        "remove anything that is not text, or split the file", OWN),
    "file-outside": Rule(ERROR, "Every published file must be in the show folder, not behind a "
        "link to somewhere else.",
        "put the real file there, not a link", OWN),
    "file-name": Rule(ERROR, "Every computer must be able to show and type the name of a file.",
        "rename it", OWN),
    "file-named": Rule(ERROR, "A file that you name must exist under exactly that name.",
        "check the spelling, including capital letters", OWN),
    "file-kind": Rule(ERROR, "A file that you name must be of a kind that Earmark can use.",
        "name another file, or save this one in another format", OWN),
    "file-unused": Rule(WARNING, "A file with the name of a recording, picture, chapter file or "
        "transcript should be of a kind that Earmark can use.",
        "save it in another format", OWN),
    "file-unclear": Rule(ERROR, "If several files could be meant, say which one.",
        "name the one you mean", OWN),
    "lock-file": Rule(ERROR, "Earmark must be able to read earmark.lock, the record of which audio "
        "was published.",
        "get the last good one from your backup or version control", OWN),
}  # fmt: skip
_MATTER = {
    "matter-missing": Rule(ERROR, "Every show.md and episode.md must begin with `key: value` lines "
        "between two lines of `---`.",
        "write `---` on the first line, then `title: ...`, then `---` on a line of its own", OWN),
    "matter-yaml": Rule(ERROR, "Front matter must be valid YAML.",
        "check this line", YAML),
    "matter-twice": Rule(ERROR, "Write each key only once.",
        "keep one of them", YAML),
    "matter-large": Rule(ERROR, "Front matter must not be too large or nested too deeply.",
        "write the values out in full", OWN),
    "matter-character": Rule(ERROR, "Front matter must not contain characters that a feed cannot "
        "carry.",
        "delete the character and type a space instead", XML),
    "control-character": Rule(WARNING, "Text should not contain control characters: a feed cannot "
        "carry them.",
        "Earmark leaves it out; delete it from the file too", XML),
    "key-unknown": Rule(ERROR, "Use only keys that Earmark knows: anything else would be lost.",
        "look it up in docs/front-matter.md", OWN),
    "key-missing": Rule(ERROR, "Every show and every episode must have the keys that a podcast "
        "cannot do without.",
        "add it", RSS),
    "waive-unknown": Rule(WARNING, "Name a rule under `waive:`.",
        "`earmark check --explain all` lists the rules", OWN),
    "waive-error": Rule(WARNING, "Waive only warnings and suggestions: an error cannot be waived.",
        "fix the error and remove this line", OWN),
    "waive-unused": Rule(NOTE, "Keep a waiver only while there is something to waive.",
        "remove this line", OWN),
}  # fmt: skip
_VALUES = {
    "value-empty": Rule(ERROR, "Every key must have a value.",
        "write something after the colon, or remove the line", YAML),
    "value-kind": Rule(ERROR, "A value must be of the kind that its key needs.",
        "look the key up in docs/front-matter.md", OWN),
    "value-text": Rule(ERROR, "Text must be in quotes where YAML would change it.",
        "put all of it in quotes", OWN),
    "value-choice": Rule(ERROR, "If a key has a list of words to choose from, use one of them.",
        "write one of them", OWN),
    "value-number": Rule(ERROR, "A number must be a whole number; `true` is not a number.",
        "write one, like 3", RSS),
    "value-long": Rule(ERROR, "A value must not be longer than feeds and apps allow.",
        "shorten it", NAMESPACE),
    "value-time": Rule(ERROR, "Write a time in a recording as minutes and seconds.",
        'write minutes and seconds in quotes, like "12:34" or "1:02:03"', NAMESPACE),
    "value-link": Rule(ERROR, "A link must be a complete web address.",
        "write all of it, starting with https://", ADDRESSES),
    "value-address": Rule(ERROR, "The web address of a show must be that of a folder.",
        "write it without ?, # or @, like https://example.org/talks/", ADDRESSES),
    "value-email": Rule(ERROR, "An email address must be one that people can write to.",
        "write one like training@example.org", MAIL),
    "value-language": Rule(ERROR, "Write a language as an ISO 639 code, with hyphens: en, en-gb, "
        "cy, sco.",
        "write one like en-gb, cy or en", LANGUAGES),
    "value-category": Rule(ERROR, "A category must be one of Apple's, spelt exactly as Apple "
        "spells it.",
        'copy one from Apple\'s list, like "Education > Courses"', APPLE_CATEGORIES),
    "value-guid": Rule(ERROR, "A guid must be a single line, and must never change.",
        "remove the line and run `earmark check --fix`", RSS),
    "value-uuid": Rule(ERROR, "The guid of a show must be a UUID.",
        "remove the line and run `earmark check --fix`", f"{NAMESPACE}#guid"),
    "value-slug": Rule(ERROR, "A name in a web address must use only a to z, 0 to 9 and hyphens.",
        "write one like talking-with-parents", ADDRESSES),
    "value-phone": Rule(ERROR, "A phone number must be one that people can ring.",
        "write digits and spaces, like 116 123; put anything else under `hours:` or `note:`",
        "https://www.rfc-editor.org/rfc/rfc3966"),
    "value-date": Rule(ERROR, "Write a date as year, month and day, and choose a day that exists.",
        "write year, month and day, like 2026-05-03 or 2026-05-03 07:00", DAYS),
    "value-day": Rule(ERROR, "Write a day as year, month and day, without a time.",
        "write only the day, like 2026-05-03", DAYS),
    "value-zone": Rule(ERROR, "A time zone must be one of the IANA time zones.",
        "write one like Europe/London", ZONES),
}  # fmt: skip
RULES = {**_FILES, **_MATTER, **_VALUES}
