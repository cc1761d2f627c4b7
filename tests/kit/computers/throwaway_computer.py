"""A copy of this computer that is thrown away: commands of root are run in it, and harm nothing.

Its disk is this one with a layer above that lies in memory; its network is loopback only; what it
starts ends with it. Debian's package manager, certbot and systemd are stood in for.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from contextlib import suppress
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

from tests.kit import shows

STAND_INS = shows.ROOT / "tests" / "hosting" / "stand_ins"
MOUNTS = """\
set -e
mount -t tmpfs tmpfs {top}
cd {top}
mkdir upper work root
mount -t overlay overlay -o lowerdir=/,upperdir={top}/upper,workdir={top}/work {top}/root || {{
    # Where no overlay is allowed: this disk, read only, with copies of what is written to.
    mount -t tmpfs tmpfs root
    for each in /*; do
        case $each in /dev | /opt | /proc | /run | /tmp) mkdir root$each; continue ;; esac
        if [ -L $each ]; then cp -P $each root/; continue; fi
        [ -d $each ] || continue
        mkdir root$each
        mount --bind $each root$each
        mount -o remount,bind,ro root$each
    done
    for each in etc usr/local/bin var/backups; do
        mkdir -p copies/$each
        cp -a root/$each/. copies/$each/
        mount --bind copies/$each root/$each
    done
    chmod 1777 root/tmp
    for each in lib log; do mount -t tmpfs tmpfs root/var/$each; done
    mkdir -p root/var/lib/nginx root/var/log/nginx
}}
mount --rbind /dev root/dev
mount -t proc proc root/proc
mount -t tmpfs tmpfs root/run
mkdir -p root/sandbox
mount -t tmpfs tmpfs root/sandbox
{binds}
cp -r {given}/. root/sandbox/
ip link set lo up
exec chroot root /usr/bin/env -i HOME=/root LANG=C.UTF-8 \\
    PATH=/sandbox/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \\
    LD_LIBRARY_PATH={libraries} \\
    GIT_CONFIG_GLOBAL=/sandbox/gitconfig PIP_NO_INDEX=1 PIP_DISABLE_PIP_VERSION_CHECK=1 \\
    {python} /sandbox/run.py
"""
RUN = """\
import json, subprocess
done = []
for command in json.load(open("/sandbox/commands.json")):
    one = subprocess.run(["bash", "-c", "cd /root && " + command], capture_output=True, text=True,
                         errors="replace", stdin=subprocess.DEVNULL)
    done.append([command, one.returncode, one.stdout, one.stderr])
    if one.returncode and len(done) <= FIRST:
        break
print(json.dumps(done))
"""


class Done(NamedTuple):
    """A command that was run."""

    command: str
    code: int
    stdout: str
    stderr: str


def run(folder: Path, first: list[str], then: list[str]) -> list[Done]:
    """Run commands as root, the first of which must all succeed; return what each said."""
    if os.geteuid() or not all(map(shutil.which, ("unshare", "chroot", "ip"))):
        shows.missing("only root can make a copy of this computer (unshare, chroot, ip)")
    given, top = folder / "given", folder / "top"
    top.mkdir()
    shutil.copytree(STAND_INS, given / "bin")
    for path in (given / "bin").iterdir():
        path.chmod(0o755)
    (given / "commands.json").write_text(json.dumps([*first, *then]), encoding="utf-8")
    (given / "run.py").write_text(RUN.replace("FIRST", str(len(first))), encoding="utf-8")
    _source(given)
    python, binds = _python(given)
    script = MOUNTS.format(
        top=top,
        given=given,
        python=python,
        binds="\n".join(binds),
        libraries="/sandbox/python/lib" if sys.base_prefix != "/usr" else "",
    )
    command = ["unshare", "--mount", "--net", "--pid", "--fork", "--kill-child", "bash", "-c"]
    done = subprocess.run([*command, script], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return [Done(*each) for each in json.loads(done.stdout)]


def _source(given: Path) -> None:
    """Make the repository from which Earmark is cloned there: this folder, as it is now."""
    source = given / "source"
    listed = ["git", "-C", str(shows.ROOT), "ls-files", "-z", "--cached", "--others",
              "--exclude-standard"]  # fmt: skip
    names = subprocess.run(listed, check=True, capture_output=True, text=True).stdout
    for name in filter(None, names.split("\0")):
        if (shows.ROOT / name).is_file() and not name.startswith(("tests/", "benchmarks/")):
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(shows.ROOT / name, source / name)
    for path in (source / ".ci" / "locked").glob("*.txt"):
        path.write_text(_as_installed(path.read_text("utf-8")), encoding="utf-8")
    commit = ["-c", "user.name=x", "-c", "user.email=x@example.org", "commit", "-qm", "All"]
    for words in (["init", "-q"], ["add", "-A", "-f"], commit, ["tag", "v1.0"]):
        subprocess.run(["git", "-C", str(source), *words], check=True, capture_output=True)
    (given / "gitconfig").write_text(
        '[url "/sandbox/source"]\n\tinsteadOf = https://git.example.org/earmark.git\n'
        "[safe]\n\tdirectory = *\n",
        encoding="utf-8",
    )


def _as_installed(locked: str) -> str:
    """Return locked versions as they are here: nothing can be downloaded if they differ."""

    def version(match: re.Match[str]) -> str:
        with suppress(metadata.PackageNotFoundError):
            return f"{match[1]}=={metadata.version(match[1])}"
        return match[0]

    return re.sub(r"(?m)^([\w.-]+)==[^\s;]+", version, locked)


def _python(given: Path) -> tuple[str, list[str]]:
    """Return this Python as it is called there, and what to mount for it: itself, and its packages.

    They come from where `make test-all` installed them, so that nothing is downloaded.
    """
    program = f"python{sys.version_info.major}.{sys.version_info.minor}"
    binds, named = [], []
    for number, path in enumerate(p for p in sys.path if p.endswith("site-packages")):
        named.append(f"/sandbox/packages{number}")
        binds += _bind(path, named[-1])
    (given / "packages.pth").write_text("\n".join(named), encoding="utf-8")
    python = f"/usr/bin/{program}"
    if sys.base_prefix != "/usr":
        binds += _bind(sys.base_prefix, "/sandbox/python")
        python = f"/sandbox/python/bin/{program}"
    (given / "bin" / "python3").write_text(
        f'#!/bin/sh\n{python} "$@" || exit\n'
        'if [ "$1 $2" = "-m venv" ]; then\n'
        'rm -rf "$3"/lib/python3*/site-packages/setuptools*\n'
        'cp /sandbox/packages.pth "$3"/lib/python3*/site-packages/; fi\n',
        encoding="utf-8",
    )
    (given / "bin" / "python3").chmod(0o755)
    return python, binds


def _bind(path: str, there: str) -> list[str]:
    at = shlex.quote(f"root{there}")
    return [f"mkdir -p {at}", f"mount --bind {shlex.quote(path)} {at}",
            f"mount -o remount,bind,ro {at}"]  # fmt: skip
