"""Verifies a lead's two factors: a password under argon2id, and the six digits of an app (TOTP).

The only door to argon2-cffi, and to the TOTP of `cryptography`.
"""

from __future__ import annotations

import base64
import hmac
import secrets
import unicodedata
from urllib.parse import quote

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from episodes.text import random_text
from web import typed_text
from web.limits import hash_queue

# RFC 9106, its second recommendation: 64 MiB, a twentieth of a second. Said here, so that a new
# version of the library does not tell a name that is known from one that is not, by the time.
PASSES, MEMORY, LANES, SALT, HASH = 3, 64 * 1024, 4, 16, 32
# RFC 6238 as every app does it: other digits, hashes and times are ignored by some of them.
SECRET, DIGITS, SECONDS = 20, 6, 30
TOLERANCE = 1  # steps that a clock may be ahead or behind

_hasher = PasswordHasher(PASSES, MEMORY, LANES, HASH, SALT)


def _unmatched() -> str:
    """Return a hash at the usual cost that no password has."""
    salt, digest = (
        base64.b64encode(secrets.token_bytes(size)).decode().rstrip("=") for size in (SALT, HASH)
    )
    return f"$argon2id$v=19$m={MEMORY},t={PASSES},p={LANES}${salt}${digest}"


NOBODY = _unmatched()  # what a password is compared with where there is no such lead
NO_SECRET = secrets.token_bytes(SECRET)  # the same for a code


def hash_password(password: str) -> str:
    """Return what is kept of a password. Raises BusyError."""
    return hash_queue.queue.compute(lambda: _hasher.hash(_normal(password)))


def is_password(hashed: str, password: str) -> bool:
    """Return whether a password is the one that was hashed; it takes equally long if not.

    Raises BusyError.
    """
    try:
        return hash_queue.queue.compute(lambda: _hasher.verify(hashed, _normal(password)))
    except (VerificationError, InvalidHashError):
        return False


def _normal(password: str) -> bytes:
    # The same letters from another keyboard may be other bytes.
    return unicodedata.normalize("NFKC", password).encode()


def new_secret() -> bytes:
    """Return a new secret for an app; no word in it hurts the person who types it."""
    while True:
        secret = secrets.token_bytes(SECRET)
        if random_text.is_harmless(spelled(secret)):
            return secret


def code_at(secret: bytes, step: int) -> str:
    """Return the six digits of one half minute since 1970."""
    sha1 = SHA1()  # noqa: S303 - what apps know, and an HMAC: RFC 6238 section 1.2
    return TOTP(secret, DIGITS, sha1, SECONDS).generate(step * SECONDS).decode()


def step_of(secret: bytes, code: str, now: int, after: int) -> int | None:
    """Return the half minute whose code this is, None where it is none of now.

    `after` is the last one whose code was taken: neither that nor an earlier one counts again.
    """
    digits = typed_text.digits(code).encode()
    current = now // SECONDS
    steps = range(current - TOLERANCE, current + TOLERANCE + 1)
    fitting = [
        step for step in steps if hmac.compare_digest(code_at(secret, step).encode(), digits)
    ]
    return max((step for step in fitting if step > after), default=None)


def spelled(secret: bytes) -> str:
    """Return a secret as it is typed into an app, in groups of four."""
    text = base64.b32encode(secret).decode()
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


def address(secret: bytes, organisation: str) -> str:
    """Return the address that an app understands; it names the organisation, and no person."""
    # A colon would split the label again, and some apps show a plus where others see a space.
    issuer = quote(organisation.replace(":", " "), safe="")
    known = base64.b32encode(secret).decode()
    return (
        f"otpauth://totp/{issuer}:desk?secret={known}&issuer={issuer}"
        f"&algorithm=SHA1&digits={DIGITS}&period={SECONDS}"
    )
