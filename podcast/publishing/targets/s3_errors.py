"""Explains errors of S3-compatible servers and of boto3, each in one sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from botocore import exceptions, parsers

if TYPE_CHECKING:
    from podcast.publishing.destination import Bucket

ENDLESS = "lists more than 2,000,000 files; publish below a prefix of its own"
LATE = "does not answer in time; publish again to carry on"
NO_CORS = (
    "everything is published, but this storage has no CORS; set it at the CDN, or at the server in "
    "front of the storage"
)
GONE = {"404", "NoSuchKey", "NotFound"}
EMPTY = {"416", "InvalidRange"}  # the file is empty
TAKEN = {"412", "PreconditionFailed", "409", "ConditionalRequestConflict"}
_LATER = {
    "SlowDown", "RequestTimeout", "Throttling", "ThrottlingException", "ServiceUnavailable",
    "InternalError", "OperationAborted", "TooManyRequests", "RequestLimitExceeded",
}  # fmt: skip
_VAGUE = {
    "", "InvalidArgument", "InvalidRequest", "BadRequest", "NotImplemented", "Error",
    "UnsupportedOperation", "NotSupported", "MethodNotAllowed", "InvalidHeader",
}  # fmt: skip
_EXPLANATIONS = {
    "NoSuchBucket": "there is no such bucket; make it, or correct its name",
    "NoSuchKey": "the file is not there, or that is not the address of the storage; check the "
    "endpoint and the name of the bucket",
    "404": "nothing is there; check the endpoint and the name of the bucket",
    "InvalidBucketName": "that is not a valid bucket name",
    "AccessDenied": "no permission; allow these credentials to list, read, write and delete",
    "403": "no permission; allow these credentials to list, read, write and delete",
    "401": "these credentials are not accepted; check which are used",
    "Unauthorized": "these credentials are not accepted; check which are used",
    "AllAccessDisabled": "the bucket is closed; check the account",
    "AccountProblem": "the account is closed or has a bill to pay; check it",
    "InvalidAccessKeyId": "the access key is not known there; check which credentials are used",
    "InvalidToken": "the session token is not accepted; sign in again",
    "SignatureDoesNotMatch": "the secret key is wrong; check the credentials",
    "ExpiredToken": "the credentials have expired; sign in again",
    "ExpiredTokenException": "the credentials have expired; sign in again",
    "RequestTimeTooSkewed": "this computer's clock is wrong; set it, and publish again",
    "RequestExpired": "this computer's clock is wrong; set it, and publish again",
    "PermanentRedirect": "the bucket is in another region; write it as `region:`",
    "TemporaryRedirect": "the bucket is moving to another region; publish again in an hour",
    "AuthorizationHeaderMalformed": "the bucket is in another region; write it as `region:`",
    "IllegalLocationConstraintException": "the bucket is in another region; write it as `region:`",
    "MethodNotAllowed": "that is not S3-compatible storage; check the endpoint",
    "405": "that is not S3-compatible storage; check the endpoint",
    "QuotaExceeded": "the storage is full; delete something, or get more room",
    "StorageFull": "the storage is full; delete something, or get more room",
    "EntityTooLarge": "a file is larger than this storage accepts",
    "BadDigest": "a file arrived damaged; publish again",
    "InvalidObjectState": "a file is in archive storage; restore it, or use another prefix",
    "ObjectLocked": "a file is locked against changes; check the bucket's retention settings",
}
_NO_CREDENTIALS = (
    "no credentials were found; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the "
    "environment, or name a `profile:`"
)
_CUT = "an answer was cut short; publish again to carry on"
_OURS = "cannot be used as it is; check the endpoint, the region and the credentials"
_CAUSES: tuple[tuple[type[Exception], str], ...] = (
    (exceptions.NoCredentialsError, _NO_CREDENTIALS),
    (exceptions.PartialCredentialsError, "half of the credentials is missing"),
    (exceptions.ProfileNotFound, "there is no such profile on this computer"),
    (exceptions.NoRegionError, "the region is missing; write it as `region:`"),
    (exceptions.SSLError, "its certificate is not valid; nothing was sent"),
    (exceptions.EndpointConnectionError, "there is no answer there; is the network up?"),
    (exceptions.HTTPClientError, "the connection broke; publish again to carry on"),
    (exceptions.ParamValidationError, "that is not a valid bucket name"),
    (parsers.ResponseParserError, "the server there is not S3 storage; check the endpoint"),
    (KeyError, _CUT),
    (exceptions.IncompleteReadError, _CUT),
    (ValueError, "that is not a URL; write it like https://s3.example.org"),
)  # fmt: skip


def explain(error: Exception, bucket: Bucket | None = None) -> str:
    """Return what is wrong and what to do, without any part of a request or of credentials."""
    if isinstance(error, exceptions.ClientError):
        return (bucket and _in_host(error, bucket)) or _refused(error)
    causes = (reason for kind, reason in _CAUSES if isinstance(error, kind))
    ours = isinstance(error, exceptions.BotoCoreError)
    return next(causes, _OURS if ours else _CUT)


def _refused(error: exceptions.ClientError) -> str:
    reason, number = code(error), status(error)
    if known := _EXPLANATIONS.get(reason) or _EXPLANATIONS.get(str(number)):
        return known
    name = reason or str(number)
    if reason in _LATER or number in {408, 425, 429} or (number >= 500 and number != 501):
        return f"the server says {name}; try again later"
    if is_unknown(error):
        return f"the server does not understand the request ({name}); is it S3-compatible?"
    return f"the server refuses it ({name}); check the endpoint, the bucket and the credentials"


def code(error: exceptions.ClientError) -> str:
    """Return the server's error code, without characters that no code has."""
    text = str(error.response.get("Error", {}).get("Code", ""))
    return "".join(char for char in text if char.isalnum() or char in "._-")[:60]


def status(error: exceptions.ClientError) -> int:
    """Return the HTTP status of a response; 0 if it has none."""
    value: Any = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode")
    return value if isinstance(value, int) else 0


def is_unknown(error: exceptions.ClientError) -> bool:
    """Return whether a server may simply not know the header or request that it refuses."""
    number, reason = status(error), code(error)
    vague = reason in _VAGUE or reason == str(number)
    return number == 501 or (number in {400, 405, 415, 422} and vague)


def misplaced(bucket: Bucket) -> str:
    """Explain what is wrong with an endpoint that has the bucket in its path; "" if it has not."""
    parts = _parts(bucket)
    if not parts:
        return ""
    path = parts.path.strip("/")
    whole = f"{bucket.name}/{bucket.prefix}".rstrip("/")
    return _named(parts.scheme, _host(parts)) if path in {bucket.name, whole} else ""


def _in_host(error: exceptions.ClientError, bucket: Bucket) -> str:
    """Explain that an endpoint has the bucket in its host name, if the response was 404."""
    parts = _parts(bucket)
    host = _host(parts) if parts else ""
    inner = host.removeprefix(f"{bucket.name}.")
    if not parts or inner == host or status(error) != 404:
        return ""
    return _named(parts.scheme, inner)


def _parts(bucket: Bucket) -> Any:
    try:
        return urlsplit(bucket.endpoint or "")
    except ValueError:
        return None


def _host(parts: Any) -> str:
    return str(parts.netloc).rpartition("@")[2]


def _named(scheme: str, host: str) -> str:
    return f"the endpoint names the bucket too; write {scheme}://{host}"
