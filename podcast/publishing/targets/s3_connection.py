"""Opens boto3's client for S3-compatible storage; limits the time and size of each transfer.

The timeout of a socket begins again with every byte, so each method of the target also has a
deadline, which grows with what is sent. Responses are read up to a limit, whatever their headers
say.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any

from botocore import exceptions, parsers
from botocore.awsrequest import (
    AWSHTTPConnection,
    AWSHTTPConnectionPool,
    AWSHTTPSConnection,
    AWSHTTPSConnectionPool,
)
from botocore.config import Config
from botocore.httpsession import URLLib3Session
from botocore.utils import get_environ_proxies
from urllib3.exceptions import HTTPError

from episodes.deadline import Watched
from episodes.text.bounded_read import read_bounded

if TYPE_CHECKING:
    from collections.abc import Callable

    from podcast.publishing.destination import Bucket

ATTEMPTS = 5  # with a growing pause between them
CONNECT, PATIENCE = 10, 60  # seconds to connect, and without a byte
BASE, SLOWEST = 300, 16_000  # seconds for a request, and one more for so many bytes
WHOLE = PATIENCE * SLOWEST  # bytes sent in one call, which cannot be timed inside
LARGEST = 64_000_000  # bytes of a response or of a small file
RAISED = (
    exceptions.ClientError, exceptions.BotoCoreError, parsers.ResponseParserError, HTTPError,
    ValueError, KeyError,
)  # fmt: skip


class _Whole:
    """Mixed into a connection: sends headers and body in one call.

    Some servers empty a file as soon as they have read the headers. If this process were killed
    between the two calls, the old file would be lost.
    """

    _body: bytes | None = None

    def request(self, method: str, url: str, body: Any = None, *given: Any, **more: Any) -> Any:
        """Send a request."""
        self._body = body if isinstance(body, bytes) else None
        left = body if self._body is None else None
        return super().request(method, url, left, *given, **more)  # type: ignore[misc]

    def endheaders(self, message_body: Any = None, **more: Any) -> None:
        """Send the headers together with the body."""
        body, self._body = self._body, None
        super().endheaders(message_body or body, **more)  # type: ignore[misc]


class _Connection(_Whole, Watched, AWSHTTPConnection):  # type: ignore[misc]
    pass


class _TlsConnection(_Whole, Watched, AWSHTTPSConnection):  # type: ignore[misc]
    pass


class _Pool(AWSHTTPConnectionPool):  # type: ignore[misc]
    ConnectionCls = _Connection


class _TlsPool(AWSHTTPSConnectionPool):  # type: ignore[misc]
    ConnectionCls = _TlsConnection


class ServerClock:
    """How far a server's clock is ahead of ours, by the date of its last response."""

    def __init__(self) -> None:
        self._ahead: timedelta | None = None  # a length: this computer may sleep in between

    def note(self, answer: Any) -> None:
        """Note the date of a response; one of a failing server or without a date is ignored."""
        try:
            date = parsedate_to_datetime(answer.headers["date"])
        except (KeyError, TypeError, ValueError):
            return
        if answer.status_code < 300:
            date = date if date.tzinfo else date.replace(tzinfo=UTC)
            self._ahead = date - datetime.now(UTC)

    def now(self) -> datetime | None:
        """Return the time of the server; None if no response said it."""
        return None if self._ahead is None else datetime.now(UTC) + self._ahead


class Session(URLLib3Session):  # type: ignore[misc]
    """Sends botocore's requests; each ends at the deadline of its thread."""

    def __init__(self, clock: ServerClock, **given: Any) -> None:
        super().__init__(**given)
        self._clock = clock
        self._pool_classes_by_scheme.update(http=_Pool, https=_TlsPool)

    def send(self, request: Any) -> Any:
        """Send a request without waiting for "100 Continue"; read the response up to a limit."""
        streamed = request.stream_output
        request.stream_output = True
        request.headers.pop("Expect", None)
        if isinstance(request.body, BytesIO) and request.body.getbuffer().nbytes <= WHOLE:
            request.body = request.body.getvalue()
        answer = super().send(request)
        self._clock.note(answer)
        if not streamed or answer.status_code >= 300:
            try:
                answer._content = read_bounded(answer.raw.read, LARGEST)
            except (HTTPError, OSError, ValueError) as error:
                answer.raw.close()
                raise exceptions.HTTPClientError(error=error) from None
        return answer


def seconds(size: int) -> float:
    """Return how long a request may take that sends `size` bytes."""
    return BASE + size / SLOWEST


def open_client(
    bucket: Bucket, parallel: int, check: Callable[[Any], None], clock: ServerClock
) -> Any:
    """Return boto3's client for a bucket; call `check` with each file before it is sent."""
    import boto3
    import botocore.session

    config = Config(
        retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
        request_checksum_calculation="when_required",  # some servers refuse the default ones
        response_checksum_validation="when_required",
        s3={
            "addressing_style": "path" if bucket.endpoint else "auto",
            "payload_signing_enabled": True,  # send the SHA-256 of every body
        },
    )
    core = botocore.session.Session(profile=bucket.profile)
    times = core.get_component("response_parser_factory")
    times.set_parser_defaults(timestamp_parser=str)  # parsing takes two thirds of a long listing
    session = boto3.session.Session(botocore_session=core)
    client = session.client(
        "s3", endpoint_url=bucket.endpoint, region_name=bucket.region, config=config
    )
    trusted = core.get_config_variable("ca_bundle") or os.environ.get("REQUESTS_CA_BUNDLE")
    http = Session(
        clock,
        verify=trusted or True,
        proxies=get_environ_proxies(client.meta.endpoint_url),
        timeout=(CONNECT, PATIENCE),
        max_pool_connections=parallel + 2,
    )

    def send(request: Any, event_name: str, **_: object) -> Any:
        if event_name.endswith(".PutObject"):
            check(request)
        return http.send(request)

    client.meta.events.register("before-send.s3", send)
    return client
