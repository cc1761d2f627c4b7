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
    """A place that cannot be published to; the sentence says why and what to do."""


class ChangedError(EarmarkError):
    """A file of the build is not what it was when the plan was made."""


class StoredFile(NamedTuple):
    """A file at the target: bytes, and a mark that is another whenever the bytes are."""

    size: int
    mark: str


class Content(NamedTuple):
    """A file to put: where it lies, its length in bytes, and its SHA-256 in hex."""

    path: Path
    size: int
    digest: str


class Target(Protocol):
    """A place to publish to. Every verb raises TargetError; `put` also raises ChangedError.

    A file appears whole or not at all, and its bytes were compared with those that were sent.
    """

    words: str  # what people call it; never a credential
    parallel: int  # how many files to move at once

    def listing(self) -> dict[str, StoredFile]:
        """Return every file below the address."""
        ...

    def clock(self) -> datetime | None:
        """Return what time it is by a clock that is not this computer's; None without one."""
        ...

    def tidy(self) -> None:
        """Remove what a publish left half-written that nobody goes on with."""
        ...

    def read(self, name: str) -> bytes | None:
        """Return a small file, or None where there is none."""
        ...

    def head(self, name: str, size: int) -> bytes:
        """Return up to `size` bytes from the beginning of a file, b"" where it has gone."""
        ...

    def digest(self, name: str) -> str:
        """Return the SHA-256 of a file that is there, "" where it has gone."""
        ...

    def put(self, name: str, content: Content, moved: Callable[[int], None]) -> StoredFile:
        """Put a file with its headers; `moved` hears of bytes as they arrive."""
        ...

    def write(self, name: str, data: bytes) -> StoredFile:
        """Put a small file."""
        ...

    def create(self, name: str, data: bytes) -> bool:
        """Put a small file unless there is one; return whether it was put.

        Some servers put it all the same, so the caller must read it back.
        """
        ...

    def copy(self, name: str, to: str) -> StoredFile:
        """Copy a file at the target, headers included."""
        ...

    def delete(self, name: str) -> None:
        """Remove a file; one that is gone is no error."""
        ...

    def age(self, name: str) -> float | None:
        """Return how many seconds ago a file was put, by the target's own clock."""
        ...
