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
    """A target in a folder of this computer or of a network share.

    Links in it are ignored, because they may lead anywhere.
    """

    parallel = 2

    def __init__(self, root: Path) -> None:
        self.root = root
        self.words = str(root)

    def prepare(self) -> None:
        """Do nothing: files are copied without a library."""

    def listing(self) -> dict[str, StoredFile]:
        """Walk the folder; leave out half-written files, which another publish may be writing."""
        with self._translate_errors():
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
                yield name, _stored(entry.stat(follow_symlinks=False))

    def clock(self) -> None:
        """Return None: the times of files in a folder may come from this computer."""

    def tidy(self) -> None:
        """Delete half-written files of interrupted publishes."""
        with self._translate_errors():
            for folder, names, _ in os.walk(self.root):
                names[:] = [name for name in names if not name.startswith(".git")]
                sweep(Path(folder))

    def read(self, name: str) -> bytes | None:
        """Read a file."""
        with self._translate_errors():
            path = self.root / name
            return path.read_bytes() if stat(path) else None

    def head(self, name: str, size: int) -> bytes:
        """Read the beginning of a file."""
        with self._translate_errors():
            if not stat(self.root / name):
                return b""
            with (self.root / name).open("rb") as file:
                return file.read(size)

    def digest(self, name: str) -> str:
        """Hash a file."""
        with self._translate_errors():
            if not stat(self.root / name):
                return ""
            with (self.root / name).open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest()

    def put(self, name: str, content: Content, moved: Callable[[int], None]) -> StoredFile:
        """Copy under a temporary name, read it back, and rename it."""
        with self._translate_errors(), beside(self._prepare_path(name)) as part:
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
        return self._stat(name)

    def write(self, name: str, data: bytes) -> StoredFile:
        """Write under a temporary name, and rename it."""
        with self._translate_errors():
            write(self._prepare_path(name), data)
        return self._stat(name)

    def create(self, name: str, data: bytes) -> bool:
        """Create a file; the file system decides which of two computers is first."""
        with self._translate_errors():
            path = self._prepare_path(name)
            try:
                with path.open("xb") as file:
                    try:
                        file.write(data)
                        settle(file)
                    except BaseException:  # a full disk must not leave an empty lock
                        path.unlink(missing_ok=True)
                        raise
            except FileExistsError:
                return False
            return True

    def copy(self, name: str, to: str) -> None:
        """Copy a file within the folder."""
        data = self.read(name)
        if data is None:
            raise TargetError(f"{self.words}: {name} is no longer there")
        self.write(to, data)

    def stat(self, name: str) -> StoredFile | None:
        """Return the size and time of a file."""
        with self._translate_errors():
            return _stored((self.root / name).stat()) if stat(self.root / name) else None

    def delete(self, name: str) -> None:
        """Delete a file."""
        with self._translate_errors():
            self._refuse_links(self.root / name)
            (self.root / name).unlink(missing_ok=True)

    def age(self, name: str) -> float | None:
        """Return the age of a file compared with one written now: a share has its own clock."""
        try:
            put = (self.root / name).stat().st_mtime
        except OSError:
            return None
        clock = f"{RECORDS}clock"
        self.write(clock, b"")
        now = (self.root / clock).stat().st_mtime
        self.delete(clock)
        return abs(now - put)  # negative if the clock was ahead then; such a lock is not new

    def _prepare_path(self, name: str) -> Path:
        """Return the path of a file to write; make its folder."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        self._refuse_links(path)
        return path

    def _refuse_links(self, path: Path) -> None:
        """Raise TargetError if a folder of the target is a link to another place."""
        if not real_path(path.parent).is_relative_to(real_path(self.root)):
            where = path.parent.relative_to(self.root)
            raise TargetError(f"{self.words}: {where} is a link to another place; make it a folder")

    def _stat(self, name: str) -> StoredFile:
        with self._translate_errors():
            return _stored((self.root / name).stat())

    @contextlib.contextmanager
    def _translate_errors(self) -> Iterator[None]:
        """Turn an OSError into a TargetError that says what to do."""
        try:
            yield
        except OSError as error:
            where = error.filename or self.root
            raise TargetError(f"{where}: {error.strerror}; fix that and publish again") from None


def _stored(status: os.stat_result) -> StoredFile:
    return StoredFile(status.st_size, str(status.st_mtime_ns))
