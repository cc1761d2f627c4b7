"""Lists a bucket and reads one small file, without boto3's slow client.

Most publishes of a timer find that nothing has changed, and loading the client takes longer than
the two requests. botocore signs them; unless the response is plain and whole, boto3's client asks
again and explains what is wrong (docs/decisions/0050).
"""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote, urlsplit
from xml.etree import ElementTree

from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.exceptions import BotoCoreError

from podcast.publishing.targets import s3_connection, s3_parts
from podcast.publishing.targets.contract import StoredFile

if TYPE_CHECKING:
    from episodes.deadline import Deadline
    from podcast.publishing.destination import Bucket

_DIGEST = "x-amz-meta-sha256"  # uploaded with each file
_S3 = "{http://s3.amazonaws.com/doc/2006-03-01/}"
PATIENCE = 20  # seconds
PAGES = 2_000  # of a thousand files each


class QuickAnswer(NamedTuple):
    """What a server said about one file: its bytes, or None if there is no such file."""

    data: bytes | None


class QuickReader:
    """Reads a bucket at a named endpoint; returns None if a response is not plain and whole."""

    def __init__(self, bucket: Bucket, clock: s3_connection.ServerClock) -> None:
        self._keys, region = _keys(bucket)
        self._sign = S3SigV4Auth(self._keys, "s3", bucket.region or region or "us-east-1")
        self._http = s3_connection.Session(clock, timeout=PATIENCE)
        self._address, self._bucket = f"{bucket.endpoint}".rstrip("/"), bucket

    def listing(self, deadline: Deadline) -> dict[str, StoredFile] | None:
        """List the prefix, page after page."""
        files: dict[str, StoredFile] = {}
        more: dict[str, str] = {}
        for _ in range(PAGES):
            deadline.extend(s3_connection.BASE)
            parameters = {"list-type": "2", "prefix": self._bucket.prefix, **more}
            answer = self._get("", parameters)
            if answer is None or answer.data is None:
                return None
            try:
                token = self._page(answer.data, files)
            except (ElementTree.ParseError, ValueError):
                return None
            if not token:
                return files
            more = {"continuation-token": token}
        return None

    def _page(self, data: bytes, files: dict[str, StoredFile]) -> str:
        """Read one page; return the token of the next one. Raises ValueError if it is not whole."""
        page = ElementTree.fromstring(data)  # noqa: S314 - as botocore reads it
        for row in page.iter(f"{_S3}Contents"):
            key, size, mark = (row.findtext(_S3 + tag, "") for tag in ("Key", "Size", "ETag"))
            files[key.removeprefix(self._bucket.prefix)] = StoredFile(
                int(size), s3_parts.mark({"ETag": mark})
            )
        token = page.findtext(f"{_S3}NextContinuationToken", "")
        if page.findtext(f"{_S3}IsTruncated") != ("true" if token else "false"):
            raise ValueError("a page that is not the last and has no next")
        return token

    def read(self, name: str) -> QuickAnswer | None:
        """Read a small file, or hear that there is none."""
        return self._get(self._bucket.prefix + name, {})

    def _get(self, key: str, parameters: dict[str, str]) -> QuickAnswer | None:
        if self._keys is None or not urlsplit(self._address).hostname:
            return None
        query = "&".join(f"{quote(k, safe='')}={quote(v, safe='')}" for k, v in parameters.items())
        url = f"{self._address}/{self._bucket.name}/{quote(key)}" + (f"?{query}" if query else "")
        request = AWSRequest(method="GET", url=url)
        try:
            self._sign.add_auth(request)
            response = self._http.send(request.prepare())
            data: bytes = response.content
        except (BotoCoreError, ValueError):
            return None
        length, digest = (response.headers.get(each) for each in ("Content-Length", _DIGEST))
        whole = length in {None, str(len(data))} and (length is not None or not key)
        unchanged = digest in {None, hashlib.sha256(data).hexdigest()}
        if response.status_code == 404 and whole and _names_no_key(data):
            return QuickAnswer(None)
        return QuickAnswer(data) if response.status_code == 200 and whole and unchanged else None


def _names_no_key(data: bytes) -> bool:
    """Return whether an error is about the file only: a missing bucket is explained by boto3."""
    try:
        error = ElementTree.fromstring(data)  # noqa: S314 - as botocore reads it
    except (ElementTree.ParseError, ValueError):
        return False
    return error.findtext("Code") == "NoSuchKey"


class _Keys(NamedTuple):
    access_key: str
    secret_key: str
    token: str | None


def _keys(bucket: Bucket) -> tuple[Any, str | None]:
    """Return credentials and region from the environment, otherwise as botocore finds them."""
    given = os.environ.get
    access, secret = given("AWS_ACCESS_KEY_ID"), given("AWS_SECRET_ACCESS_KEY")
    if access and secret and not bucket.profile and not given("AWS_PROFILE"):
        return _Keys(access, secret, given("AWS_SESSION_TOKEN")), given("AWS_DEFAULT_REGION")
    import botocore.session

    session = botocore.session.Session(profile=bucket.profile)
    return session.get_credentials(), session.get_config_variable("region")
