"""Signs a lead in with both factors, or by an invitation that gives them both."""

from __future__ import annotations

import base64
import binascii
import logging
from typing import TYPE_CHECKING, NamedTuple

from web import crypto
from web.desk import invitations, store, two_factor
from web.maintenance import journal
from web.maintenance.journal import Act

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection

    from web.companion import Companion
    from web.desk.forms import AcceptForm
    from web.desk.store import Invitation, Lead
    from web.settings import Settings

    Note = Callable[[Connection, Lead], object]

log = logging.getLogger("earmark.web")


class Proven(NamedTuple):
    """A secret for an app, and the half minute whose code showed that the app has it."""

    secret: bytes
    step: int


class Offer(NamedTuple):
    """A secret for an app that nobody has accepted yet; `sealed` is how its page holds it."""

    secret: bytes
    sealed: str


def enter(
    companion: Companion, name: str, password: str, code: str, note: Note | None
) -> Lead | None:
    """Return the lead whose name, password and code these are, None if one of them is wrong.

    It takes as long whichever of them it is. `note` writes down in the same transaction that the
    code is used; with None it is the one that this form used before, and still of these minutes.
    """
    now = int(companion.now().timestamp())
    with companion.database.reading() as connection:
        lead = store.find_lead(connection, name)
    secret = _unseal(companion.settings, lead) if lead else two_factor.NO_SECRET
    known = two_factor.is_password(lead.password if lead else two_factor.NOBODY, password)
    step = two_factor.step_of(secret, code, now, lead.step if lead and note else 0)
    if lead is None or step is None or not known:
        return None
    if note is None:
        return lead
    with companion.database.writing() as connection:
        taken = store.take_step(connection, lead, step)
        if taken:
            note(connection, lead)
    return lead if taken else None


def find(companion: Companion, token: str) -> Invitation | None:
    """Return the invitation of a link, None if it was used or has expired."""
    now = int(companion.now().timestamp())
    with companion.database.reading() as connection:
        return store.find_invitation(connection, invitations.digest(companion.settings, token), now)


def offer(settings: Settings, token: str, held: str = "") -> Offer:
    """Return the secret that the page of an invitation holds, a new one if it holds none."""
    key = crypto.part(settings.secrets.key, "totp offer")
    try:
        return Offer(crypto.unseal(key, base64.urlsafe_b64decode(held), token), held)
    except (binascii.Error, ValueError, crypto.WrongKeyError):
        secret = two_factor.new_secret()
        return Offer(secret, base64.urlsafe_b64encode(crypto.seal(key, secret, token)).decode())


def accept(
    companion: Companion, token: str, form: AcceptForm, proven: Proven, note: Note
) -> Lead | None:
    """Use an invitation up and return its lead, None if it was used or expired in the meantime.

    `note` writes down that it is done, in the same transaction. Raises store.TakenError.
    """
    invitation, now = find(companion, token), companion.now()
    if invitation is None:
        return None
    id_ = invitation.lead.id if invitation.lead else store.new_id()
    lead = store.Lead(
        id_,
        form.name,
        two_factor.hash_password(form.password),
        crypto.seal(_for_apps(companion.settings), proven.secret, id_, "totp"),
        proven.step,
    )
    digest, seconds = invitations.digest(companion.settings, token), int(now.timestamp())
    with companion.database.writing() as connection:
        done = store.accept(connection, digest, lead, seconds, now.date())
        if done:
            act = Act.LEAD_RENEWED if invitation.lead else Act.LEAD_JOINED
            journal.write(connection, now.date(), act, lead.name)
            note(connection, lead)
    return lead if done else None


def _unseal(settings: Settings, lead: Lead) -> bytes:
    try:
        return crypto.unseal(_for_apps(settings), lead.totp, lead.id, "totp")
    except crypto.WrongKeyError:
        log.error("a lead's second factor is damaged: set a new one with `earmark web lead reset`")  # noqa: TRY400 - where it is says nothing
        return two_factor.NO_SECRET


def _for_apps(settings: Settings) -> bytes:
    return crypto.part(settings.secrets.key, "totp")
