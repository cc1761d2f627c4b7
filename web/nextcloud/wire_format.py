"""Writes the JSON of gpoddersync; pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from web.sync import actions

if TYPE_CHECKING:
    from web.sync.exchange import AnsweredAction

UNKNOWN = -1
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9 ._-]{0,30}")
PLAIN = {"okhttp", "Mozilla", "python-requests", "curl", "Dart", "Python-urllib"}


def action(line: AnsweredAction) -> dict[str, Any]:
    """Return an action: the kind in capitals, and always every key."""
    started, position, total = line.places or (UNKNOWN,) * 3
    return {
        "podcast": line.podcast,
        "episode": line.episode,
        "guid": line.guid,
        "action": line.kind.upper(),
        "timestamp": actions.format_time(line.at),
        "started": started,
        "position": position,
        "total": total,
    }


def app_name(agent: str) -> str:
    """Return what an app calls itself, "" if it only names its HTTP library."""
    match = _NAME.match(agent.partition("/")[0].strip())
    name = match[0].strip() if match else ""
    return "" if name in PLAIN else name
