"""Writes files atomically: to a temporary file beside the target, then renamed."""

from __future__ import annotations

import contextlib
import errno
import filecmp
import os
import re
import time
from pathlib import Path
from typing import IO, TYPE_CHECKING

from podcast.cache import identity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

TEMPORARY = ".part"  # the ending of unfinished files; the next build removes them
LONGEST = 200  # bytes of a name that its unfinished file keeps: file systems allow 255
OLD = 60 * 60  # seconds after which an unfinished file counts as abandoned
_OWNED = re.compile(r"\.([0-9a-f]{6})-([0-9]{1,10})-[0-9a-f]{6}\.[a-z]+$")
_UNFINISHED = re.compile(r"\.(.+)\.[0-9a-f]{6}-[0-9]{1,10}-[0-9a-f]{6}" + re.escape(TEMPORARY))


def concerned(error: OSError) -> str:
    """Return the path of an OSError as a person knows it, or "".

    For a copy onto a full disk it is the target; for an unfinished file, the finished one.
    """
    full = error.errno in {errno.ENOSPC, errno.EDQUOT} and error.filename2
    path = Path(os.fsdecode(full or error.filename or ""))
    named = _UNFINISHED.fullmatch(path.name)
    return str(path.with_name(named[1])) if named else str(path) if path.name else ""


def unfinished(path: Path) -> Path:
    """Return the name of this process's unfinished file beside `path`.

    It names computer and process, so that no process removes a file that another still writes.
    """
    name = path.name.encode("utf-8", "surrogateescape")[:LONGEST].decode("utf-8", "ignore")
    return path.with_name(
        f".{name}.{identity.computer()[:6]}-{os.getpid()}-{os.urandom(3).hex()}{TEMPORARY}"
    )


def abandoned(path: Path) -> bool:
    """Return whether no process writes an unfinished file any more. Raises OSError."""
    owner = _OWNED.search(path.name)
    if (
        owner
        and owner[1] == identity.computer()[:6]
        and int(owner[2]) != os.getpid()
        and not _runs(int(owner[2]))
    ):
        return True
    return abs(time.time() - path.lstat().st_mtime) > OLD


def sweep(folder: Path) -> None:
    """Remove the abandoned unfinished files of a folder. Raises OSError."""
    for path in (*folder.glob(f".*{TEMPORARY}"), *folder.glob(".*.ffmeta")):
        with contextlib.suppress(FileNotFoundError):
            if path.is_symlink() or (path.is_file() and abandoned(path)):
                path.unlink()


def _runs(process: int) -> bool:
    if os.name == "nt":
        return True  # `os.kill` would end it there; its files are removed when they are old
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    return True


@contextlib.contextmanager
def beside(path: Path) -> Iterator[Path]:
    """Yield a temporary path beside `path`, which is deleted if anything fails."""
    part = unfinished(path)
    try:
        yield part
    except BaseException:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        raise


def write(path: Path, data: bytes) -> None:
    """Write a file atomically: nobody ever sees half of it. Raises OSError."""
    with beside(path) as part:
        with part.open("wb") as file:
            file.write(data)
            settle(file)
        part.replace(path)


def write_new(path: Path, data: bytes) -> None:
    """Write a new file atomically; never overwrite. Raises FileExistsError, OSError."""
    with beside(path) as part:
        with part.open("wb") as file:
            file.write(data)
            settle(file)
        try:
            os.link(part, path)  # unlike os.replace, it fails if the file exists
        except FileExistsError:
            raise
        except OSError:  # a disk without links
            if path.exists():
                raise FileExistsError(path) from None
            part.replace(path)
        part.unlink(missing_ok=True)


def settle(file: IO[bytes]) -> None:
    """Flush a file to the disk (fsync)."""
    file.flush()
    os.fsync(file.fileno())


def write_changed(path: Path, data: bytes) -> bool:
    """Write a file only if its content differs; return whether it did."""
    try:
        if path.stat().st_size == len(data) and _is_ours(path) and path.read_bytes() == data:
            return False
    except OSError:
        path.parent.mkdir(parents=True, exist_ok=True)
    return write_chunks(path, (data,), compare=False)


def _is_ours(path: Path) -> bool:
    """Return whether a path is a regular file: a link to the same bytes has to become one."""
    return path.is_file() and not path.is_symlink()


def write_chunks(path: Path, chunks: Iterable[bytes], *, compare: bool = True) -> bool:
    """Write a file in chunks; return whether its content changed."""
    with beside(path) as part:
        with part.open("wb") as file:
            file.writelines(chunks)
        if compare and _is_ours(path) and filecmp.cmp(part, path, shallow=False):
            part.unlink()
            return False
        part.replace(path)
    return True


def typed(path: Path) -> str:
    """Return a path as it can be typed into a command."""
    return f'"{path}"' if " " in str(path) else str(path)
