"""What is installed: the locks hold all that setup.cfg asks, and every command to install works."""

from __future__ import annotations

import configparser
import re
import tomllib
from functools import cache

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.kit.shows import ROOT

LOCKED = ROOT / ".ci" / "locked"
# A lock holds what Earmark needs and these extras.
LOCKS = {
    "base": (), "test": ("test",), "check": ("test", "check"), "all": ("test", "all"),
    "postgresql": ("postgresql",), "transcribe": ("transcribe",), "lock": ("lock",),
    "lowest": ("test",), "versions": ("test", "check", "all", "postgresql", "transcribe", "lock"),
}  # fmt: skip
SYSTEMS = (
    {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix"},
    {"sys_platform": "darwin", "platform_system": "Darwin", "os_name": "posix"},
    {"sys_platform": "win32", "platform_system": "Windows", "os_name": "nt"},
)
PYTHONS = ("3.11", "3.12", "3.13")
COMMAND = re.compile(
    r"\b(?:pip3?|pipx|uv|uvx)\b(?: +(?:tool|pip))? +(?:install|run|add)\b[^\n`#]*"
    r"|\buvx +[^\n`#]*"
)
BARE = re.compile(
    r"""(?<![\w/.\-])["']?earmark(?:\[[\w,]*\])?(?:[=<>~!]=?[\w.*]+)?["']?(?=[\s)`]|$)"""
)


@cache
def asked(extra: str = "") -> tuple[Requirement, ...]:
    """Return what setup.cfg asks for Earmark, or for an extra."""
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg", encoding="utf-8")
    section = config["options.extras_require"] if extra else config["options"]
    rows = section[extra or "install_requires"].strip().splitlines()
    return tuple(Requirement(row) for row in rows)


def needed(lock: str) -> tuple[Requirement, ...]:
    return (*asked(), *(each for extra in LOCKS[lock] for each in asked(extra)))


@cache
def pinned(lock: str) -> tuple[Requirement, ...]:
    """Return the rows of a lock."""
    text = (LOCKED / f"{lock}.txt").read_text(encoding="utf-8")
    rows = re.findall(r"^(\w[^\\\n]*)", text, re.MULTILINE)
    return tuple(Requirement(row.strip()) for row in rows)


def pins(lock: str, python: str, system: dict[str, str]) -> dict[str, Version]:
    """Return the version of each package that a computer takes from a lock."""
    here = {**system, "python_version": python, "python_full_version": f"{python}.9"}
    here |= {"platform_python_implementation": "CPython", "implementation_name": "cpython"}
    return {
        canonicalize_name(row.name): Version(str(row.specifier).removeprefix("=="))
        for row in pinned(lock)
        if not row.marker or row.marker.evaluate(here)
    }


@pytest.mark.parametrize("lock", LOCKS)
@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("system", SYSTEMS, ids=lambda system: system["sys_platform"])
def test_a_lock_holds_all_that_setup_cfg_asks(
    lock: str, python: str, system: dict[str, str]
) -> None:
    taken = pins(lock, python, system)
    for each in needed(lock):
        if each.marker and not each.marker.evaluate({**system, "python_version": python}):
            continue
        version = taken.get(canonicalize_name(each.name))
        assert version, f"{lock}.txt lacks {each.name}: run `make lock`"
        assert version in each.specifier, f"{lock}.txt has {each.name} {version}: run `make lock`"


def test_every_extra_has_a_lock_and_every_lock_is_known() -> None:
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg", encoding="utf-8")
    extras = set(config["options.extras_require"])
    assert extras == set(LOCKS) - {"base", "lowest", "versions"}
    assert {path.stem for path in LOCKED.iterdir()} == {*LOCKS, "build"}


def test_the_lowest_versions_are_those_of_setup_cfg() -> None:
    lowest = pins("lowest", "3.11", SYSTEMS[0])
    for each in needed("lowest"):
        if each.marker and not each.marker.evaluate():
            continue
        (bound,) = each.specifier
        version = lowest[canonicalize_name(each.name)]
        assert version == Version(bound.version), f"setup.cfg: {each}; the lowest is {version}"


def test_what_builds_earmark_is_locked() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    (wanted,) = tomllib.loads(text)["build-system"]["requires"]
    (row,) = pinned("build")
    assert row.name == Requirement(wanted).name
    assert Version(str(row.specifier)[2:]) in Requirement(wanted).specifier


@pytest.mark.parametrize("lock", [*LOCKS, "build"])
def test_a_lock_has_digests_and_names_no_address_and_no_folder(lock: str) -> None:
    text = (LOCKED / f"{lock}.txt").read_text(encoding="utf-8")
    assert not re.search(r"://|index-url|find-links|/(?:home|root|tmp|opt)/", text)
    rows = re.split(r"^(?=\w)", text, flags=re.MULTILINE)[1:]
    assert len(rows) == len(pinned(lock))
    assert all(("--hash=sha256:" in row) == (lock != "versions") for row in rows)


@pytest.mark.parametrize("lock", sorted({*LOCKS} - {"lowest", "versions"}))
def test_the_locks_agree(lock: str) -> None:
    for python in PYTHONS:
        every = pins("versions", python, SYSTEMS[0])
        mine = pins(lock, python, SYSTEMS[0])
        assert {name: every[name] for name in mine} == mine


def test_npm_packages_are_locked_with_digests_and_without_addresses() -> None:
    text = (ROOT / "tests" / "package-lock.json").read_text(encoding="utf-8")
    assert '"resolved"' not in text
    assert text.count('"integrity"') > 100


def test_setup_cfg_lists_every_package_there_is() -> None:
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg", encoding="utf-8")
    listed = set(config["options"]["packages"].split()) - {"podcast.example"}
    folders = {
        path.parent.relative_to(ROOT).as_posix().replace("/", ".")
        for package in ("podcast", "episodes", "feed", "web")
        for path in (ROOT / package).rglob("*.py")
        if "__pycache__" not in path.parts
    }
    assert listed == folders, "setup.cfg: packages must list every folder that has code"


def test_data_files_of_every_package_are_installed() -> None:
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg", encoding="utf-8")
    data = {
        path
        for package, patterns in config["options.package_data"].items()
        for pattern in re.split(r"[\s,]+", patterns.strip())
        if package != "podcast.example"
        for path in (ROOT / package.replace(".", "/")).glob(pattern)
    }
    known = {".py", ".pyc", ".md"}  # a folder's README is for those who read the code
    for package in ("podcast", "episodes", "feed", "web"):
        for path in (ROOT / package).rglob("*"):
            if path.is_file() and path.suffix not in known:
                assert path in data, f"setup.cfg does not install {path.relative_to(ROOT)}"


def commands(text: str) -> list[str]:
    """Return the commands that install something by the bare name of Earmark."""
    return [each for each in COMMAND.findall(text) if BARE.search(each)]


def test_no_document_or_message_installs_earmark_by_its_bare_name() -> None:
    files = [ROOT / "README.md", ROOT / "SECURITY.md", ROOT / "CHANGELOG.md"]
    for folder in ("docs", "podcast", "episodes", "feed", "web", "examples"):
        found = (ROOT / folder).rglob("*")
        files += [path for path in found if path.suffix in {".md", ".py", ".html", ".txt", ".yaml"}]
    for path in files:
        hits = commands(path.read_text(encoding="utf-8"))
        assert not hits, f"{path.relative_to(ROOT)}: {hits[0]}: earmark is on no index"


@pytest.mark.parametrize(
    "bad",
    [
        "pip install earmark", "pipx install earmark", "pip install 'earmark[test]'",
        "uv tool install earmark", "uvx earmark demo", "pip install -q earmark==1.0",
        "pipx run earmark", "uv pip install earmark", "pipx install --force earmark",
    ],
)  # fmt: skip
def test_a_bare_name_is_seen(bad: str) -> None:
    assert commands(bad) == [bad]


@pytest.mark.parametrize(
    "fine",
    [
        "pipx install .", "uv tool install . --constraints .ci/locked/versions.txt",
        "pip install git+https://git.example.org/earmark.git@v1.0", "cd earmark",
        "pipx install ./earmark", "earmark demo",
    ],
)  # fmt: skip
def test_a_folder_is_fine(fine: str) -> None:
    assert commands(fine) == []
