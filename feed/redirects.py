"""Makes the files for a show's old address: server redirects, or a feed and pages to upload.

If the server can redirect, `redirects` is enough. If it cannot, `upload` is needed: the
same feed with `itunes:new-feed-url` in it, which no other feed ever has, and pages that redirect.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote, urlsplit
from xml.sax.saxutils import escape

from episodes import site_layout, translations
from feed import pages

if TYPE_CHECKING:
    from collections.abc import Iterator

    from episodes.catalogue import Catalogue

FILES = (site_layout.FEED, site_layout.CATALOGUE, site_layout.INDEX)
FOLDERS = tuple(
    each.rstrip("/") for each in (site_layout.PAGES, *site_layout.IMMUTABLE, site_layout.STATIC)
)
MOST = 50  # routing rules that a bucket may have
NAME = "[A-Za-z0-9._-]+"  # the names of a show's files: nothing else is redirected
_CHANNEL = re.compile(rb"<channel>\s*")


class Move(NamedTuple):
    """The old and the new address of a show; both end in /."""

    old: str
    new: str

    @property
    def path(self) -> str:
        """The path of the old address; begins and ends with /."""
        return urlsplit(self.old).path

    @property
    def same_place(self) -> bool:
        """Whether only http became https: then there is nothing to leave at the old address."""
        return self.old.partition("://")[2] == self.new.partition("://")[2]

    @property
    def circles(self) -> bool:
        """Whether a redirect from the old address would also redirect the new one."""
        further = self.new.removeprefix(self.old) if self.new.startswith(self.old) else ""
        return further.partition("/")[0] in FOLDERS


def folder(old: str) -> str:
    """Return the name of the folder for a former address."""
    return re.sub(r"[^A-Za-z0-9.]+", "-", old.partition("://")[2]).strip("-")


def stub(feed: bytes, new: str) -> bytes:
    """Return the feed for the old address: the new feed, with the tag that says where it is.

    `atom:link rel=self` stays the new address: readers that go by it follow too (RFC 4287: the
    preferred address).
    """
    tag = f"<itunes:new-feed-url>{escape(new + site_layout.FEED)}</itunes:new-feed-url>"
    begin = f"<channel>\n    {tag}\n    ".encode()
    return _CHANNEL.sub(lambda _: begin, feed, count=1)


def upload(feed: bytes, catalogue: bytes, show: Catalogue, move: Move, *, hidden: bool) -> Files:
    """Return the files for the old address, by name; `hidden` keeps search engines away."""
    with translations.using(show.show.language):
        files = _pages(show, move, hidden=hidden)
    files |= {
        site_layout.FEED: stub(feed, move.new),
        site_layout.CATALOGUE: catalogue,  # a companion that reads it here carries on
    }
    for name, data in pages.static().items():
        if not name.endswith(".js"):
            files[site_layout.static_name(name)] = data
    return files


def _pages(show: Catalogue, move: Move, *, hidden: bool) -> Files:
    page, own = pages.templates().get_template("moved.html"), translations.lang(show.show.language)
    shared = {"show": show.show, "own": own, "hidden": hidden, "support": show.show.support}
    files = {site_layout.INDEX: page.render(**shared, root="", title="", target=move.new).encode()}
    for each in (*show.episodes, *show.withdrawn):
        rest = {"root": "../", "title": each.title, "target": move.new + each.page}
        files[each.page] = page.render(**shared, **rest).encode()
    return files


def redirects(show: Catalogue, move: Move) -> Files:
    """Return server settings that redirect everything permanently (301), by server."""
    former = dict(_former(show))
    return {
        "nginx.conf": _nginx(move, former).encode(),
        "htaccess": _apache(move, former).encode(),
        "s3-routing-rules.json": _s3(move, former).encode(),
        "_redirects": _static_hosts(move, former).encode(),
    }


def _former(show: Catalogue) -> Iterator[tuple[str, str]]:
    """Yield (former file name, current file name) of recordings whose old file no longer exists."""
    for each in show.episodes:
        if each.media:
            ours = (name for name in each.media.former if "://" not in name)
            yield from ((name, each.media.file) for name in ours)


def pattern(move: Move) -> str:
    """Return the paths to redirect as a regular expression; the file name is its group."""
    files = "|".join(re.escape(name) for name in FILES)
    return f"^{re.escape(unquote(move.path))}((?:{files})|(?:{'|'.join(FOLDERS)})/{NAME})$"


def _nginx(move: Move, former: dict[str, str]) -> str:
    host, path = urlsplit(move.old).hostname, unquote(move.path)
    rows = {path: move.new} | {path + old: move.new + now for old, now in former.items()}
    exact = "".join(f'location = "{old}" {{ return 301 {new}; }}\n' for old, new in rows.items())
    return f"""\
# For nginx: into the `server` block of {host}, above its other `location` lines.
# Sends everything of the show on to where it lives now, for good.
{exact}location ~ "{pattern(move)}" {{
    return 301 {move.new}$1;
}}
"""


def _apache(move: Move, former: dict[str, str]) -> str:
    path = unquote(move.path)
    rows = {path: move.new} | {path + old: move.new + now for old, now in former.items()}
    exact = "\n".join(f'RedirectMatch 301 "^{re.escape(old)}$" "{rows[old]}"' for old in rows)
    return f"""\
# For Apache: into the folder of the old place, under the name .htaccess (with a dot in front), in
# place of the one that is there. Sends everything of the show on to where it lives now, for good.
<IfModule mod_alias.c>
{exact}
RedirectMatch 301 "{pattern(move)}" "{move.new}$1"
</IfModule>
"""


def _s3(move: Move, former: dict[str, str]) -> str:
    """Return routing rules of an S3 website; the first that matches counts."""
    old, new = move.path.removeprefix("/"), urlsplit(move.new)
    names = {name: name for name in (*FILES, *(f"{each}/" for each in FOLDERS))}
    names = dict([*former.items()][: MOST - len(names)]) | names
    rules = [
        {
            "Condition": {"KeyPrefixEquals": old + before},
            "Redirect": {
                "Protocol": new.scheme,
                "HostName": new.netloc,
                "ReplaceKeyPrefixWith": new.path.removeprefix("/") + name,
                "HttpRedirectCode": "301",
            },
        }
        for before, name in names.items()
    ]
    return json.dumps(rules, indent=1) + "\n"


def _static_hosts(move: Move, former: dict[str, str]) -> str:
    rows = [(move.path, move.new)]
    rows += [(move.path + before, move.new + name) for before, name in former.items()]
    rows += [(move.path + name, move.new + name) for name in FILES]
    rows += [(f"{move.path}{name}/*", f"{move.new}{name}/:splat") for name in FOLDERS]
    lines = "".join(f"{old} {new} 301\n" for old, new in rows)
    return (
        "# For Netlify, Cloudflare Pages and GitLab Pages: into the top folder of the site.\n"
        "# On Netlify write 301! where the old files are still there.\n" + lines
    )


def advice(show: Catalogue, move: Move) -> bytes:
    """Return the instructions for a move, step by step."""
    host, path = urlsplit(move.new).hostname, move.path
    name = "same-place.txt" if move.same_place else "moved.txt"
    text = pages.templates().get_template(name)
    return text.render(show=show.show, move=move, host=host, path=path).encode()


Files = dict[str, bytes]
