"""Lists the rules for changes to what is published: corrections, newer versions, moves."""

from __future__ import annotations

from episodes.findings import Level
from episodes.rules.rule import OWN, RSS, Rule

ERROR, WARNING = Level.ERROR, Level.WARNING

RULES = {
    "correction-day": Rule(WARNING, "A correction should be dated after its episode was published, "
        "and not in the future.",
        "write the day on which it was corrected", OWN),
    "replaced-unknown": Rule(WARNING, "The episode that replaces another, or is replaced by it, "
        "should exist: listeners are sent to it.",
        "write the guid of an episode of this show, or remove the line", OWN),
    "replaced-half": Rule(WARNING, "If an episode replaces another, each should name the other.",
        "write the other line too, as `earmark reissue` does", OWN),
    "address-former": Rule(ERROR, "The web address of a show must not be one of its former "
        "addresses: apps would be sent round in a circle.",
        "remove the line from `former_addresses`", RSS),
    "clock-behind": Rule(ERROR, "This computer's clock must not be behind: published episodes "
        "would drop out of the feed.",
        "set this computer's clock; if it is right now and was wrong then, run `earmark publish "
        "--take-over`, or `earmark build --verify` if nothing was published", OWN),
    "published-gone": Rule(WARNING, "A published episode should stay, or be withdrawn with a "
        "notice on its page.",
        "restore its folder; to remove the episode, run `earmark withdraw`, which leaves a "
        "notice on its page",
        OWN),
}  # fmt: skip
