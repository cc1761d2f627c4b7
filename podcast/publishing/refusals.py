"""What S3-compatible servers refuse, and what boto3 cannot do, each in one sentence."""

from __future__ import annotations

from botocore import exceptions

_SAID = {
    "NoSuchBucket": "there is no such bucket; make it, or correct its name",
    "AccessDenied": "these credentials may not do that; allow them to list, read, write and delete",
    "403": "these credentials may not do that; allow them to list, read, write and delete",
    "AllAccessDisabled": "the bucket is closed; look at the account",
    "InvalidAccessKeyId": "the access key is not known there; check which credentials are used",
    "SignatureDoesNotMatch": "the secret key is wrong; check the credentials",
    "ExpiredToken": "the credentials have expired; sign in again",
    "ExpiredTokenException": "the credentials have expired; sign in again",
    "RequestTimeTooSkewed": "this computer's clock is wrong; set it, and publish again",
    "PermanentRedirect": "the bucket is in another region; write it as `region:`",
    "AuthorizationHeaderMalformed": "the bucket is in another region; write it as `region:`",
    "QuotaExceeded": "the storage is full",
    "EntityTooLarge": "a file is larger than this storage takes",
}
_NOBODY = (
    "no credentials were found; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the "
    "environment, or name a `profile:`"
)
_CAUSES: tuple[tuple[type[Exception], str], ...] = (
    (exceptions.NoCredentialsError, _NOBODY),
    (exceptions.PartialCredentialsError, "half of the credentials is missing"),
    (exceptions.ProfileNotFound, "there is no such profile on this computer"),
    (exceptions.NoRegionError, "the region is missing; write it as `region:`"),
    (exceptions.SSLError, "its certificate is not valid; nothing was sent"),
    (exceptions.EndpointConnectionError, "nobody answers there; is the network up?"),
    (exceptions.HTTPClientError, "the connection broke; publish again, and it goes on"),
    (exceptions.ParamValidationError, "that is not a name a bucket can have"),
    (ValueError, "that is not an address; write it like https://s3.example.org"),
)  # fmt: skip


def words(error: Exception) -> str:
    """Say what is wrong and what to do; nothing of a request or of credentials is repeated."""
    if isinstance(error, exceptions.ClientError):
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", "?")
        return _SAID.get(code(error), f"the server says {code(error) or status}; try again later")
    causes = (said for kind, said in _CAUSES if isinstance(error, kind))
    return next(causes, f"cannot be used ({type(error).__name__})")


def code(error: exceptions.ClientError) -> str:
    """Return the server's own word for it."""
    return str(error.response.get("Error", {}).get("Code", ""))
