"""Cleans, joins and compares URLs: none is requested or shown with a password in it; pure."""

from __future__ import annotations

import re
from urllib.parse import urljoin, urlsplit, urlunsplit


def is_web_url(url: str) -> bool:
    """Return whether this is an http or https URL that can be requested."""
    try:
        parts = urlsplit(url)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def has_credentials(url: str) -> bool:
    """Return whether a URL contains a user name or a password."""
    try:
        return "@" in urlsplit(url).netloc
    except ValueError:
        return False


def clean_url(url: str) -> str:
    """Return a URL without user name, password and fragment, as it is requested and shown."""
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return re.sub(r"//[^/]*@", "//", url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2], fragment=""))


def strip_query(url: str) -> str:
    """Return a clean URL without its query, which may contain a signature."""
    return clean_url(url).partition("?")[0]


def join_url(base: str, link: str) -> str:
    """Return the clean URL of a link or redirect at `base`; "" if it cannot be parsed."""
    try:
        return clean_url(urljoin(base, link.strip()))
    except ValueError:
        return ""


def origin_of(url: str) -> str:
    """Return scheme, host name and port of a URL, in small letters."""
    try:
        parts = urlsplit(clean_url(url))
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.netloc}".lower()


def is_loopback(url: str) -> bool:
    """Return whether a URL is on this computer, so that nobody in between can listen."""
    try:
        name = urlsplit(url).hostname or ""
    except ValueError:
        return False
    return name in {"localhost", "::1"} or name.startswith("127.")
