"""Chooses the destination, a folder or a bucket, from option, environment or `show.md`."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

from episodes.errors import EarmarkError, SourceError
from episodes.findings import Finding
from episodes.show_folder.real_paths import real_path

S3 = "s3://"


class Bucket(NamedTuple):
    """A prefix in S3-compatible storage. It has no credentials: boto3 finds them."""

    name: str
    prefix: str  # "" or ending in /
    endpoint: str | None = None
    region: str | None = None
    profile: str | None = None

    @property
    def words(self) -> str:
        """The destination as people write it."""
        return f"{S3}{self.name}/{self.prefix}".rstrip("/")


class DestinationOptions(NamedTuple):
    """The destination on the command line or in the environment; it takes precedence."""

    to: str | None = None
    endpoint: str | None = None
    region: str | None = None
    profile: str | None = None


def choose_destination(
    given: DestinationOptions, written: dict[str, Any], show: Path
) -> Bucket | Path:
    """Return the destination. Raises EarmarkError if none is given."""
    to = given.to or written.get("to")
    if not to:
        raise EarmarkError(
            "choose where to publish this show: add `--to DIR` or `--to s3://BUCKET/PREFIX`, "
            "or write `publish: {to: ...}` in show.md"
        )
    if to.startswith(S3):
        name, _, prefix = to.removeprefix(S3).partition("/")
        if not name:
            raise EarmarkError(f"{to} names no bucket; write s3://BUCKET or s3://BUCKET/PREFIX")
        prefix = prefix.strip("/")
        more = (
            getattr(given, key) or written.get(key) for key in ("endpoint", "region", "profile")
        )
        return Bucket(name, f"{prefix}/" if prefix else "", *more)
    if "://" in to:
        raise EarmarkError(f"{to} is neither a folder nor s3://BUCKET/PREFIX")
    folder = Path(to).expanduser()
    return real_path(folder if given.to else show / folder)


def read_destination(show: Path) -> dict[str, Any]:
    """Return `publish:` of `show.md`. Raises SourceError if it cannot be read."""
    from episodes.show_folder import read

    findings: list[Finding] = []
    written = read.read_show(show, findings)
    if written is None:
        raise SourceError(*findings)
    return written.facts.publish.model_dump(exclude_none=True) if written.facts.publish else {}
