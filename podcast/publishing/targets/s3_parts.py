"""Uploads a large file to S3 in parts; the parts of an interrupted attempt are not sent again."""

from __future__ import annotations

import base64
import contextlib
import hashlib
from typing import IO, TYPE_CHECKING, Any

from botocore import exceptions

from episodes import site_layout
from podcast.publishing import http_headers
from podcast.publishing.targets import s3_connection
from podcast.publishing.targets.contract import ChangedError, Content, StoredFile

if TYPE_CHECKING:
    from collections.abc import Callable

    from episodes.deadline import Deadline

PART = 16 << 20  # bytes; larger files go up in parts of this size, and an interrupted one goes on


class MultipartUpload:
    """A file that goes up in parts; each may take as long as the deadline is extended by."""

    def __init__(self, s3: Any, at: dict[str, str], deadline: Deadline) -> None:
        self._s3, self._at, self._deadline = s3, at, deadline

    def put(
        self, file: IO[bytes], name: str, content: Content, moved: Callable[[int], None]
    ) -> StoredFile:
        """Put a file. Raises ChangedError where it is not the one that was planned."""
        upload, arrived = self._begin(name, content.digest)
        sha, rows = hashlib.sha256(), list[dict[str, Any]]()
        while data := file.read(PART):
            self._deadline.extend(s3_connection.seconds(PART))
            sha.update(data)
            digest, number = md5(data), len(rows) + 1
            if arrived.get(number) != digest.hex():
                self._s3.upload_part(
                    **self._at, UploadId=upload, PartNumber=number,
                    Body=data, ContentMD5=encoded(digest),
                )  # fmt: skip
            rows.append({"PartNumber": number, "ETag": f'"{digest.hex()}"'})
            moved(len(data))
        if sha.hexdigest() != content.digest:
            self._s3.abort_multipart_upload(**self._at, UploadId=upload)
            raise changed(name)
        self._deadline.extend(s3_connection.seconds(content.size))  # some join them byte by byte
        self._s3.complete_multipart_upload(
            **self._at, UploadId=upload, MultipartUpload={"Parts": rows}
        )  # the server refuses a part whose bytes are not those of the ETag
        there = self._s3.head_object(**self._at)  # some list another ETag than they answered
        return StoredFile(there["ContentLength"], mark(there))

    def _begin(self, name: str, digest: str) -> tuple[str, dict[int, str]]:
        """Return an upload to go on with, and the ETags of the parts that are there."""
        if site_layout.is_immutable(name):  # else what lies there may be parts of another version
            with contextlib.suppress(exceptions.ClientError):  # not every server lists them
                for upload in self._unfinished():
                    parts = self._s3.list_parts(**self._at, UploadId=upload).get("Parts", ())
                    return upload, {each["PartNumber"]: mark(each) for each in parts}
        begun = self._s3.create_multipart_upload(**self._at, **described(name, digest))
        return begun["UploadId"], {}

    def _unfinished(self) -> list[str]:
        key = self._at["Key"]
        listed = self._s3.list_multipart_uploads(Bucket=self._at["Bucket"], Prefix=key)
        return [each["UploadId"] for each in listed.get("Uploads", ()) if each["Key"] == key]


def mark(answer: Any) -> str:
    """Return the ETag of an answer, "" where it has none; a proxy may have made it a weak one."""
    return str(answer.get("ETag") or "").removeprefix("W/").strip('"')


def described(name: str, digest: str) -> dict[str, Any]:
    """Return the headers of a file, in the words of boto3."""
    found = http_headers.choose_headers(name)
    return {
        "ContentType": found.content_type,
        "CacheControl": found.cache_control,
        "Metadata": {"sha256": digest},
    }


def changed(name: str) -> ChangedError:
    """Return what is raised where a file is not the one that was planned."""
    return ChangedError(f"{name} changed while it was being published; publish again")


def md5(data: bytes) -> bytes:
    """Return what S3 calls an ETag, as bytes."""
    return hashlib.md5(data, usedforsecurity=False).digest()


def encoded(digest: bytes) -> str:
    """Return a digest as headers have it."""
    return base64.b64encode(digest).decode()
