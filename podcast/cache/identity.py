"""Knows this computer and its user by a key that lies outside every show (docs/decisions/0034).

A folder is copied, synced, restored and cloned with everything in it. So a show never decides who
made a cache, or who is publishing.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import os
import platform
import sys
from functools import lru_cache
from pathlib import Path

from episodes.show_folder.real_paths import real_path

SIZE = 32  # bytes of the key
_MACHINE = ("/etc/machine-id", "/var/lib/dbus/machine-id")


def cache_folder() -> Path:
    """Return the user's cache folder for Earmark; it may not exist yet."""
    home = Path(os.path.expanduser("~"))  # noqa: PTH111 - Path.home raises where there is none
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = home / "Library" / "Caches"
    else:
        named = os.environ.get("XDG_CACHE_HOME", "")
        base = Path(named) if Path(named).is_absolute() else home / ".cache"
    return base / "earmark"


def key() -> bytes:
    """Return the user's own key; make it at first use."""
    return _key(cache_folder() / "key")


@lru_cache(maxsize=8)
def _key(path: Path) -> bytes:
    known = _read(path)
    if known:
        return known
    with contextlib.suppress(OSError):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if path.is_symlink() or path.exists():
            path.unlink()  # damaged: everything that it sealed is made again
        _write(path)
    return _read(path) or _without_home()


def _write(path: Path) -> None:
    """Write a new key atomically, and never over one from another process."""
    part = path.with_name(f".{os.urandom(8).hex()}.part")
    try:
        with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:  # noqa: PTH123
            file.write(os.urandom(SIZE))
        try:
            os.link(part, path)
        except FileExistsError:
            return
        except OSError:  # a disk without links
            part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _read(path: Path) -> bytes:
    try:
        data = path.read_bytes() if path.is_file() and not path.is_symlink() else b""
    except OSError:
        return b""
    return data if len(data) == SIZE else b""


@lru_cache(maxsize=1)
def _without_home() -> bytes:
    """Return a key if the home folder is read-only: of this computer, or of this run."""
    machine = _machine()
    if not machine:
        return os.urandom(SIZE)
    user = str(os.getuid()) if hasattr(os, "getuid") else ""
    return hashlib.sha256(f"earmark {machine} {user}".encode()).digest()


@lru_cache(maxsize=1)
def _machine() -> str:
    """Return the operating system's id of this computer, "" if it has none."""
    for name in _MACHINE:
        with contextlib.suppress(OSError, UnicodeDecodeError):
            identity = Path(name).read_text(encoding="ascii").strip()
            if identity:
                return identity
    return ""


def _digest(*words: str) -> str:
    return hmac.new(key(), "\0".join(words).encode("utf-8", "replace"), "sha256").hexdigest()


def computer() -> str:
    """Return a name for this computer: 16 hex digits that reveal nothing about it."""
    return _digest("computer", _machine() or platform.node())[:16]


def name_of(show: Path) -> str:
    """Return a name for a show's folder on this computer; a copy of the folder has another."""
    return _digest("show", _machine() or platform.node(), str(real_path(show)))[:16]


def seal(purpose: str, data: bytes) -> str:
    """Return a seal for some bytes that only this user can make."""
    return hmac.new(key(), purpose.encode() + b"\0" + data, "sha256").hexdigest()


def sealed(purpose: str, data: bytes, by: object) -> bool:
    """Return whether this user sealed these bytes for this purpose."""
    return isinstance(by, str) and hmac.compare_digest(
        seal(purpose, data).encode(), by.encode("utf-8", "replace")
    )
