"""What becomes of a report: its token is all that it needs, and it reads nothing."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING

from web import keys
from web.listening import rules
from web.listening.arriving import Report
from web.listening.rules import Sitting

if TYPE_CHECKING:
    from web.current import Companion

LABEL = "listening"


def token(place: Companion, sitting: Sitting) -> str:
    """Return a token that adds what was heard of one episode by one listener, and nothing else."""
    sealed = keys.seal(_key(place), sitting.dump(), LABEL)
    return base64.urlsafe_b64encode(sealed).decode()


def hear(place: Companion, data: bytes) -> int:
    """Keep what a page reports; return the status that says what became of it."""
    message = rules.parse(data)
    sitting = _sitting(place, message.token) if message else None
    if message is None or sitting is None:
        return 400
    if not place.limits.allows("heard", f"{sitting.listener}"):
        return 429
    return 204 if place.reports.keep(Report(sitting, message)) else 403


def _sitting(place: Companion, token: str) -> Sitting | None:
    """Return what a token is for, None where it is none of ours or too old."""
    try:
        sealed = base64.b64decode(token, altchars=b"-_", validate=True)
        found = Sitting.load(keys.unseal(_key(place), sealed, LABEL))
    except (binascii.Error, ValueError, keys.WrongKeyError):
        return None
    age = place.now().timestamp() - found.since
    return found if 0 <= age <= rules.HOURS * 3600 else None


def _key(place: Companion) -> bytes:
    return keys.lasting(place.settings.secrets.key, LABEL)
