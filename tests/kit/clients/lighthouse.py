"""Asking Lighthouse about a page, on the slow phone that it simulates."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

from tests.kit import shows
from tests.kit.chromium import CHROMIUM

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

CATEGORIES = ("performance", "accessibility", "best-practices")
NO_HEADERS: Mapping[str, str] = {}


def ask(
    address: str, report: Path, headers: Mapping[str, str] = NO_HEADERS
) -> dict[str, Any] | None:
    """Run Lighthouse on a page, sending these headers too; None if it gave up."""
    run = [
        shows.program("node"),
        str(shows.npm("lighthouse") / "cli" / "index.js"),
        address,
        "--quiet",
        "--no-enable-error-reporting",
        "--output=json",
        f"--output-path={report}",
        f"--only-categories={','.join(CATEGORIES)}",
        f"--chrome-flags=--headless=new {' '.join(CHROMIUM)}",
        f"--extra-headers={json.dumps(dict(headers))}",
    ]
    chrome = {"CHROME_PATH": shows.program("chromium")}
    done = subprocess.run(
        run, check=False, capture_output=True, text=True, env={**os.environ, **chrome}
    )
    sys.stderr.write(done.stderr)
    if done.returncode:
        return None
    found: dict[str, Any] = json.loads(report.read_text(encoding="utf-8"))
    return found


def points(report: dict[str, Any]) -> dict[str, int]:
    """Return the points of each category, 100 at most."""
    return {key: round(each["score"] * 100) for key, each in report["categories"].items()}


def complaints(report: dict[str, Any]) -> list[str]:
    """Return what costs points in the categories that are not about speed."""
    asked = [each for key, each in report["categories"].items() if key != "performance"]
    counted = [ref["id"] for each in asked for ref in each["auditRefs"] if ref["weight"]]
    audits = report["audits"]
    return [audits[key]["title"] for key in counted if (audits[key]["score"] or 0) < 1
            and audits[key]["scoreDisplayMode"] != "notApplicable"]  # fmt: skip
