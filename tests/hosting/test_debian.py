"""A companion on Debian: every command of the page, run as root in a copy of this computer."""

from __future__ import annotations

import re
import shlex
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.kit import shows
from tests.kit.companion import cast
from tests.kit.computers import throwaway_computer

if TYPE_CHECKING:
    from tests.kit.computers.throwaway_computer import Done

pytestmark = pytest.mark.slow
HOSTING = shows.ROOT / "docs" / "hosting"
PAGE = (HOSTING / "debian.md").read_text(encoding="utf-8")
PODCAST = "https://podcast.example.org/talks/"
WAIT = "curl -sf --retry 30 --retry-connrefused --retry-delay 1 http://127.0.0.1:8090/about/privacy"
ASK = "curl -sSik --resolve notes.example.org:443:127.0.0.1 https://notes.example.org{}"
BY = "runuser -u companion -- earmark web "
PROCESS = "ps -eo user:20,args | grep '[w]eb serve' | cut -d' ' -f1 | sort -u"
MODES = (
    "stat -c '%U %a %n' /var/lib/companion /var/lib/companion/* /var/backups/companion "
    "/var/backups/companion/* /var/backups/companion-settings.toml"
)
COPY = "/var/backups/companion-settings.toml"
SERVICE = "earmark-companion.service"
LATER = {
    "wait": f"{WAIT} -H 'Host: notes.example.org'",
    "home": ASK.format("/"),
    "privacy": ASK.format("/about/privacy"),
    "sign-in": ASK.format("/sign-in"),
    "who": PROCESS,
    "modes": MODES,
    "copy": "cmp /var/backups/companion-settings.toml /var/lib/companion/settings.toml",
    "purge": "systemctl start earmark-companion-purge.service",
    "by root": "earmark web backup /var/backups/companion /var/lib/companion",
    "lead": f"{BY}lead invite /var/lib/companion",
    "stop": f"systemctl stop {SERVICE}",
    "restore": f"{BY}restore /var/backups/companion/*.gz /var/lib/companion --replace",
    "start": f"systemctl start {SERVICE}",
    "wait again": f"{WAIT} -H 'Host: notes.example.org'",
    "again": ASK.format("/"),
    "journal": "cat /run/journal",
    "verify": "systemd-analyze verify --man=no /etc/systemd/system/earmark-companion*",
    "nginx": "nginx -t",
}


def commands() -> list[str]:
    blocks = re.findall(r"^```sh\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    return [line for block in blocks for line in block.splitlines()]


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Done], dict[str, Done]]:
    """What each command of the page said, and each that looks at what they made."""
    folder = tmp_path_factory.mktemp("debian")
    cast.catalogue(folder / "given" / "talks")
    first = [line.replace(PODCAST, "/sandbox/talks") for line in commands()]
    found = throwaway_computer.run(folder, first, [*LATER.values()])
    return found[: len(first)], dict(zip(LATER, found[len(first) :], strict=False))


def test_there_are_fifteen_and_each_succeeds(done: tuple[list[Done], dict[str, Done]]) -> None:
    assert len(commands()) == 15
    for each in done[0]:
        assert each.code == 0, each
    assert len(done[0]) == 15
    invited = next(each for each in done[0] if " web init " in each.command)
    assert "https://notes.example.org/desk/invitation/" in invited.stdout
    assert "http://" not in invited.stdout


def test_it_answers_behind_nginx_and_https(done: tuple[list[Done], dict[str, Done]]) -> None:
    _, later = done
    for name in ("home", "privacy", "sign-in", "again"):
        assert later[name].stdout.startswith("HTTP/1.1 200"), later[name]
    assert "Riverside Trust" in later["home"].stdout
    cookie = re.search(r"(?im)^set-cookie: .*$", later["sign-in"].stdout)
    assert cookie
    assert "secure" in cookie[0].lower()
    assert later["nginx"].code == 0, later["nginx"]


def test_it_runs_as_its_own_user_and_nobody_else_reads_what_is_its(
    done: tuple[list[Done], dict[str, Done]],
) -> None:
    _, later = done
    assert later["who"].stdout.split() == ["companion"]
    rows = [line.split(" ", 2) for line in later["modes"].stdout.splitlines()]
    assert {name for _, _, name in rows} > {"/var/lib/companion/settings.toml",
                                            "/var/lib/companion/companion.db"}  # fmt: skip
    for owner, mode, name in rows:
        assert owner == ("root" if name == COPY else "companion"), name
        if name.endswith("/texts"):  # statements that everybody reads, in a folder nobody enters
            continue
        assert mode[-2:] == "00", f"{name} has mode {mode}"
    assert later["copy"].code == 0


def test_backup_purge_and_restore_work_as_the_page_says(
    done: tuple[list[Done], dict[str, Done]],
) -> None:
    first, later = done
    assert "/var/backups/companion/companion-2" in first[-1].stdout
    for name in ("purge", "stop", "restore", "start", "lead"):
        assert later[name].code == 0, later[name]
    assert "Deleted: " in later["purge"].stdout
    assert "Restored from /var/backups/companion/" in later["restore"].stdout


def test_root_is_told_to_work_as_the_companions_user(
    done: tuple[list[Done], dict[str, Done]],
) -> None:
    refused = done[1]["by root"]
    assert refused.code == 1
    assert refused.stderr == (
        "error: /var/lib/companion belongs to companion, and files made by root would lock "
        "companion out; "
        "write `runuser -u companion --` before the command\n"
    )


def test_systemd_finds_nothing_wrong_in_the_units(
    done: tuple[list[Done], dict[str, Done]],
) -> None:
    assert done[1]["verify"] == (LATER["verify"], 0, "", "")


def test_nothing_went_wrong_in_the_journal(done: tuple[list[Done], dict[str, Done]]) -> None:
    said = done[1]["journal"].stdout
    assert "The companion of Riverside Trust: https://notes.example.org/" in said
    assert "rror" not in said


def test_every_later_command_of_the_page_is_a_command() -> None:
    """The tables below the fifteen name commands too: earmark knows them and their options."""
    written = re.findall(
        r"runuser -u companion -- earmark (web [a-z ]+?)(?= (?:/|\.\.\.|--)|`)", PAGE
    )
    assert len(written) >= 3
    for each in {*written} - {"web"}:
        run = [shows.program("earmark"), *shlex.split(each), "--help"]
        assert subprocess.run(run, check=False, capture_output=True).returncode == 0, each
    for name in re.findall(r"earmark-companion[\w-]*\.(?:service|timer)", PAGE):
        assert (HOSTING / name).is_file()
