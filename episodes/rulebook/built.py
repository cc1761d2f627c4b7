"""Rules for what was built: found in the feed, the published files and the pages themselves."""

from __future__ import annotations

from episodes.findings import Level
from episodes.rulebook.row import OWN, Rule

ERROR, WARNING, NOTE = Level.ERROR, Level.WARNING, Level.NOTE

RULES = {
    "audio-renewed": Rule(WARNING, "What was published once keeps its bytes.",
        "subscribers will get it as a new file", OWN),
}  # fmt: skip
