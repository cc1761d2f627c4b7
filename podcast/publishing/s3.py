"""S3-compatible storage as a target: the only door to boto3.

Every put is checked twice: what is sent has the SHA-256 of the plan, and the server's digest of
what it got (its ETag, else the bytes read back) is that of what was sent. Credentials come from
where boto3 finds them, and go nowhere else.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cached_property
from typing import IO, TYPE_CHECKING, Any

from botocore import exceptions
from botocore.config import Config

from podcast.publishing import headers, refusals
from podcast.publishing.glance import Glance
from podcast.publishing.target import ChangedError, Content, Seen, TargetError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from podcast.publishing.settings import Bucket

PART = 16 << 20  # bytes; larger files go up in parts of this size, and an interrupted one goes on
ATTEMPTS = 5  # with a growing pause between them
PATIENCE = 60  # seconds without a byte
_GONE = {"404", "NoSuchKey", "NotFound"}
_TAKEN = {"412", "PreconditionFailed", "409", "ConditionalRequestConflict"}


class S3:
    """Keeps the contract of `target.Target` in a bucket, below a prefix."""

    parallel = 10

    def __init__(self, bucket: Bucket) -> None:
        self._bucket, self._prefix, self.words = bucket.name, bucket.prefix, bucket.words
        self._place = bucket

    @cached_property
    def _s3(self) -> Any:
        """The client, made when it is needed: that takes longer than a publish of nothing."""
        import boto3
        import botocore.session

        bucket = self._place
        config = Config(
            retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
            connect_timeout=10,
            read_timeout=PATIENCE,
            max_pool_connections=self.parallel + 2,
            request_checksum_calculation="when_required",  # some servers refuse the default ones
            response_checksum_validation="when_required",
            s3={
                "addressing_style": "path" if bucket.endpoint else "auto",
                "payload_signing_enabled": True,  # the server is told the SHA-256 of every body
            },
        )
        with self._said():
            core = botocore.session.Session(profile=bucket.profile)
            times = core.get_component("response_parser_factory")
            times.set_parser_defaults(timestamp_parser=str)  # two in three parts of a long listing
            session = boto3.session.Session(botocore_session=core)
            client = session.client(
                "s3", endpoint_url=bucket.endpoint, region_name=bucket.region, config=config
            )
        client.meta.events.register("before-send.s3.PutObject", _check_sent)
        return client

    @cached_property
    def _glance(self) -> Glance | None:
        with self._said():
            return Glance(self._place) if self._place.endpoint else None

    def _at(self, name: str) -> dict[str, str]:
        return {"Bucket": self._bucket, "Key": self._prefix + name}

    @contextlib.contextmanager
    def _said(self) -> Iterator[None]:
        """Turn what boto3 raises into one sentence without credentials in it."""
        try:
            yield
        except (exceptions.ClientError, exceptions.BotoCoreError, ValueError) as error:
            raise TargetError(f"{self.words}: {refusals.words(error)}") from None

    def listing(self) -> dict[str, Seen]:
        """List the prefix, a thousand files to a page."""
        glanced = self._glance.listing() if self._glance else None
        if glanced is not None:
            return glanced
        pages = self._s3.get_paginator("list_objects_v2")
        found = {}
        with self._said():
            for page in pages.paginate(Bucket=self._bucket, Prefix=self._prefix):
                for row in page.get("Contents", ()):
                    name = row["Key"].removeprefix(self._prefix)
                    found[name] = Seen(row["Size"], row["ETag"].strip('"'))
        return found

    def clock(self) -> datetime | None:
        """Return what time the server says that it is."""
        with self._said():
            answer = self._s3.list_objects_v2(Bucket=self._bucket, Prefix=self._prefix, MaxKeys=1)
        try:
            said = parsedate_to_datetime(answer["ResponseMetadata"]["HTTPHeaders"]["date"])
        except (KeyError, TypeError, ValueError):
            return None
        return said if said.tzinfo else said.replace(tzinfo=UTC)

    def tidy(self) -> None:
        """Do nothing: an object appears whole, and parts are gone on with or aborted."""

    def read(self, name: str) -> bytes | None:
        """Get a small file whole; a truncated answer is asked for again."""
        glanced = self._glance.read(name) if self._glance else None
        if glanced is not None:
            return glanced
        with self._said():
            for left in reversed(range(ATTEMPTS)):
                try:
                    data: bytes = self._s3.get_object(**self._at(name))["Body"].read()
                except exceptions.ClientError as error:
                    if refusals.code(error) in _GONE:
                        return None
                    raise
                except (exceptions.HTTPClientError, exceptions.IncompleteReadError):
                    if not left:
                        raise
                else:
                    return data
        return None

    def digest(self, name: str) -> str:
        """Ask for the digest that we left with the file; hash the file where there is none."""
        with self._said():
            head = self._head(name)
            return head["Metadata"].get("sha256") or self._hash(name) if head else ""

    def _head(self, name: str) -> Any:
        """Return what is known of a file, None where it has gone."""
        try:
            return self._s3.head_object(**self._at(name))
        except exceptions.ClientError as error:
            if refusals.code(error) in _GONE:
                return None
            raise

    def _hash(self, name: str) -> str:
        sha = hashlib.sha256()
        for chunk in self._s3.get_object(**self._at(name))["Body"].iter_chunks(1 << 20):
            sha.update(chunk)
        return sha.hexdigest()

    def put(self, name: str, content: Content, moved: Callable[[int], None]) -> Seen:
        """Put a file, in parts where it is large."""
        try:
            with self._said(), content.path.open("rb") as file:
                if content.size > PART:
                    return _Parts(self._s3, self._at(name)).put(file, name, content, moved)
                data = file.read()
                seen = self._put(name, data, content.digest)
        except OSError as error:
            raise ChangedError(f"{name}: {error.strerror}; publish again") from None
        moved(len(data))
        return seen

    def write(self, name: str, data: bytes) -> Seen:
        """Put a small file."""
        with self._said():
            return self._put(name, data, hashlib.sha256(data).hexdigest())

    def _put(self, name: str, data: bytes, digest: str, **more: str) -> Seen:
        md5 = _md5(data)
        sent = self._s3.put_object(
            **self._at(name), **_headers(name, digest), **more,
            Body=data, ContentMD5=_base64(md5),
        )  # fmt: skip
        etag = sent["ETag"].strip('"')
        if etag != md5.hex() and self._hash(name) != digest:
            raise TargetError(f"{self.words}: {name} reads back with other bytes; publish again")
        return Seen(len(data), etag)

    def create(self, name: str, data: bytes) -> bool:
        """Put a file on the condition that there is none; not every server keeps to it."""
        with self._said():
            try:
                self._put(name, data, hashlib.sha256(data).hexdigest(), IfNoneMatch="*")
            except exceptions.ClientError as error:
                if refusals.code(error) in _TAKEN:
                    return False
                raise
            return True

    def copy(self, name: str, to: str) -> Seen:
        """Copy within the bucket; headers and digest go along."""
        with self._said():
            done = self._s3.copy_object(**self._at(to), CopySource=self._at(name))
            size = self._s3.head_object(**self._at(to))["ContentLength"]
        return Seen(size, done["CopyObjectResult"]["ETag"].strip('"'))

    def delete(self, name: str) -> None:
        """Remove a file."""
        with self._said():
            self._s3.delete_object(**self._at(name))

    def age(self, name: str) -> float | None:
        """Compare two times of the server: this computer's clock has no say."""
        with self._said():
            head = self._head(name)
            if head is None:
                return None
            now = parsedate_to_datetime(head["ResponseMetadata"]["HTTPHeaders"]["date"])
            put = parsedate_to_datetime(head["LastModified"])
        return max(float((now - put).total_seconds()), 0.0)

    def open_to_players(self) -> None:
        """Let pages and players elsewhere read what is public here (CORS)."""
        with self._said():
            self._s3.put_bucket_cors(Bucket=self._bucket, CORSConfiguration=headers.CORS)


