"""Derives keys and encrypts texts: only a learner's phrase decrypts what they wrote.

One scrypt over the phrase and the companion's pepper gives one secret; HKDF makes two of it: the
id by which the learner is found, and the key that wraps their data key. Every text is AES-GCM under
the data key, bound to its learner and its row. The only door to `cryptography` and to scrypt.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from episodes.errors import EarmarkError

SIZE = 32  # bytes of every key
TAG = 16  # bytes of AES-GCM
NONCE = 12  # bytes, random: far below the 2**32 texts under one key at which GCM needs care
BLOCK = 256  # bytes: texts are filled up to a multiple of it, so that their length says little
# 32 MiB and about a tenth of a second. OWASP's cheat sheet asks for three lanes at this cost: it is
# about passwords that people choose, and a phrase is drawn, with more than 60 bits.
COST, BLOCKS, LANES = 2**15, 8, 1
MEMORY = 64 * 1024 * 1024  # OpenSSL refuses these costs at its own default of 32 MiB


class WrongKeyError(EarmarkError):
    """A text cannot be decrypted: wrong key, wrong row, or changed bytes."""


class Opened(NamedTuple):
    """The keys of a phrase: `lookup` finds the learner, `wrapping` decrypts their data key."""

    lookup: bytes
    wrapping: bytes


def random() -> bytes:
    """Return a new key."""
    return secrets.token_bytes(SIZE)


def derive(phrase: str, pepper: bytes) -> Opened:
    """Return the keys derived from a phrase; takes about 0.1 seconds and 32 MiB of memory."""
    secret = hashlib.scrypt(
        normal(phrase), salt=pepper, n=COST, r=BLOCKS, p=LANES, maxmem=MEMORY, dklen=SIZE
    )
    return Opened(part(secret, "lookup"), part(secret, "wrapping"))


def normal(phrase: str) -> bytes:
    """Return the phrase normalised: its letters only, however they were typed or separated.

    No word of the list begins another, so nothing is lost.
    """
    plain = unicodedata.normalize("NFKD", phrase).casefold()
    return re.sub("[^a-z]", "", plain).encode()


def of_session(secret: bytes) -> Opened:
    """Return the digest by which a session is found, and the key that wraps what it holds."""
    return Opened(part(secret, "session"), part(secret, "session wrapping"))


def digest(key: bytes, purpose: str, text: str) -> bytes:
    """Return a keyed digest, by which a code or a token is found without being stored.

    `key` is of the settings: what is made of it is kept in memory, as it is.
    """
    return hmac.digest(lasting(key, purpose), text.encode(), "sha256")


@lru_cache(maxsize=64)
def lasting(key: bytes, label: str) -> bytes:
    """Return `part` of a key that the settings hold, made once and not at each request."""
    return part(key, label)


def part(secret: bytes, label: str) -> bytes:
    """Return the key that a secret gives for one purpose."""
    return HKDF(SHA256(), SIZE, None, f"earmark {label}".encode()).derive(secret)


def seal(key: bytes, data: bytes, *about: str) -> bytes:
    """Encrypt a text; it decrypts only with the same `about` (owner, row, field)."""
    nonce = secrets.token_bytes(NONCE)
    filled = len(data).to_bytes(4, "big") + data
    filled += bytes(-len(filled) % BLOCK)
    return nonce + AESGCM(key).encrypt(nonce, filled, _bound(about))


def unseal(key: bytes, sealed: bytes, *about: str) -> bytes:
    """Decrypt. Raises WrongKeyError."""
    try:
        filled = AESGCM(key).decrypt(sealed[:NONCE], sealed[NONCE:], _bound(about))
    except (InvalidTag, ValueError, TypeError, AttributeError):  # a damaged row may hold anything
        raise WrongKeyError("this text does not open with that key") from None
    return filled[4 : 4 + int.from_bytes(filled[:4], "big")]


def may_be_sealed(data: bytes) -> bool:
    """Return whether the length is one that `seal` gives; only the key can tell more."""
    return len(data) > NONCE + TAG and (len(data) - NONCE - TAG) % BLOCK == 0


def _bound(about: tuple[str, ...]) -> bytes:
    return b"".join(len(each.encode()).to_bytes(4, "big") + each.encode() for each in about)
