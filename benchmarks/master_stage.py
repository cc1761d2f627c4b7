"""Builds a show and prints the seconds for its recordings: copy, tag, hash, verify."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING
from unittest import mock

from podcast.building import master_batch, pipeline

if TYPE_CHECKING:
    from podcast.building.master_job import Mastered


def main(show: Path) -> None:
    """Build as the command does, and time this one stage."""
    master_all = master_batch.master_all

    def timed(*given: object) -> dict[str, Mastered]:
        began = time.perf_counter()
        done = master_all(*given)  # type: ignore[arg-type]
        print(time.perf_counter() - began)
        return done

    with mock.patch.object(master_batch, "master_all", timed):
        pipeline.build(show)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
