"""Accepts a listening report authenticated by its token alone; reads nothing else."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING

from web import crypto
from web.listening import rules
from web.listening.report_store import ListeningReport
from web.listening.rules import Sitting

if TYPE_CHECKING:
    from web.companion import Companion

LABEL = "listening"


def make_token(companion: Companion, sitting: Sitting) -> str:
    """Return a token that adds what was heard of one episode by one listener, and nothing else."""
    sealed = crypto.seal(_key(companion), sitting.dump(), LABEL)
    return base64.urlsafe_b64encode(sealed).decode()


def receive_report(companion: Companion, data: bytes) -> int:
    """Store a page's report; return the HTTP status.

    After 403 (switched off) and 410 (open for too long) the page stops; after any other it keeps
    what it has and sends it again.
    """
    message = rules.parse(data)
    sitting = _sitting(companion, message.token) if message else None
    if message is None or sitting is None:
        return 400
    now, watch = companion.now().timestamp(), companion.stopwatch
    open_for = rules.open_for(sitting, now, watch.name, watch.seconds())
    if open_for > rules.HOURS * 3600:
        return 410
    if not companion.limits.allows("heard", f"{sitting.listener}"):
        return 429
    sitting = sitting._replace(since=int(now - open_for))
    return 204 if companion.reports.add(ListeningReport(sitting, message)) else 403


def _sitting(companion: Companion, token: str) -> Sitting | None:
    """Return the sitting in a token, None if the token is not ours."""
    try:
        sealed = base64.b64decode(token, altchars=b"-_", validate=True)
        return Sitting.load(crypto.unseal(_key(companion), sealed, LABEL))
    except (binascii.Error, ValueError, crypto.WrongKeyError):
        return None


def _key(companion: Companion) -> bytes:
    return crypto.lasting(companion.settings.secrets.key, LABEL)
