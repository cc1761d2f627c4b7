"""Translates what Python and urllib3 raise into the reasons that messages give."""

from __future__ import annotations

import http.client
import socket
import ssl
from typing import TYPE_CHECKING

from urllib3 import exceptions

from episodes.errors import EarmarkError
from podcast.network.messages import Failure

if TYPE_CHECKING:
    from podcast.network.messages import Hop

RAISED = (exceptions.HTTPError, http.client.HTTPException, OSError, ValueError)
_CERTIFICATE = {
    10: Failure.EXPIRED,
    62: Failure.STRANGER,
    64: Failure.STRANGER,
}  # X509_V_ERR_*, as OpenSSL numbers them; all others are about who signed it
_CAUSES: tuple[tuple[type[BaseException], Failure], ...] = (
    (exceptions.ProxyError, Failure.PROXY),
    (exceptions.ProxySchemeUnknown, Failure.PROXY),
    (exceptions.NameResolutionError, Failure.NAME),
    (exceptions.NewConnectionError, Failure.REFUSED),  # a subclass of the timeouts
    (exceptions.TimeoutError, Failure.SLOW),
    (exceptions.SSLError, Failure.TLS),
    (exceptions.IncompleteRead, Failure.SHORT),
    (exceptions.LocationValueError, Failure.ADDRESS),
)
# 11001 is Windows's; a temporary failure of DNS has other numbers.
_NO_SUCH_NAME = {socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME), 11001}


class FetchError(EarmarkError):
    """A file was not received or cannot be used; the text says why.

    `hops` are the redirects before that. `no_such_name` means that DNS is certain.
    """

    def __init__(
        self, reason: str, hops: tuple[Hop, ...] = (), *, no_such_name: bool = False
    ) -> None:
        super().__init__(reason)
        self.failure = reason if isinstance(reason, Failure) else Failure.BROKEN
        self.hops, self.no_such_name = hops, no_such_name


def failure_of(error: BaseException) -> Failure:
    """Return the reason in our own words: the text of an exception may contain secrets."""
    inmost = error
    for _ in range(6):
        if isinstance(inmost, ssl.SSLCertVerificationError):
            return _CERTIFICATE.get(inmost.verify_code, Failure.UNKNOWN)
        inner = next((each for each in inmost.args if isinstance(each, BaseException)), None)
        cause = inner or inmost.__cause__
        if cause is None:
            break
        inmost = cause
    failures = (failure for each in (error, inmost) for kind, failure in _CAUSES
                if isinstance(each, kind))  # fmt: skip
    timed_out = isinstance(inmost, TimeoutError)
    return next(failures, Failure.SLOW if timed_out else Failure.BROKEN)


def is_no_such_name(error: BaseException) -> bool:
    """Return whether DNS answered that a name does not exist, instead of not answering."""
    unresolved = isinstance(error, exceptions.NameResolutionError)
    return unresolved and getattr(error.__cause__, "errno", None) in _NO_SUCH_NAME
