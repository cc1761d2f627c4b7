"""Publishes to S3-compatible storage.

Every upload is checked twice: what is sent has the SHA-256 of the plan, and the server's digest of
what it received (its ETag, otherwise the bytes read back) is that of what was sent. boto3 finds the
credentials; they are never printed or stored.
"""

from __future__ import annotations

import contextlib
import hashlib
import threading
from email.utils import parsedate_to_datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from botocore import exceptions

from episodes import site_layout
from episodes.deadline import Deadline
from episodes.text.bounded_read import read_bounded
from podcast.publishing import http_headers
from podcast.publishing.targets import s3_connection, s3_errors, s3_parts
from podcast.publishing.targets.contract import ChangedError, Content, StoredFile, TargetError
from podcast.publishing.targets.s3_parts import PART, mark
from podcast.publishing.targets.s3_quick_read import QuickReader

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from podcast.publishing.destination import Bucket

PAGES = 2_000  # of a thousand files each; a longer listing is a broken server's
SMALL = 8_000_000  # bytes; no record is larger
CLOCK = f"{site_layout.RECORDS}clock"  # written if a server sends no date, and deleted again
# Headers that not every server knows; each time that it refuses, we try with fewer.
_OPTIONAL = (("IfNoneMatch", "ContentMD5"), ("ContentMD5",), ("IfNoneMatch",), ())


