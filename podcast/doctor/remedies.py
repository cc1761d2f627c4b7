"""Says how to fix each symptom, in the terms of the server that has it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from episodes import site_layout
from podcast.network.messages import Failure
from podcast.publishing import http_headers

if TYPE_CHECKING:
    from podcast.network.messages import Response

_SIGNS = (
    ("nginx", "nginx"),
    ("openresty", "nginx"),
    ("apache", "apache"),
    ("litespeed", "apache"),
    ("caddy", "caddy"),
    ("amazons3", "bucket"),
    ("minio", "bucket"),
    ("cloudflare", ""),
    ("simplehttp", "python"),
)
_FEED = http_headers.choose_headers(site_layout.FEED)
_RULES = json.dumps(http_headers.CORS["CORSRules"])
_CORS = {
    "nginx": "in nginx, add: `add_header Access-Control-Allow-Origin * always;`",
    "apache": 'in .htaccess, add: `Header set Access-Control-Allow-Origin "*"`',
    "caddy": "in the Caddyfile, add: `header Access-Control-Allow-Origin *`",
    "": f"run `earmark publish --open-to-players`, or in your bucket's CORS settings, paste this: "
    f"{_RULES}; a web server sends `Access-Control-Allow-Origin: *`",
}
_RANGES = {
    "nginx": "in nginx, remove `max_ranges 0;` and do not compress recordings with gzip",
    "apache": "in .htaccess, remove `Header unset Accept-Ranges` and `SetEnv no-gzip 0`",
    "python": "this server is only for testing; publish to nginx, Apache, Caddy or a bucket",
    "": "move the recordings to a server that answers Range: nginx, Apache, Caddy and buckets do",
}
_CONDITIONAL = {
    "nginx": "in nginx, add: `etag on;`",
    "apache": "in .htaccess, add: `FileETag MTime Size`; if ETags end in -gzip, "
    "also `DeflateAlterETag NoChange` in the server's own configuration",
    "": "make the server send an ETag, and answer 304 to an If-None-Match with the same ETag",
}
_PACKED = {
    "nginx": "in nginx, remove `gzip_static always;`",
    "": "upload it as it was built, and make the server compress it only for clients that send "
    "Accept-Encoding",
}
_HEAD = "allow HEAD wherever GET is allowed: Apple asks for every file with HEAD first"
_INDEX = {
    "nginx": "in nginx, add: `index index.html;`",
    "apache": "in .htaccess, add: `DirectoryIndex index.html`",
    "": "make the server answer with index.html for a folder; for a bucket, switch on website "
    "hosting with index.html as its index document",
}
_REASONS = {
    Failure.ADDRESS: "write the whole address, starting with https://, and publish again",
    Failure.NAME: "correct the address, or the entry in DNS",
    Failure.REFUSED: "start the server, or open its port in the firewall",
    Failure.PROXY: "check http_proxy, https_proxy and no_proxy, or ask the people who run your "
    "network",
    Failure.SLOW: "check whether the server is overloaded or a firewall drops requests",
    Failure.BROKEN: "check the server's log",
    Failure.SHORT: "upload it again, and check the server's log",
    Failure.LOOP: "correct the redirects, so that they end at the file",
    Failure.ASTRAY: "correct the redirect, so that it leads to an address on the web",
    Failure.EXPIRED: "renew the certificate, and set a timer to renew it from now on",
    Failure.STRANGER: "get a certificate for this name",
    Failure.UNKNOWN: "install the whole chain of the certificate (fullchain.pem), "
    "from an authority that apps know",
    Failure.TLS: "make the server offer https there, with TLS 1.2 or 1.3",
    Failure.PRIVATE: "publish the show on a server that everyone can reach",
    Failure.LOST: "fix what is listed above, and test again",
}


def server(response: Response) -> str:
    """Return which server answered, or "" if it does not say so."""
    header = response.header("server").lower()
    if "x-amz-request-id" in response.headers:
        return "bucket"
    return next((name for sign, name in _SIGNS if sign in header), "")


def _choice(table: dict[str, str], response: Response) -> str:
    return table.get(server(response), table[""])


def for_cors(response: Response) -> str:
    """Return how to let players on other sites read a file."""
    return _choice(_CORS, response)


def for_ranges(response: Response) -> str:
    """Return how to let players skip."""
    return _choice(_RANGES, response)


def for_conditional(response: Response) -> str:
    """Return how to answer apps that already have the feed."""
    return _choice(_CONDITIONAL, response)


def for_caching(address: str, response: Response) -> str:
    """Return how to let a feed be cached for minutes."""
    path = urlsplit(address).path
    keep = f'Cache-Control "{_FEED.cache_control}"'
    choices = {
        "nginx": _feed_in_nginx(path),
        "apache": f'in .htaccess, add: `<Files "{path.rpartition("/")[2]}">`, on the next line '
        f"`Header set {keep}`, and on the next `</Files>`",
        "caddy": f"in the Caddyfile, add: `header {path} {keep}`",
        "": f"send `Cache-Control: {_FEED.cache_control}` with it, as `earmark publish` does",
    }
    return _choice(choices, response)


def _feed_in_nginx(path: str) -> str:
    """Return one block for type and age: if two match, nginx uses only one."""
    return (
        f'in nginx, add: `location = {path} {{ types {{ }} default_type "{_FEED.content_type}"; '
        f"expires {http_headers.FEED_AGE}; }}`"  # an add_header here would drop those outside
    )


def for_feed(address: str, response: Response) -> str:
    """Return how to send a feed with its media type."""
    if server(response) == "nginx":
        return _feed_in_nginx(urlsplit(address).path)
    return for_type(address, _FEED.content_type, response)


def for_compression(response: Response) -> str:
    """Return how to stop compression that the client did not ask for."""
    return _choice(_PACKED, response)


def for_head() -> str:
    """Return why HEAD has to be allowed."""
    return _HEAD


def for_failure(failure: Failure) -> str:
    """Return what to do if there is no response."""
    return _REASONS[failure]


def for_status(response: Response, *, folder: bool = False) -> str:
    """Return what to do about a status other than 200."""
    if folder and response.status in {403, 404}:
        return _choice(_INDEX, response)
    if response.status in {401, 407}:
        return "remove the password: no podcast app can enter one"
    if response.status == 403:
        return "allow anyone to read it; in a bucket, by a policy that allows s3:GetObject"
    if response.status in {404, 410}:
        return "run `earmark publish` again, and check that the address in show.md is right"
    if response.status == 429:
        return "the server wants fewer requests; test again later, and allow more for apps"
    return "check the server's log"


def for_type(name: str, mime: str, response: Response) -> str:
    """Return how to send a file, by its path in the show, with a media type."""
    suffix = f".{name.rpartition('.')[2]}"
    chapters = mime == site_layout.CHAPTERS_TYPE
    where = rf"/{site_layout.CHAPTERS}[^/]+\.json$" if chapters else rf"\{suffix}$"
    choices = {
        "nginx": f'in nginx, add: `location ~ {where} {{ types {{ }} default_type "{mime}"; }}`',
        "apache": f'in .htaccess, add: `AddType "{mime}" {suffix}`',
        "caddy": f'in the Caddyfile, add: `header *{suffix} Content-Type "{mime}"`',
        "bucket": f"set its Content-Type to {mime}, or upload it with `earmark publish`",
        "": f"make the server send `Content-Type: {mime}`; `earmark publish` sets it in a bucket",
    }
    if chapters:
        choices["apache"] = f"in .htaccess of the folder chapters, write: `ForceType {mime}`"
        choices["caddy"] = (
            f"in the Caddyfile, add: `header /{site_layout.CHAPTERS}* Content-Type {mime}`"
        )
    return _choice(choices, response)
