"""Rules for what changes after it was published."""

from __future__ import annotations

from episodes.findings import Level
from episodes.rulebook.row import OWN, RSS, Rule

ERROR, WARNING = Level.ERROR, Level.WARNING

RULES = {
    "correction-day": Rule(WARNING, "A correction was made after its episode came out, and not "
        "after today.", "write the day on which it was corrected", OWN),
    "replaced-unknown": Rule(WARNING, "What replaces an episode, or is replaced by it, is there: "
        "listeners are sent to it.",
        "write the guid of an episode of this show, or remove the line",
        OWN),
    "replaced-half": Rule(WARNING, "Of two versions each knows the other.",
        "write the other line too, as `earmark reissue` does", OWN),
    "address-former": Rule(ERROR, "Where a show lives is not where it lived before: an app would "
        "be sent round in a circle.", "remove the line from `former_addresses`", RSS),
    "clock-behind": Rule(ERROR, "A clock that is behind takes episodes out of the feed.",
        "set this computer's clock; if it is right now and was wrong then, run "
        "`earmark publish --take-over`, or `earmark build --verify` if nothing was published", OWN),
    "published-gone": Rule(WARNING, "What was published stays, or is taken back in words.",
        "bring its folder back and `earmark withdraw` it, or subscribers keep a dead link", OWN),
}  # fmt: skip