class S3:
    """A target in a bucket, below a prefix."""

    parallel = 10

    def __init__(self, bucket: Bucket) -> None:
        """Raise TargetError if the endpoint names the bucket too."""
        if wrong := s3_errors.misplaced(bucket):
            raise TargetError(f"{bucket.words}: {wrong}")
        self._bucket, self._prefix, self.words = bucket.name, bucket.prefix, bucket.words
        self._destination = bucket
        self._unknown: set[str] = set()  # headers that this server has refused
        self._created: set[str] = set()
        self._clock, self._opening = s3_connection.ServerClock(), threading.Lock()
        self._client: Any = None

    @property
    def _s3(self) -> Any:
        """boto3's client, opened when it is needed, because loading it is slow; only once."""
        with self._opening:
            if self._client is None:
                given = (self._destination, self.parallel, s3_parts.refuse_changed, self._clock)
                with self._translate_errors():
                    self._client = s3_connection.open_client(*given)
            return self._client

    @cached_property
    def _quick_reader(self) -> QuickReader | None:
        bucket = self._destination
        with self._translate_errors():
            return QuickReader(bucket, self._clock) if bucket.endpoint else None

    def _at(self, name: str) -> dict[str, str]:
        return {"Bucket": self._bucket, "Key": self._prefix + name}

    @contextlib.contextmanager
    def _translate_errors(self, size: int = 0) -> Iterator[Deadline]:
        """Give a request a deadline; turn boto3's errors into a sentence without credentials."""
        with Deadline(s3_connection.seconds(size)) as deadline:
            try:
                yield deadline
            except s3_connection.RAISED as error:
                late = deadline.passed
                reason = s3_errors.LATE if late else s3_errors.explain(error, self._destination)
                raise TargetError(f"{self.words}: {reason}") from None
            if deadline.passed:  # a response that was cut off looks like one without headers
                raise TargetError(f"{self.words}: {s3_errors.LATE}")

    def prepare(self) -> None:
        """Open boto3's client."""
        _ = self._s3

    def listing(self) -> dict[str, StoredFile]:
        """List the prefix, a thousand files to a page."""
        with self._translate_errors() as deadline:
            quick = self._quick_reader.listing(deadline) if self._quick_reader else None
        if quick is not None:
            return quick
        pages = self._s3.get_paginator("list_objects_v2")
        files = {}
        with self._translate_errors() as deadline:
            for number, page in enumerate(pages.paginate(Bucket=self._bucket, Prefix=self._prefix)):
                if number == PAGES:
                    raise TargetError(f"{self.words}: {s3_errors.ENDLESS}")
                deadline.extend(s3_connection.BASE)
                for row in page.get("Contents", ()):
                    files[row["Key"].removeprefix(self._prefix)] = StoredFile(
                        row["Size"], mark(row)
                    )
        return files

    def clock(self) -> datetime | None:
        """Return the time of the server's clock, known from any response; None if it sends none."""
        if (now := self._clock.now()) is None:
            with self._translate_errors():
                self._s3.list_objects_v2(Bucket=self._bucket, Prefix=self._prefix, MaxKeys=1)
            now = self._clock.now()
        return now

    def tidy(self) -> None:
        """Do nothing: objects appear whole, and unfinished parts are resumed or aborted."""

    def read(self, name: str) -> bytes | None:
        """Get a small file whole; try again if the response was cut or damaged."""
        with self._translate_errors():
            quick = self._quick_reader.read(name) if self._quick_reader else None
        if quick is not None:
            return quick.data
        with self._translate_errors(SMALL):
            for left in reversed(range(s3_connection.ATTEMPTS)):
                try:
                    if (data := self._got(name)) is not None:
                        return data
                except exceptions.ClientError as error:
                    if s3_errors.code(error) in s3_errors.GONE:
                        return None
                    raise
                except (exceptions.HTTPClientError, exceptions.IncompleteReadError):
                    if not left:
                        raise
        raise TargetError(
            f"{self.words}: {name} does not read back as it was written; publish again later"
        )

    def _got(self, name: str) -> bytes | None:
        """Return a file as it was put; None if the response is damaged."""
        answer = self._s3.get_object(**self._at(name))
        data = read_bounded(answer["Body"].read, s3_connection.LARGEST)
        return data if s3_parts.is_whole(data, answer) else None

    def head(self, name: str, size: int) -> bytes:
        """Get the beginning of a file; if a server ignores ranges, the rest is not read."""
        with self._translate_errors(size):
            try:
                answer = self._s3.get_object(**self._at(name), Range=f"bytes=0-{size - 1}")
                return bytes(answer["Body"].read(size))
            except exceptions.ClientError as error:
                if s3_errors.code(error) in s3_errors.GONE | s3_errors.EMPTY:
                    return b""
                raise

    def digest(self, name: str) -> str:
        """Return the digest stored with the file; hash the file if there is none."""
        with self._translate_errors() as deadline:
            head = self._head(name)
            if not head:
                return ""
            return head.get("Metadata", {}).get("sha256") or self._hash(name, deadline)

    def _head(self, name: str) -> Any:
        """Return the headers of a file; None if it is missing."""
        try:
            return self._s3.head_object(**self._at(name))
        except exceptions.ClientError as error:
            if s3_errors.code(error) in s3_errors.GONE:
                return None
            raise

    def _hash(self, name: str, deadline: Deadline) -> str:
        sha = hashlib.sha256()
        for chunk in self._s3.get_object(**self._at(name))["Body"].iter_chunks(1 << 20):
            deadline.extend(s3_connection.seconds(1 << 20))
            sha.update(chunk)
        return sha.hexdigest()

    def put(self, name: str, content: Content, moved: Callable[[int], None]) -> StoredFile:
        """Put a file; in parts if it is large."""
        try:
            with (
                self._translate_errors(min(content.size, PART)) as deadline,
                content.path.open("rb") as file,
            ):
                if content.size > PART:
                    upload = s3_parts.MultipartUpload(self._s3, self._at(name), deadline)
                    return upload.put(file, name, content, moved)
                data = file.read(PART + 1)
                seen = self._put(name, data, content.digest, deadline)
        except OSError as error:
            raise ChangedError(f"{name}: {error.strerror}; publish again") from None
        moved(len(data))
        return seen

    def write(self, name: str, data: bytes) -> StoredFile:
        """Put a small file."""
        with self._translate_errors(len(data)) as deadline:
            return self._put(name, data, hashlib.sha256(data).hexdigest(), deadline)

    def _put(
        self, name: str, data: bytes, digest: str, deadline: Deadline, **condition: str
    ) -> StoredFile:
        md5 = s3_parts.md5(data)
        headers = {**condition, "ContentMD5": s3_parts.encoded(md5)}
        sent = self._send(name, data, digest, headers)
        etag = mark(sent)
        if etag != md5.hex() and self._hash(name, deadline) != digest:
            raise TargetError(
                f"{self.words}: {name} does not read back as it was written; publish again"
            )
        return StoredFile(len(data), etag or mark(self._head(name) or {}))

    def _send(self, name: str, data: bytes, digest: str, headers: dict[str, str]) -> Any:
        """Put a file, without the headers that this server does not understand."""
        described = s3_parts.described(name, digest)
        headers = {key: value for key, value in headers.items() if key not in self._unknown}
        for kept in _OPTIONAL:
            more = {key: headers[key] for key in kept if key in headers}
            if len(more) < len(kept):
                continue  # the same headers were tried already
            try:
                sent = self._s3.put_object(**self._at(name), **described, **more, Body=data)
            except exceptions.ClientError as error:
                if not more or not s3_errors.is_unknown(error):
                    raise
                continue
            self._unknown |= headers.keys() - more.keys()
            return sent
        return {}

    def create(self, name: str, data: bytes) -> bool:
        """Put a file only if there is none; not every server honours the condition."""
        with self._translate_errors(len(data)) as deadline:
            try:
                digest = hashlib.sha256(data).hexdigest()
                self._put(name, data, digest, deadline, IfNoneMatch="*")
            except exceptions.ClientError as error:
                if s3_errors.code(error) not in s3_errors.TAKEN:
                    raise
                return self._is_ours(name, data, error)
            self._created.add(name)
            return True

    def _is_ours(self, name: str, data: bytes, error: exceptions.ClientError) -> bool:
        """Return whether we put the file that is there, and only the response was lost."""
        again = error.response.get("ResponseMetadata", {}).get("RetryAttempts", 0)
        if not again or name in self._created or self._got(name) != data:
            return False
        self._created.add(name)
        return True

    def copy(self, name: str, to: str) -> None:
        """Copy a file within the bucket, with its headers and digest."""
        with self._translate_errors():
            copied = self._s3.copy_object(**self._at(to), CopySource=self._at(name))
            if not mark(copied.get("CopyObjectResult", {})):  # no proof that it was copied
                self._s3.head_object(**self._at(to))

    def stat(self, name: str) -> StoredFile | None:
        """Ask for the headers of a file."""
        with self._translate_errors():
            head = self._head(name)
            return StoredFile(head["ContentLength"], mark(head)) if head else None

    def delete(self, name: str) -> None:
        """Delete a file."""
        with self._translate_errors():
            self._s3.delete_object(**self._at(name))

    def age(self, name: str) -> float | None:
        """Compare two times of the server: this computer's clock has no say."""
        with self._translate_errors() as deadline:
            head = self._head(name)
            if head is None:
                return None
            now = head["ResponseMetadata"]["HTTPHeaders"].get("date")
            if not now:
                self._put(CLOCK, b"", hashlib.sha256(b"").hexdigest(), deadline)
                now = self._s3.head_object(**self._at(CLOCK))["LastModified"]
                self._s3.delete_object(**self._at(CLOCK))
            passed = parsedate_to_datetime(now) - parsedate_to_datetime(head["LastModified"])
        return max(float(passed.total_seconds()), 0.0)

    def open_to_players(self) -> None:
        """Let pages and players on other sites read the public files (CORS)."""
        with self._translate_errors():
            try:
                self._s3.put_bucket_cors(Bucket=self._bucket, CORSConfiguration=http_headers.CORS)
            except exceptions.ClientError as error:
                if not s3_errors.is_unknown(error):
                    raise
                raise TargetError(f"{self.words}: {s3_errors.NO_CORS}") from None
