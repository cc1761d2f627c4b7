"""Publishes to S3-compatible storage.

Every put is checked twice: what is sent has the SHA-256 of the plan, and the server's digest of
what it got (its ETag, else the bytes read back) is that of what was sent. Credentials come from
where boto3 finds them, and go nowhere else.
"""

from __future__ import annotations

import contextlib
import hashlib
from datetime import UTC, datetime
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

    from podcast.publishing.destination import Bucket

PAGES = 2_000  # of a thousand files each; a listing without end is none of ours
SMALL = 8_000_000  # bytes that a record has at most
CLOCK = f"{site_layout.RECORDS}clock"  # put where a server tells no time, and deleted again
_GONE = {"404", "NoSuchKey", "NotFound"}
_EMPTY = {"416", "InvalidRange"}  # there is no first byte
_TAKEN = {"412", "PreconditionFailed", "409", "ConditionalRequestConflict"}
# Which of the headers that not every server knows are sent: fewer each time that one refuses.
_OPTIONAL = (("IfNoneMatch", "ContentMD5"), ("ContentMD5",), ("IfNoneMatch",), ())


class S3:
    """Keeps the contract of `target.Target` in a bucket, below a prefix."""

    parallel = 10

    def __init__(self, bucket: Bucket) -> None:
        """Raise TargetError where the endpoint names the bucket too."""
        if wrong := s3_errors.misplaced(bucket):
            raise TargetError(f"{bucket.words}: {wrong}")
        self._bucket, self._prefix, self.words = bucket.name, bucket.prefix, bucket.words
        self._place = bucket
        self._unknown: set[str] = set()  # headers that this server has refused
        self._created: set[str] = set()

    @cached_property
    def _s3(self) -> Any:
        """The client, made when it is needed: that takes longer than a publish of nothing."""
        with self._sentences():
            return s3_connection.client(self._place, self.parallel, _check_sent)

    @cached_property
    def _quick_reader(self) -> QuickReader | None:
        with self._sentences():
            return QuickReader(self._place) if self._place.endpoint else None

    def _at(self, name: str) -> dict[str, str]:
        return {"Bucket": self._bucket, "Key": self._prefix + name}

    @contextlib.contextmanager
    def _sentences(self, size: int = 0) -> Iterator[Deadline]:
        """End a verb in time; turn what boto3 raises into one sentence without credentials."""
        with Deadline(s3_connection.seconds(size)) as deadline:
            try:
                yield deadline
            except s3_connection.RAISED as error:
                said = s3_errors.LATE if deadline.passed else s3_errors.words(error, self._place)
                raise TargetError(f"{self.words}: {said}") from None
            if deadline.passed:  # an answer whose head was cut off looks like one without headers
                raise TargetError(f"{self.words}: {s3_errors.LATE}")

    def listing(self) -> dict[str, StoredFile]:
        """List the prefix, a thousand files to a page."""
        with self._sentences() as deadline:
            quick = self._quick_reader.listing(deadline) if self._quick_reader else None
        if quick is not None:
            return quick
        pages = self._s3.get_paginator("list_objects_v2")
        found = {}
        with self._sentences() as deadline:
            for number, page in enumerate(pages.paginate(Bucket=self._bucket, Prefix=self._prefix)):
                if number == PAGES:
                    raise TargetError(f"{self.words}: {s3_errors.ENDLESS}")
                deadline.extend(s3_connection.BASE)
                for row in page.get("Contents", ()):
                    found[row["Key"].removeprefix(self._prefix)] = StoredFile(
                        row["Size"], mark(row)
                    )
        return found

    def clock(self) -> datetime | None:
        """Return what time the server says that it is."""
        with self._sentences():
            answer = self._s3.list_objects_v2(Bucket=self._bucket, Prefix=self._prefix, MaxKeys=1)
        try:
            said = parsedate_to_datetime(answer["ResponseMetadata"]["HTTPHeaders"]["date"])
        except (KeyError, TypeError, ValueError):
            return None
        return said if said.tzinfo else said.replace(tzinfo=UTC)

    def tidy(self) -> None:
        """Do nothing: an object appears whole, and parts are gone on with or aborted."""

    def read(self, name: str) -> bytes | None:
        """Get a small file whole; an answer that was cut or garbled is asked for again."""
        with self._sentences():
            quick = self._quick_reader.read(name) if self._quick_reader else None
        if quick is not None:
            return quick
        with self._sentences(SMALL):
            for left in reversed(range(s3_connection.ATTEMPTS)):
                try:
                    if (data := self._got(name)) is not None:
                        return data
                except exceptions.ClientError as error:
                    if s3_errors.code(error) in _GONE:
                        return None
                    raise
                except (exceptions.HTTPClientError, exceptions.IncompleteReadError):
                    if not left:
                        raise
        raise TargetError(
            f"{self.words}: {name} does not read back as it was written; publish again later"
        )

    def _got(self, name: str) -> bytes | None:
        """Return a file as it was put, None where what came is not that."""
        answer = self._s3.get_object(**self._at(name))
        data = read_bounded(answer["Body"].read, s3_connection.LARGEST)
        size, digest = answer.get("ContentLength"), answer.get("Metadata", {}).get("sha256")
        proofs = [size == len(data)] if size is not None else []
        proofs += [digest == hashlib.sha256(data).hexdigest()] if digest else []
        proofs = proofs or [mark(answer) == s3_parts.md5(data).hex()]  # its head was cut
        return data if all(proofs) else None

    def head(self, name: str, size: int) -> bytes:
        """Get the beginning of a file; a server that knows no ranges sends more, which is left."""
        with self._sentences(size):
            try:
                answer = self._s3.get_object(**self._at(name), Range=f"bytes=0-{size - 1}")
                return bytes(answer["Body"].read(size))
            except exceptions.ClientError as error:
                if s3_errors.code(error) in _GONE | _EMPTY:
                    return b""
                raise

    def digest(self, name: str) -> str:
        """Ask for the digest that we left with the file; hash the file where there is none."""
        with self._sentences() as deadline:
            head = self._head(name)
            if not head:
                return ""
            return head.get("Metadata", {}).get("sha256") or self._hash(name, deadline)

    def _head(self, name: str) -> Any:
        """Return what is known of a file, None where it has gone."""
        try:
            return self._s3.head_object(**self._at(name))
        except exceptions.ClientError as error:
            if s3_errors.code(error) in _GONE:
                return None
            raise

    def _hash(self, name: str, deadline: Deadline) -> str:
        sha = hashlib.sha256()
        for chunk in self._s3.get_object(**self._at(name))["Body"].iter_chunks(1 << 20):
            deadline.extend(s3_connection.seconds(1 << 20))
            sha.update(chunk)
        return sha.hexdigest()

    def put(self, name: str, content: Content, moved: Callable[[int], None]) -> StoredFile:
        """Put a file, in parts where it is large."""
        try:
            with (
                self._sentences(min(content.size, PART)) as deadline,
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
        with self._sentences(len(data)) as deadline:
            return self._put(name, data, hashlib.sha256(data).hexdigest(), deadline)

    def _put(
        self, name: str, data: bytes, digest: str, deadline: Deadline, **condition: str
    ) -> StoredFile:
        md5 = s3_parts.md5(data)
        wanted = {**condition, "ContentMD5": s3_parts.encoded(md5)}
        sent = self._send(name, data, digest, wanted)
        etag = mark(sent)
        if etag != md5.hex() and self._hash(name, deadline) != digest:
            raise TargetError(
                f"{self.words}: {name} does not read back as it was written; publish again"
            )
        return StoredFile(len(data), etag or mark(self._head(name) or {}))

    def _send(self, name: str, data: bytes, digest: str, wanted: dict[str, str]) -> Any:
        """Put a file, without the headers that this server refuses to know."""
        wanted = {key: value for key, value in wanted.items() if key not in self._unknown}
        for kept in _OPTIONAL:
            more = {key: wanted[key] for key in kept if key in wanted}
            if len(more) < len(kept):
                continue  # was tried
            try:
                sent = self._put_object(name, data, digest, more)
            except exceptions.ClientError as error:
                if not more or not s3_errors.is_unknown(error):
                    raise
                continue
            self._unknown |= wanted.keys() - more.keys()
            return sent
        return {}

    def _put_object(self, name: str, data: bytes, digest: str, more: dict[str, str]) -> Any:
        described = s3_parts.described(name, digest)
        return self._s3.put_object(**self._at(name), **described, **more, Body=data)

    def create(self, name: str, data: bytes) -> bool:
        """Put a file on the condition that there is none; not every server keeps to it."""
        with self._sentences(len(data)) as deadline:
            try:
                digest = hashlib.sha256(data).hexdigest()
                self._put(name, data, digest, deadline, IfNoneMatch="*")
            except exceptions.ClientError as error:
                if s3_errors.code(error) not in _TAKEN:
                    raise
                return self._is_ours(name, data, error)
            self._created.add(name)
            return True

    def _is_ours(self, name: str, data: bytes, error: exceptions.ClientError) -> bool:
        """Return whether what is there is what we put, and only the answer was lost."""
        again = error.response.get("ResponseMetadata", {}).get("RetryAttempts", 0)
        if not again or name in self._created or self._got(name) != data:
            return False
        self._created.add(name)
        return True

    def copy(self, name: str, to: str) -> StoredFile:
        """Copy within the bucket; headers and digest go along."""
        with self._sentences():
            self._s3.copy_object(**self._at(to), CopySource=self._at(name))
            there = self._s3.head_object(**self._at(to))
            return StoredFile(there["ContentLength"], mark(there))

    def delete(self, name: str) -> None:
        """Remove a file."""
        with self._sentences():
            self._s3.delete_object(**self._at(name))

    def age(self, name: str) -> float | None:
        """Compare two times of the server: this computer's clock has no say."""
        with self._sentences() as deadline:
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
        """Let pages and players elsewhere read what is public here (CORS)."""
        with self._sentences():
            try:
                self._s3.put_bucket_cors(Bucket=self._bucket, CORSConfiguration=http_headers.CORS)
            except exceptions.ClientError as error:
                if not s3_errors.is_unknown(error):
                    raise
                raise TargetError(f"{self.words}: {s3_errors.NO_CORS}") from None


def _check_sent(request: Any) -> None:
    """Stop a request, before it is sent, whose body is not the file that was planned.

    The SHA-256 that signs the body is already there, so it need not be counted twice.
    """
    planned = str(request.headers["x-amz-meta-sha256"], "ascii")
    signed = str(request.headers["X-Amz-Content-SHA256"], "ascii")
    if signed != planned:
        raise s3_parts.changed(request.url.partition("?")[0].rpartition("/")[2])
