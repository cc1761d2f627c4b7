"""A build that refuses a show: what is found, and that nothing public changed."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from episodes.errors import SourceError
from episodes.findings import Finding
from podcast.building import pipeline
from podcast.cli import main
from tests.kit.shows import NOW


def snapshot(show: Path) -> dict[str, bytes]:
    files = (path for path in (show / "public").rglob("*") if path.is_file())
    return {str(path.relative_to(show)): path.read_bytes() for path in files}


def half_written(show: Path) -> list[Path]:
    return [path for path in show.rglob("*") if path.name.endswith((".part", ".ffmeta"))]


def refused(show: Path, *, verify: bool = False) -> list[Finding]:
    """Build, and return the findings that stopped it; nothing that is public may have changed.

    Recordings that nothing points to yet may be there: their names are those of their bytes.
    """
    before = snapshot(show)
    with pytest.raises(SourceError) as error:
        pipeline.build(show, now=NOW, verify=verify)
    after = snapshot(show)
    assert {name: after.get(name) for name in before} == before
    assert {name.split("/")[1] for name in set(after) - set(before)} <= {"media"}
    assert half_written(show) == []
    return error.value.findings


def run(show: Path, command: str) -> str:
    """Run the command; it ends with 1 and no traceback. Returns what it said."""
    result = CliRunner().invoke(main, [command, str(show)])
    assert isinstance(result.exception, SystemExit)
    assert result.exit_code == 1
    assert "Traceback" not in result.output
    return result.output
