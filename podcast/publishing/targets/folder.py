"""Publishes to a folder, which a web server serves or another program copies on."""

from __future__ import annotations

import contextlib
import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING

from episodes.audio.mp3_frames import CHUNK
from episodes.show_folder.real_paths import real_path
from episodes.site_layout import RECORDS
from podcast.atomic_files import TEMPORARY, beside, settle, sweep, write
from podcast.cache.store import stat
from podcast.publishing.targets.contract import ChangedError, Content, StoredFile, TargetError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class Folder:
    """Keeps the contract of `target.Target` in a folder of this computer or of a share.

    Links in it count as not there: they may lead anywhere.
    """

    parallel = 2

    def __init__(self, root: Path) -> None:
        self.root = root
        self.words = str(root)

    def listing(self) -> dict[str, StoredFile]:
        """Walk the folder; half-written files count as not there, and stay: one may be growing."""
        with self._sentences():
            return dict(self._walk(self.root, ""))

    def _walk(self, folder: Path, below: str) -> Iterator[tuple[str, StoredFile]]:
        if not folder.is_dir():
            return
        for entry in os.scandir(folder):
            name = below + entry.name
            if entry.is_dir(follow_symlinks=False):
                yield from self._walk(folder / entry.name, f"{name}/")
            elif entry.name.startswith(".") and entry.name.endswith(TEMPORARY):
                continue
            elif entry.is_file(follow_symlinks=False):
                yield name, _seen(entry.stat(follow_symlinks=False))

    def clock(self) -> None:
        """Return None: the times of a folder may be this computer's."""

    def tidy(self) -> None:
        """Remove what a publish left half-written that nobody goes on with."""
        with self._sentences():
            for folder, names, _ in os.walk(self.root):
                names[:] = [name for name in names if not name.startswith(".git")]
                sweep(Path(folder))

    def read(self, name: str) -> bytes | None:
        """Read a file."""
        with self._sentences():
            path = self.root / name
            return path.read_bytes() if stat(path) else None

    def head(self, name: str, size: int) -> bytes:
        """Read the beginning of a file."""
        with self._sentences():
            if not stat(self.root / name):
                return b""
            with (self.root / name).open("rb") as file:
                return file.read(size)

    def digest(self, name: str) -> str:
        """Hash a file."""
        with self._sentences():
            if not stat(self.root / name):
                return ""
            with (self.root / name).open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest()

    def put(self, name: str, content: Content, moved: Callable[[int], None]) -> StoredFile:
        """Copy beside its place, read back, and move into place."""
        with self._sentences(), beside(self._place(name)) as part:
            sha, sent = hashlib.sha256(), 0
            with content.path.open("rb") as source, part.open("wb") as copied:
                while chunk := source.read(CHUNK):
                    sha.update(chunk)
                    copied.write(chunk)
                    sent += len(chunk)
                    moved(len(chunk))
                settle(copied)
            if (sent, sha.hexdigest()) != content[1:]:
                raise ChangedError(f"{name} changed while it was being published; publish again")
            with part.open("rb") as file:
                if hashlib.file_digest(file, "sha256").hexdigest() != content.digest:
                    raise TargetError(f"{self.words}: {name} does not read back as it was written")
            part.replace(self.root / name)
        return self._look(name)

    def write(self, name: str, data: bytes) -> StoredFile:
        """Write beside its place, and move into place."""
        with self._sentences():
            write(self._place(name), data)
        return self._look(name)

    def create(self, name: str, data: bytes) -> bool:
        """Let the file system decide who comes first."""
        with self._sentences():
            path = self._place(name)
            try:
                with path.open("xb") as file:
                    try:
                        file.write(data)
                        settle(file)
                    except BaseException:  # a full disk leaves no lock without words
                        path.unlink(missing_ok=True)
                        raise
            except FileExistsError:
                return False
            return True

    def copy(self, name: str, to: str) -> StoredFile:
        """Copy a file within the folder."""
        data = self.read(name)
        if data is None:
            raise TargetError(f"{self.words}: {name} is no longer there")
        return self.write(to, data)

    def delete(self, name: str) -> None:
        """Remove a file."""
        with self._sentences():
            self._inside(self.root / name)
            (self.root / name).unlink(missing_ok=True)

    def age(self, name: str) -> float | None:
        """Compare with a file written now: the clock of a share is not this computer's."""
        try:
            put = (self.root / name).stat().st_mtime
        except OSError:
            return None
        clock = f"{RECORDS}clock"
        self.write(clock, b"")
        now = (self.root / clock).stat().st_mtime
        self.delete(clock)
        return abs(now - put)  # from a clock that was ahead: years later is not just now

    def _place(self, name: str) -> Path:
        """Return where a file goes; its folder is there."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        self._inside(path)
        return path

    def _inside(self, path: Path) -> None:
        """Raise TargetError where a folder of the target is a link to somewhere else."""
        if not real_path(path.parent).is_relative_to(real_path(self.root)):
            where = path.parent.relative_to(self.root)
            raise TargetError(f"{self.words}: {where} is a link to another place; make it a folder")

    def _look(self, name: str) -> StoredFile:
        with self._sentences():
            return _seen((self.root / name).stat())

    @contextlib.contextmanager
    def _sentences(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            where = error.filename or self.root
            raise TargetError(f"{where}: {error.strerror}; fix that and publish again") from None


def _seen(there: os.stat_result) -> StoredFile:
    return StoredFile(there.st_size, str(there.st_mtime_ns))