class _Parts:
    """A file that goes up in parts; the parts of an interrupted attempt are not sent again."""

    def __init__(self, s3: Any, at: dict[str, str]) -> None:
        self._s3, self._at = s3, at

    def put(
        self, file: IO[bytes], name: str, content: Content, moved: Callable[[int], None]
    ) -> Seen:
        upload, arrived = self._begin(name, content.digest)
        sha, rows = hashlib.sha256(), list[dict[str, Any]]()
        while data := file.read(PART):
            sha.update(data)
            md5, number = _md5(data), len(rows) + 1
            if arrived.get(number) != md5.hex():
                self._s3.upload_part(
                    **self._at, UploadId=upload, PartNumber=number,
                    Body=data, ContentMD5=_base64(md5),
                )  # fmt: skip
            rows.append({"PartNumber": number, "ETag": f'"{md5.hex()}"'})
            moved(len(data))
        if sha.hexdigest() != content.digest:
            self._s3.abort_multipart_upload(**self._at, UploadId=upload)
            raise _changed(name)
        self._s3.complete_multipart_upload(
            **self._at, UploadId=upload, MultipartUpload={"Parts": rows}
        )  # the server refuses a part whose bytes are not those of the ETag
        there = self._s3.head_object(**self._at)  # some list another ETag than they answered
        return Seen(there["ContentLength"], there["ETag"].strip('"'))

    def _begin(self, name: str, digest: str) -> tuple[str, dict[int, str]]:
        """Return an upload to go on with, and the ETags of the parts that are there."""
        if headers.immutable(name):  # else what lies there may be parts of another version
            with contextlib.suppress(exceptions.ClientError):  # not every server lists them
                for upload in self._unfinished():
                    parts = self._s3.list_parts(**self._at, UploadId=upload).get("Parts", ())
                    return upload, {each["PartNumber"]: each["ETag"].strip('"') for each in parts}
        begun = self._s3.create_multipart_upload(**self._at, **_headers(name, digest))
        return begun["UploadId"], {}

    def _unfinished(self) -> list[str]:
        key = self._at["Key"]
        listed = self._s3.list_multipart_uploads(Bucket=self._at["Bucket"], Prefix=key)
        return [each["UploadId"] for each in listed.get("Uploads", ()) if each["Key"] == key]


def _check_sent(request: Any, **_: object) -> None:
    """Stop a request, before it is sent, whose body is not the file that was planned.

    The SHA-256 that signs the body is already there, so it need not be counted twice.
    """
    planned = str(request.headers["x-amz-meta-sha256"], "ascii")
    signed = str(request.headers["X-Amz-Content-SHA256"], "ascii")
    if signed != planned:
        raise _changed(request.url.partition("?")[0].rpartition("/")[2])


def _changed(name: str) -> ChangedError:
    return ChangedError(f"{name} changed while it was published; publish again")


def _headers(name: str, digest: str) -> dict[str, Any]:
    found = headers.of(name)
    return {
        "ContentType": found.content_type,
        "CacheControl": found.cache_control,
        "Metadata": {"sha256": digest},
    }


def _md5(data: bytes) -> bytes:
    return hashlib.md5(data, usedforsecurity=False).digest()  # what S3 calls an ETag


def _base64(digest: bytes) -> str:
    return base64.b64encode(digest).decode()
