"""What tests of the import share: feeds, a built folder to fetch from, and hostile servers."""

from __future__ import annotations

from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

from click.testing import CliRunner, Result

from podcast.building import pipeline
from podcast.cli import main
from podcast.importing import import_feed
from podcast.network.client import Download, Stream
from podcast.network.failures import FetchError
from podcast.terminal.progress import Display
from tests.kit.servers.loopback import answering

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from feed.reader.result import ParsedFeed
    from podcast.importing.import_feed import ImportResult
    from podcast.network.client import Client

Answer = tuple[int, dict[str, str], bytes]
HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<rss version="2.0" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" '
    'xmlns:podcast="https://podcastindex.org/namespace/1.0" '
    'xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>\n'
)


def feed(*items: str, head: str = "<title>A show</title>") -> bytes:
    """Return a feed with these items."""
    rows = "".join(f"<item>{item}</item>\n" for item in items)
    return f"{HEAD}{head}\n{rows}</channel></rss>".encode()


def item(number: int = 1, more: str = "", url: str = "") -> str:
    """Return what stands in an item that is right in every way."""
    url = url or f"https://example.org/{number}.mp3"
    return (
        f"<title>Talk {number}</title><guid>guid-{number}</guid>"
        f"<pubDate>Thu, {number:02} Oct 2026 06:00:00 +0000</pubDate>"
        f"<description>Words of {number}.</description>"
        f'<enclosure url="{url}" length="1000" type="audio/mpeg"/>'
        f"<itunes:duration>60</itunes:duration>{more}"
    )


class Shelf:
    """Stands for the client: gives what lies in a built folder, and nothing else."""

    def __init__(self, folder: Path, address: str) -> None:
        self.folder, self.address = folder, address
        self.asked: list[str] = []

    def get(self, address: str, _limit: int) -> bytes:
        self.asked.append(address)
        path = self.folder / address.removeprefix(self.address)
        if not address.startswith(self.address) or not path.is_file():
            raise FetchError("is not there (HTTP 404)")
        return path.read_bytes()

    def download(self, address: str, limit: int) -> Download:
        return Download(self.get(address, limit))

    @contextmanager
    def stream(self, address: str, _headers: dict[str, str]) -> Iterator[Stream]:
        data = self.get(address, 0)
        said = {"content-length": str(len(data)), "etag": '"1"'}
        yield Stream(200, said, address, iter([data]))


def accept(_feed: ParsedFeed) -> None:
    """Agree to everything."""


def take(
    where: str | Path,
    folder: Path,
    client: Client | Shelf | None = None,
    agree: Callable[[ParsedFeed], None] = accept,
    **options: Any,
) -> ImportResult:
    """Import as the command does; without a client nothing can be fetched."""
    door: Any = client or Shelf(folder / "nowhere", "https://nowhere.invalid/")
    return import_feed.import_show(
        str(where), folder, import_feed.ImportOptions(**options), door, agree, Display()
    )


def built(show: Path, now: datetime) -> Path:
    """Build a show, and return where."""
    return pipeline.build(show, now=now).out


def tree(folder: Path) -> dict[str, bytes]:
    """Return what a lead sees in a folder, without what builds put there."""
    made = {".earmark", "public"}
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not made & set(path.parts) and path.name != "earmark.lock"
    }


class Asked(BaseHTTPRequestHandler):
    """One request; `answer` of the server says what comes back, or does it itself."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        server: Any = self.server
        server.asked.append((self.path, dict(self.headers)))
        self.close_connection = True
        answer = server.answer(self)
        if answer is None:
            return
        status, headers, body = answer
        self.send_response(status)
        said = {"Content-Length": str(len(body)), "Connection": "close"}
        for name, value in (said | headers).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *said: Any) -> None:
        """Say nothing."""


class Server(ThreadingHTTPServer):
    """A server on loopback that remembers what it was asked for."""

    daemon_threads = True

    def __init__(self, answer: Callable[[Asked], Answer | None]) -> None:
        super().__init__(("127.0.0.1", 0), Asked)
        self.answer = answer
        self.asked: list[tuple[str, dict[str, str]]] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of connections that a client closed."""


@contextmanager
def serving(answer: Callable[[Asked], Answer | None]) -> Iterator[Server]:
    """Serve until the block ends."""
    server = Server(answer)
    with answering(server):
        yield server


def ranged(asked: Asked, data: bytes, headers: dict[str, str]) -> Answer:
    """Answer for a file that can be asked for in parts."""
    said = asked.headers.get("Range", "")
    if said and asked.headers.get("If-Range") == headers.get("ETag"):
        start = int(said.removeprefix("bytes=").partition("-")[0])
        place = f"bytes {start}-{len(data) - 1}/{len(data)}"
        return 206, {**headers, "Content-Range": place}, data[start:]
    return 200, headers, data


def earmark(*words: str | Path, answer: str | None = None) -> Result:
    return CliRunner().invoke(main, [*map(str, words)], input=answer)


def written(folder: Path, data: bytes, name: str = "feed.xml") -> Path:
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(data)
    return folder / name
