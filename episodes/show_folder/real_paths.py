"""Resolves links to real paths, in the same way on every version of Python.

Before Python 3.13 `Path.resolve` raises RuntimeError for a link to itself; since then it does not.
"""

from __future__ import annotations

import errno
import os
from pathlib import Path

CANNOT_RESOLVE = 1921  # what Windows answers for a link to itself (ERROR_CANT_RESOLVE_FILENAME)


def real_path(path: Path) -> Path:
    """Return the absolute path without links; of a link to itself, its own path."""
    return Path(os.path.realpath(path))


def is_endless(path: Path) -> bool:
    """Return whether a link leads to itself, directly or through other links."""
    try:
        path.stat()
    except OSError as error:
        windows = getattr(error, "winerror", None)
        return error.errno == errno.ELOOP or windows == CANNOT_RESOLVE
    return False
