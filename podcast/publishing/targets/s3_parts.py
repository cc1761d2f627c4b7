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

PART = 16 << 20  # bytes; a larger file is sent in parts of this size, so that it can be resumed


class MultipartUpload:
    """The upload of one file in parts; the deadline is extended for each part."""

    def __init__(self, s3: Any, at: dict[str, str], deadline: Deadline) -> None:
        self._s3, self._at, self._deadline = s3, at, deadline

    def put(
        self, file: IO[bytes], name: str, content: Content, moved: Callable[[int], None]
    ) -> StoredFile:
        """Upload a file. Raises ChangedError if it is not the planned one."""
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
        self._deadline.extend(
            s3_connection.seconds(content.size)
        )  # some servers copy every byte to join the parts
        self._s3.complete_multipart_upload(
            **self._at, UploadId=upload, MultipartUpload={"Parts": rows}
        )  # the server refuses a part whose bytes are not those of the ETag
        head = self._s3.head_object(**self._at)  # some list another ETag than they returned
        return StoredFile(head["ContentLength"], mark(head))

    def _begin(self, name: str, digest: str) -> tuple[str, dict[int, str]]:
        """Return the id of an upload to resume, or of a new one, and the ETags of its parts."""
        if site_layout.is_immutable(name):  # otherwise the parts may be of another version
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
    """Return the ETag of a response, "" if it has none; a proxy may have made it weak."""
    return str(answer.get("ETag") or "").removeprefix("W/").strip('"')


def is_whole(data: bytes, answer: Any) -> bool:
    """Return whether a response has the bytes that its headers promise."""
    size, digest = answer.get("ContentLength"), answer.get("Metadata", {}).get("sha256")
    proofs = [size == len(data)] if size is not None else []
    proofs += [digest == hashlib.sha256(data).hexdigest()] if digest else []
    return all(proofs or [mark(answer) == md5(data).hex()])  # its headers were cut off


def described(name: str, digest: str) -> dict[str, Any]:
    """Return the headers of a file as boto3 names them."""
    headers = http_headers.choose_headers(name)
    return {
        "ContentType": headers.content_type,
        "CacheControl": headers.cache_control,
        "Metadata": {"sha256": digest},
    }


def changed(name: str) -> ChangedError:
    """Return the error for a file that is not the planned one."""
    return ChangedError(f"{name} changed while it was being published; publish again")


def refuse_changed(request: Any) -> None:
    """Raise ChangedError before a request is sent if its body is not the planned file.

    It uses the SHA-256 that botocore has computed to sign the body, so nothing is hashed twice.
    """
    planned = str(request.headers["x-amz-meta-sha256"], "ascii")
    signed = str(request.headers["X-Amz-Content-SHA256"], "ascii")
    if signed != planned:
        raise changed(request.url.partition("?")[0].rpartition("/")[2])


def md5(data: bytes) -> bytes:
    """Return the MD5, which S3 uses as ETag, as bytes."""
    return hashlib.md5(data, usedforsecurity=False).digest()


def encoded(digest: bytes) -> str:
    """Return a digest as a header value (base64)."""
    return base64.b64encode(digest).decode()
