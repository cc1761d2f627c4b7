"""Files that are whole or not there: written beside their place, then put into it."""

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

TEMPORARY = ".part"  # the ending of files that are not finished; the next build removes them
LONGEST = 200  # bytes of a name that are kept in that of its unfinished file: disks take 255
OLD = 60 * 60  # seconds after which a file that is not finished is nobody's
_OWNED = re.compile(r"\.([0-9a-f]{6})-([0-9]{1,10})-[0-9a-f]{6}\.[a-z]+$")
_UNFINISHED = re.compile(r"\.(.+)\.[0-9a-f]{6}-[0-9]{1,10}-[0-9a-f]{6}" + re.escape(TEMPORARY))


def concerned(error: OSError) -> str:
    """Return the path that an error is about, as a person knows it, or "".

    Of a copy it is the one written to, if the disk is full; of an unfinished file the finished one.
    """
    full = error.errno in {errno.ENOSPC, errno.EDQUOT} and error.filename2
    path = Path(os.fsdecode(full or error.filename or ""))
    named = _UNFINISHED.fullmatch(path.name)
    return str(path.with_name(named[1])) if named else str(path) if path.name else ""


def unfinished(path: Path) -> Path:
    """Return a name beside `path` for a file that is not finished: this process's own.

    It says which computer and process write it, so that nobody removes what another still writes.
    """
    name = path.name.encode("utf-8", "surrogateescape")[:LONGEST].decode("utf-8", "ignore")
    return path.with_name(
        f".{name}.{identity.computer()[:6]}-{os.getpid()}-{os.urandom(3).hex()}{TEMPORARY}"
    )


def abandoned(path: Path) -> bool:
    """Return whether nobody writes an unfinished file any more. Raises OSError."""
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
    """Remove the unfinished files of a folder that nobody writes any more. Raises OSError."""
    for path in (*folder.glob(f".*{TEMPORARY}"), *folder.glob(".*.ffmeta")):
        with contextlib.suppress(FileNotFoundError):
            if path.is_symlink() or (path.is_file() and abandoned(path)):
                path.unlink()


def _runs(process: int) -> bool:
    if os.name == "nt":
        return True  # there `os.kill` would end it; its files are removed when they are old
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    return True


@contextlib.contextmanager
def beside(path: Path) -> Iterator[Path]:
    """Give a place beside `path` to write to, which is gone where anything goes wrong."""
    part = unfinished(path)
    try:
        yield part
    except BaseException:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        raise


def write(path: Path, data: bytes) -> None:
    """Write a file so that nobody ever sees half of it. Raises OSError."""
    with beside(path) as part:
        with part.open("wb") as file:
            file.write(data)
            settle(file)
        part.replace(path)


def write_new(path: Path, data: bytes) -> None:
    """Write a file whole, and never over another. Raises FileExistsError, OSError."""
    with beside(path) as part:
        with part.open("wb") as file:
            file.write(data)
            settle(file)
        try:
            os.link(part, path)  # unlike replacing, it fails where there is a file
        except FileExistsError:
            raise
        except OSError:  # a disk without links
            if path.exists():
                raise FileExistsError(path) from None
            part.replace(path)
        part.unlink(missing_ok=True)


def settle(file: IO[bytes]) -> None:
    """Force what was written to the disk."""
    file.flush()
    os.fsync(file.fileno())


def write_changed(path: Path, data: bytes) -> bool:
    """Write a file only where it holds something else; return whether it did."""
    try:
        if path.stat().st_size == len(data) and _is_ours(path) and path.read_bytes() == data:
            return False
    except OSError:
        path.parent.mkdir(parents=True, exist_ok=True)
    return write_chunks(path, (data,), compare=False)


def _is_ours(path: Path) -> bool:
    """Say whether a file is one: a link to the same bytes has to become a file."""
    return path.is_file() and not path.is_symlink()


def write_chunks(path: Path, chunks: Iterable[bytes], *, compare: bool = True) -> bool:
    """Write a file part by part; return whether it holds something else than before."""
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
