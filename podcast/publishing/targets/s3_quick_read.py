"""Lists a bucket and reads one small file, without boto3's slow client.

Most publishes of a timer find that nothing has changed, and loading the client takes longer than
the two questions. Requests are signed by botocore; whatever is not a plain answer is left to the
client, which asks again and has words for what is wrong.
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

_DIGEST = "x-amz-meta-sha256"  # which we leave with each file
_S3 = "{http://s3.amazonaws.com/doc/2006-03-01/}"
PATIENCE = 20  # seconds
PAGES = 2_000  # of a thousand files each


class QuickReader:
    """Asks a bucket behind an endpoint of its own; each answer is None where it is not plain."""

    def __init__(self, bucket: Bucket) -> None:
        self._keys, region = _keys(bucket)
        self._sign = S3SigV4Auth(self._keys, "s3", bucket.region or region or "us-east-1")
        self._http = s3_connection.Session(timeout=PATIENCE)
        self._address, self._bucket = f"{bucket.endpoint}".rstrip("/"), bucket

    def listing(self, deadline: Deadline) -> dict[str, StoredFile] | None:
        """List the prefix, page after page."""
        found: dict[str, StoredFile] = {}
        more: dict[str, str] = {}
        for _ in range(PAGES):
            deadline.extend(s3_connection.BASE)
            asked = {"list-type": "2", "prefix": self._bucket.prefix, **more}
            data = self._get("", asked)
            if data is None:
                return None
            try:
                token = self._page(data, found)
            except (ElementTree.ParseError, ValueError):
                return None
            if not token:
                return found
            more = {"continuation-token": token}
        return None

    def _page(self, data: bytes, found: dict[str, StoredFile]) -> str:
        """Read one page; return what asks for the next. Raises ValueError where it is not plain."""
        page = ElementTree.fromstring(data)  # noqa: S314 - as botocore reads it
        for row in page.iter(f"{_S3}Contents"):
            key, size, mark = (row.findtext(_S3 + tag, "") for tag in ("Key", "Size", "ETag"))
            found[key.removeprefix(self._bucket.prefix)] = StoredFile(
                int(size), s3_parts.mark({"ETag": mark})
            )
        token = page.findtext(f"{_S3}NextContinuationToken", "")
        if page.findtext(f"{_S3}IsTruncated") != ("true" if token else "false"):
            raise ValueError("neither the last page nor followed by one")
        return token

    def read(self, name: str) -> bytes | None:
        """Read a small file."""
        return self._get(self._bucket.prefix + name, {})

    def _get(self, key: str, asked: dict[str, str]) -> bytes | None:
        if self._keys is None or not urlsplit(self._address).hostname:
            return None
        query = "&".join(f"{quote(k, safe='')}={quote(v, safe='')}" for k, v in asked.items())
        url = f"{self._address}/{self._bucket.name}/{quote(key)}" + (f"?{query}" if query else "")
        request = AWSRequest(method="GET", url=url)
        try:
            self._sign.add_auth(request)
            answer = self._http.send(request.prepare())
            data: bytes = answer.content
        except (BotoCoreError, ValueError):
            return None
        length, digest = (answer.headers.get(each) for each in ("Content-Length", _DIGEST))
        whole = length in {None, str(len(data))} and (length is not None or not key)
        told = digest in {None, hashlib.sha256(data).hexdigest()}
        return data if answer.status_code == 200 and whole and told else None


class _Keys(NamedTuple):
    access_key: str
    secret_key: str
    token: str | None


def _keys(bucket: Bucket) -> tuple[Any, str | None]:
    """Return credentials and region: those of the environment, else what botocore finds."""
    given = os.environ.get
    access, secret = given("AWS_ACCESS_KEY_ID"), given("AWS_SECRET_ACCESS_KEY")
    if access and secret and not bucket.profile and not given("AWS_PROFILE"):
        return _Keys(access, secret, given("AWS_SESSION_TOKEN")), given("AWS_DEFAULT_REGION")
    import botocore.session

    session = botocore.session.Session(profile=bucket.profile)
    return session.get_credentials(), session.get_config_variable("region")
