"""Defines the contract of a target, which every kind of destination keeps.

A folder and S3 each keep it, and the same tests hold them to it. Names are relative, with `/`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

from episodes.errors import EarmarkError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path


class TargetError(EarmarkError):
    """A target that cannot be used; the message says why, and what to do."""


class ChangedError(EarmarkError):
    """A file of the build has changed since the plan was made."""


class StoredFile(NamedTuple):
    """A file at the target: its size in bytes, and a mark that changes when its bytes change."""

    size: int
    mark: str


class Content(NamedTuple):
    """A file to put: its path, its size in bytes, and its SHA-256 in hex."""

    path: Path
    size: int
    digest: str


class Target(Protocol):
    """A folder or bucket to publish to. Every method raises TargetError; `put` also ChangedError.

    A file appears whole or not at all, and its bytes are compared with those that were sent.
    """

    words: str  # what people call it; never a credential
    parallel: int  # how many files to move at once

    def prepare(self) -> None:
        """Load what an upload needs, so that the first one begins at once."""
        ...

    def listing(self) -> dict[str, StoredFile]:
        """Return every file by its name."""
        ...

    def clock(self) -> datetime | None:
        """Return the time of the target's own clock; None if it has none."""
        ...

    def tidy(self) -> None:
        """Delete half-written files of interrupted publishes that cannot be resumed."""
        ...

    def read(self, name: str) -> bytes | None:
        """Return a small file; None if there is none."""
        ...

    def head(self, name: str, size: int) -> bytes:
        """Return up to `size` bytes from the beginning of a file; b"" if it is missing."""
        ...

    def digest(self, name: str) -> str:
        """Return the SHA-256 of a file; "" if it is missing."""
        ...

    def put(self, name: str, content: Content, moved: Callable[[int], None]) -> StoredFile:
        """Put a file with its headers; call `moved` with the number of bytes as they are sent."""
        ...

    def write(self, name: str, data: bytes) -> StoredFile:
        """Put a small file."""
        ...

    def create(self, name: str, data: bytes) -> bool:
        """Put a small file if there is none of this name; return whether it was put.

        Some servers ignore the condition, so the caller must read it back.
        """
        ...

    def copy(self, name: str, to: str) -> None:
        """Copy a file at the target, headers included."""
        ...

    def stat(self, name: str) -> StoredFile | None:
        """Return a file as the listing does; None if it is missing."""
        ...

    def delete(self, name: str) -> None:
        """Delete a file; a missing one is no error."""
        ...

    def age(self, name: str) -> float | None:
        """Return the age of a file in seconds, by the target's own clock; None if it is missing."""
        ...
