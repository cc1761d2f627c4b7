"""Defines the record of a build: what the next build compares, deletes and publishes.

It names files to delete and to upload, and a show received from somebody may contain a forged one,
so every field is validated.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, InstanceOf, StrictInt, ValidationError

from episodes import site_layout
from episodes.findings import Finding
from podcast.cache.store import RECORD, CacheFolder, Summary


def _check_name(name: str) -> str:
    if not site_layout.is_published_name(name):
        raise ValueError("is no file of a built show")
    return name


# A file name on Linux need not be UTF-8, and pydantic's str would refuse it.
FileName = InstanceOf[str]
PublishedName = Annotated[str, AfterValidator(_check_name)]
Signature = tuple[tuple[FileName, StrictInt, StrictInt, StrictInt], ...]
Stat = tuple[StrictInt, StrictInt]
Neighbours = tuple[tuple[str, str] | None, ...]  # slug and title of each


class BuildRecord(BaseModel):
    """What the last build read and wrote."""

    model_config = ConfigDict(frozen=True, allow_inf_nan=False)

    out: FileName  # the built folder
    tree: dict[FileName, Signature]  # as `scan` returns it
    key: str  # digest of everything that episodes take from their show
    lock: Stat | None
    due: float | None  # when the next scheduled episode appears, in seconds since 1970
    at: float  # when the build was, in seconds since 1970
    outputs: dict[PublishedName, Stat | None]
    neighbours: dict[FileName, Neighbours]  # what each episode's page links to
    findings: dict[FileName, list[Finding]]  # by folder
    summary: Summary
    digest: str  # of `rows.json`


def read_record(folder: CacheFolder) -> BuildRecord | None:
    """Return the record of the last build, None if it is missing, damaged or not this user's."""
    try:
        return BuildRecord.model_validate(folder.record())
    except ValidationError:
        return None


def write_record(folder: CacheFolder, record: BuildRecord) -> None:
    """Write the record of a build."""
    folder.save(RECORD, dict(record))
