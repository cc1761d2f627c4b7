"""Caches what the last build read of each episode, so that the next does only what changed."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from pydantic import ConfigDict, TypeAdapter, ValidationError

from episodes import site_layout
from episodes.findings import Finding
from episodes.model import Episode, Show
from podcast import atomic_files
from podcast.cache import validation
from podcast.cache.store import plain

if TYPE_CHECKING:
    from pathlib import Path

    from episodes.show_folder.scan import Signature
    from podcast.cache.store import Store

AUDIO_VERSION = "2"  # of what is remembered about recordings: it outlives new versions of the rest
UNFINISHED = "unfinished.json"
_EPISODES = TypeAdapter(dict[str, Episode], config=ConfigDict(defer_build=True))


def key(show: Show) -> str:
    """Return a digest of everything an episode takes from its show."""
    return hashlib.sha256(show.without_episodes.model_dump_json().encode()).hexdigest()


class Memory:
    """The documents `seen.json`, `episodes.json` and `audio.json` of a show."""

    def __init__(self, store: Store, out: Path, *, verify: bool) -> None:
        self._store = store
        self._seen = {} if verify else store.seen()
        if self._seen.get("out") != str(out):
            self._seen = {}
        heard = {} if verify else store.load("audio.json", AUDIO_VERSION)
        known = heard.get("recordings")
        self.recordings: dict[str, Any] = known if isinstance(known, dict) else {}

    @property
    def empty(self) -> bool:
        """Whether nothing is known of any episode."""
        return not self._seen

    def unchanged(
        self, tree: dict[str, Signature], show: str, heard: set[str]
    ) -> dict[str, Episode]:
        """Return the episodes, by folder, whose files, show and recording are known as they are."""
        if self._seen.get("key") != show:
            return {}
        return {
            name: each
            for name, each in self.left(tree).items()
            if each.recording in heard or not each.recording
            if not validation.linked(self._store.folder.parent, name, each)
        }

    def left(self, tree: dict[str, Signature]) -> dict[str, Episode]:
        """Return the episodes, by folder, as the last build left them, if their files are the same.

        What an episode takes from its show, and where links lead, may have changed since: only a
        build that has just ended makes sure of both.
        """
        try:
            raw = (self._store.folder / "episodes.json").read_bytes()
            if hashlib.sha256(raw).hexdigest() != self._seen.get("digest"):
                return {}
            known = _EPISODES.validate_json(raw)
        except (OSError, ValidationError, RecursionError):
            return {}
        now, then = plain(tree), self._seen["tree"]
        return {
            name: each
            for name, each in known.items()
            if name in tree and now[name] == then.get(name)
            if validation.episode(name, each, tree[name], each.built_files)
        }

    def findings(self, folder: str) -> list[Finding]:
        """Return what was found in a folder that did not change."""
        return [Finding.load(row) for row in self._seen["findings"].get(folder, [])]

    def output(self, name: str) -> tuple[int, int] | None:
        """Return (size, mtime) of a built file as it was left."""
        row = self._seen.get("outputs", {}).get(name)
        return (row[0], row[1]) if row else None

    def outputs(self) -> set[str]:
        """Return the names of all files that the last build left."""
        return set(self._seen.get("outputs", {}))

    def unfinished(self) -> set[str]:
        """Return the names of files that builds made which were refused or stopped afterwards."""
        names = self._store.load(UNFINISHED, AUDIO_VERSION).get("files", [])
        return (
            {
                each
                for each in filter(site_layout.is_published_name, names)
                if each.startswith(site_layout.MEDIA)
            }
            if isinstance(names, list)
            else set()
        )

    def remember_unfinished(self, names: set[str]) -> None:
        """Write down files that nothing announces yet; `remember` forgets them."""
        names = names | self.unfinished() if names else names
        if names:
            self._store.save(UNFINISHED, {"files": sorted(names)}, AUDIO_VERSION)

    def neighbours(self, folder: str) -> Any:
        """Return what the episode's page said of the episodes before and after it."""
        return self._seen.get("neighbours", {}).get(folder)

    def remember_recordings(self, rows: dict[str, Any]) -> None:
        """Write down what is known of the recordings; also after a build that was stopped."""
        self._store.save("audio.json", {"recordings": rows}, AUDIO_VERSION)

    def forget_recordings(self, folders: set[str]) -> None:
        """Forget the recordings that lie in these folders."""
        rows = {path: row for path, row in self.recordings.items()
                if path.rpartition("/")[0] not in folders}  # fmt: skip
        if len(rows) < len(self.recordings):
            self.recordings = rows
            self.remember_recordings(rows)

    def remember(self, episodes: dict[str, Episode], document: dict[str, Any]) -> None:
        """Write down a build that is done."""
        raw = _EPISODES.dump_json(episodes)
        atomic_files.write(self._store.file("episodes.json"), raw)
        (self._store.folder / UNFINISHED).unlink(missing_ok=True)
        self._store.save("seen.json", {**document, "digest": hashlib.sha256(raw).hexdigest()})
