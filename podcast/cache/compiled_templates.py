"""Keeps the compiled templates of the pages: compiling them takes as long as the index.

They lie in the user's cache folder, never in a show, and each is sealed with this user's key: what
is read is run as code.
"""

from __future__ import annotations

import contextlib
from importlib.metadata import version
from typing import TYPE_CHECKING

from jinja2 import BytecodeCache

from feed import pages
from podcast import atomic_files
from podcast.cache import identity

if TYPE_CHECKING:
    from pathlib import Path

    from jinja2.bccache import Bucket

FOLDER = "templates"
SEAL = 64  # bytes


class SealedTemplates(BytecodeCache):
    """Compiled templates, a file each; one that is missing, damaged or not ours is made again."""

    def __init__(self, code: str) -> None:
        """Keep those that this version of the program compiled; Jinja compares only the text."""
        self._made_by = f"{code} {version('jinja2')}"

    def load_bytecode(self, bucket: Bucket) -> None:
        """Take a compiled template from its file if this user sealed it."""
        path = _file(bucket)
        try:
            data = path.read_bytes() if path.is_file() else b""  # never a pipe
        except OSError:
            return
        seal, code = data[:SEAL].decode("ascii", "replace"), data[SEAL:]
        if identity.sealed(self._purpose(bucket), code, seal):
            bucket.bytecode_from_string(code)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Write a compiled template; without a home folder to write to, it is not kept."""
        path, code = _file(bucket), bucket.bytecode_to_string()
        seal = identity.seal(self._purpose(bucket), code).encode()
        with contextlib.suppress(OSError):
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            atomic_files.write_chunks(path, (seal, code), compare=False)

    def _purpose(self, bucket: Bucket) -> str:
        return f"template {bucket.key} {self._made_by}"


def keep_templates(code: str) -> None:
    """Compile each template of the pages once for a version of the program."""
    pages.templates().bytecode_cache = SealedTemplates(code)


def _file(bucket: Bucket) -> Path:
    return identity.cache_folder() / FOLDER / bucket.key
