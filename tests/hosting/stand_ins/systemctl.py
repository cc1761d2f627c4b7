"""Stands in for systemd: starts what a unit says, as whom and with what it says.

Of its protections those are real that a program can run into: the user, no new privileges, no
capabilities, a disk that cannot be written to but for its own folders, no homes, an own /tmp.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

UNITS = Path("/etc/systemd/system")


def read(name: str) -> dict[str, list[str]]:
    """Return what a unit says, by key."""
    found: dict[str, list[str]] = {}
    for line in (UNITS / name).read_text(encoding="utf-8").splitlines():
        match = re.fullmatch(r"(\w+)=(.*)", line)
        if match:
            found.setdefault(match[1], []).append(match[2])
    return found


def inside(unit: dict[str, list[str]]) -> str:
    """Return a shell script that does what systemd does before it starts a program."""
    (user,) = unit["User"]
    (state,) = unit["StateDirectory"]
    folders = [f"/var/lib/{state}", *unit.get("ReadWritePaths", [])]
    lines = [
        f"install -d -o {user} -g {user} -m {unit['StateDirectoryMode'][0]} /var/lib/{state}",
        *(f"mount --bind {folder} {folder}" for folder in folders),
    ]
    assert unit["ProtectSystem"] == ["strict"]
    lines += ["mount -o remount,bind,ro /", "mount -t tmpfs tmpfs /tmp"]
    assert unit["ProtectHome"] == ["yes"]
    lines += ["mount -t tmpfs -o ro,mode=0 tmpfs /root", "mount -t tmpfs -o ro,mode=0 tmpfs /home"]
    assert unit["NoNewPrivileges"] == ["yes"]
    assert unit["CapabilityBoundingSet"] == [""]
    command = unit["ExecStart"][0].replace("%%", "%")
    limits = f"umask {unit['UMask'][0]}; ulimit -c {unit['LimitCORE'][0]}; cd /; exec {command}"
    lines.append(
        f"exec setpriv --reuid {user} --regid {user} --clear-groups --no-new-privs "
        f"--bounding-set=-all env -i PATH=/usr/local/bin:/usr/bin:/bin LANG=C.UTF-8 "
        f"LD_LIBRARY_PATH={os.environ.get('LD_LIBRARY_PATH', '')} "  # of the Python that is tried
        f"HOME=/var/lib/{state} sh -c {shlex.quote(limits)}"
    )
    return "set -e\n" + "\n".join(lines)


def start(name: str) -> int:
    """Start a unit, and wait for its end if it is one that ends."""
    if name.endswith(".timer"):
        assert "OnCalendar" in read(name)
        return 0 if (UNITS / f"{name[:-6]}.service").is_file() else 1
    unit = read(name)
    command = ["unshare", "--mount", "bash", "-c", inside(unit)]
    if unit.get("Type") == ["oneshot"]:
        return subprocess.run(command, check=False).returncode
    with Path("/run/journal").open("ab") as journal:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=journal, stderr=journal,
            start_new_session=True,
        )  # fmt: skip
    Path(f"/run/{name}.pid").write_text(str(process.pid), encoding="utf-8")
    return 0


def stop(name: str) -> int:
    """Stop a unit, and wait until it has."""
    pid = int(Path(f"/run/{name}.pid").read_text(encoding="utf-8"))
    os.killpg(pid, 15)
    while Path(f"/proc/{pid}/cmdline").exists() and Path(f"/proc/{pid}/cmdline").read_bytes():
        pass
    return 0


def main(words: list[str]) -> int:
    """Do what was asked, unit after unit."""
    verb, *names = [word for word in words if word != "--now"]
    acts = {"enable": start, "start": start, "stop": stop}
    return max(acts[verb](name) for name in names)


sys.exit(main(sys.argv[1:]))
