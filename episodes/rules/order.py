"""Lists the rules for the order of episodes in a serial show or a course."""

from __future__ import annotations

from episodes.findings import Level
from episodes.rules.rule import APPLE_TAGS, NAMESPACE, OWN, Rule

ERROR, WARNING = Level.ERROR, Level.WARNING

RULES = {
    "number-missing": Rule(ERROR, "Every full episode of a serial show or a course must have a "
        "number.",
        "write `number: 1` and so on; `earmark check --fix` does so if only one number is possible",
        APPLE_TAGS),
    "display-twice": Rule(WARNING, "Two episodes of a season should not be shown with the same "
        "number.",
        "change one `display:`, or remove it", OWN),
    "number-order": Rule(WARNING, "Numbers should follow the dates: apps sort by one or the other.",
        "change the number or the date", APPLE_TAGS),
    # Only of serial shows and courses: every app must have the same order.
    "course-type": Rule(ERROR, "A course must be serial, so that apps begin with the first "
        "episode.",
        "write `type: serial`, as `earmark check --fix` does", APPLE_TAGS),
    "course-order": Rule(ERROR, "In a serial show or a course, numbers must go up with the dates: "
        "some apps sort by one, some by the other.",
        "change the number or the date", APPLE_TAGS),
    "number-twice": Rule(ERROR, "In a serial show or a course, two full episodes of a season must "
        "not have the same number.",
        "write the next number", APPLE_TAGS),
    "number-gap": Rule(WARNING, "A serial show or a course should not leave a number out: "
        "listeners would look for the missing episode.",
        "close the gap, or waive this and say why there is one", OWN),
    "season-missing": Rule(ERROR, "In a serial show or a course, either every full episode must "
        "have a season, or none.",
        "write `season:` and its number", APPLE_TAGS),
    "season-order": Rule(ERROR, "In a serial show or a course, a season must end before the next "
        "one begins.",
        "change the season or the date", APPLE_TAGS),
    "season-name": Rule(WARNING, "If a serial show or a course has more than one season, each "
        "should have a name.",
        "write `seasons:` and one line for each below it, like `1: Before you start`",
        f"{NAMESPACE}#season"),
}  # fmt: skip
