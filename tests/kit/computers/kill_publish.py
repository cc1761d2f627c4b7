"""A publish that is killed: `kill_publish SHOW PLACE N [ENDPOINT [early]]` dies after N changes.

Ends well, and says so, where there are fewer. With 0 it dies as it begins the first one. With
`early` it builds too, and the recording is up before the build has finished.
"""

from __future__ import annotations

import itertools
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

from podcast.publishing.destination import Bucket
from podcast.publishing.targets.folder import Folder
from tests.kit import published_shows
from tests.kit.shows import ROOT

MOST = 60  # changes that a publish of the tests makes, and some more
CHANGES = ("put", "write", "create", "copy", "delete")


def kill(show: Path, place: str, last: int, *more: str) -> bool:
    """Publish in a process that dies after so many changes; say whether it did."""
    call = [sys.executable, "-m", "tests.kit.computers.kill_publish", str(show), place, str(last)]
    done = subprocess.run(
        [*call, *more], env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode in {0, -signal.SIGKILL}, done.stderr
    return done.returncode != 0


def main(show: str, place: str, last: str, endpoint: str = "", early: str = "") -> None:
    kind: Any = Folder
    if endpoint:
        from podcast.publishing.targets.s3 import S3

        kind = S3
    counter = itertools.count(1)
    for name in CHANGES:
        setattr(kind, name, _killing(getattr(kind, name), counter, int(last)))
    bucket, _, prefix = place.partition("/")
    there = Bucket(bucket, prefix, endpoint) if endpoint else Path(place)
    publish = published_shows.publish_early if early else published_shows.publish
    publish(Path(show), there)


def _killing(method: Any, counter: itertools.count[int], last: int) -> Any:
    def changed(*given: Any) -> Any:
        if last == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        result = method(*given)
        if next(counter) == last:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    return changed


if __name__ == "__main__":
    main(*sys.argv[1:])
