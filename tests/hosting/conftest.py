"""What the tests of hosting share: the example, published, and real web servers that serve it."""

from __future__ import annotations

import http.client
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from tests.kit import shows
from tests.kit.servers import nginx, preview_server

if TYPE_CHECKING:
    from collections.abc import Iterator

HOSTING = shows.ROOT / "docs" / "hosting"
MODULES = Path("/usr/lib/apache2/modules")
INSIDE = "types {{ text/xml xml; text/plain vtt; }} include {run}/podcasts.conf;"
APACHE = """\
ServerRoot {run}
ServerName 127.0.0.1
Listen 127.0.0.1:{port}
PidFile {run}/apache.pid
ErrorLog {run}/error.log
{modules}
{user}
TypesConfig /dev/null
DocumentRoot {root}
<Directory />
    Require all denied
    AllowOverride None
</Directory>
<Directory {root}>
    Require all granted
    AllowOverride FileInfo
</Directory>
"""


class Site(NamedTuple):
    """The example, published to a folder below the root of a web server to come."""

    port: int
    root: Path

    @property
    def path(self) -> str:
        return "/course/"

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}{self.path}"

    @property
    def folder(self) -> Path:
        return self.root / "course"

    @property
    def names(self) -> list[str]:
        """Every public file."""
        found = (path for path in self.folder.rglob("*") if path.is_file())
        names = sorted(path.relative_to(self.folder).as_posix() for path in found)
        return [name for name in names if "/." not in f"/{name}"]


class Server(NamedTuple):
    """A web server that serves a site, and the folder with its logs."""

    name: str
    site: Site
    run: Path

    def ask(
        self, path: str, method: str = "GET", **headers: str
    ) -> tuple[http.client.HTTPResponse, bytes]:
        """Ask exactly this; `_` in the names of headers stands for `-`."""
        connection = http.client.HTTPConnection("127.0.0.1", self.site.port, timeout=30)
        connection.putrequest(method, path, skip_accept_encoding=True)
        for name, value in headers.items():
            connection.putheader(name.replace("_", "-"), value)
        connection.endheaders()
        answer = connection.getresponse()
        data = answer.read()
        connection.close()
        return answer, data


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    """The example, published by the real command; its address is that of a server here.

    It lies where a server that runs as somebody else can read it: pytest's folders are closed.
    """
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        root.chmod(0o755)
        site = Site(preview_server.free_port(), root)
        show = root / ".show"
        shutil.copytree(shows.EXAMPLE, show)
        page = show / "show.md"
        text = re.sub(r"(?m)^address: .*$", f"address: {site.address}", page.read_text("utf-8"))
        page.write_text(text, encoding="utf-8")
        run = [shows.program("earmark"), "publish", str(show), "--to", str(site.folder)]
        subprocess.run(run, check=True, capture_output=True)
        shutil.copy(HOSTING / "htaccess", site.folder / ".htaccess")
        (site.folder / "art" / ".hidden").write_text("secret", encoding="utf-8")
        yield site


@pytest.fixture(scope="session", params=["nginx", "apache"])
def server(request: pytest.FixtureRequest, site: Site) -> Iterator[Server]:
    """The site on each web server in turn, with the configuration that we ship."""
    start = {"nginx": _nginx, "apache": _apache}[request.param]
    with tempfile.TemporaryDirectory() as name:
        run = Path(name)
        run.chmod(0o755)
        with nginx.running(start(site, run), run, site.port):
            yield Server(request.param, site, run)


def _nginx(site: Site, run: Path) -> list[str]:
    """Configure nginx with the shipped file; only what says CHANGE is changed, and the port."""
    text = (HOSTING / "nginx.conf").read_text(encoding="utf-8")
    for pattern, line in (
        (r"listen 80;", f"listen 127.0.0.1:{site.port};"),
        (r"listen \[::\]:80;", ""),
        (r"root [^;]+;(?= +# CHANGE)", f"root {site.root};"),
        (r"error_log \S+(?= \w+;)", f"error_log {run}/podcasts.log"),
    ):
        text, count = re.subn(pattern, line, text, count=1)
        assert count == 1, f"nginx.conf has no {pattern}"
    (run / "podcasts.conf").write_text(text, encoding="utf-8")
    return nginx.nginx(run, INSIDE.format(run=run))


def _apache(site: Site, run: Path) -> list[str]:
    """Configure Apache as a provider would, who lets people have an .htaccess and no more."""
    names = ("mpm_event", "authz_core", "dir", "mime", "setenvif", "headers", "alias")
    modules = "\n".join(f"LoadModule {name}_module {MODULES}/mod_{name}.so" for name in names)
    user = "" if os.geteuid() else "User www-data\nGroup www-data"
    text = APACHE.format(run=run, port=site.port, modules=modules, user=user, root=site.root)
    (run / "apache.conf").write_text(text, encoding="utf-8")
    return [shows.program("apache2"), "-f", str(run / "apache.conf"), "-DFOREGROUND"]
