"""Checks the address and port of a companion before anything starts."""

from __future__ import annotations

import errno
import ipaddress
import os
import socket

from episodes.errors import EarmarkError

LAST_PORT = 65_535
LOOPBACK = "127.0.0.1"


def address_of(host: str) -> str:
    """Return the IP address that `--host` names. Raises EarmarkError; asks no name server."""
    if host == "localhost":
        return LOOPBACK
    try:
        return str(ipaddress.ip_address(host.strip("[]")))
    except ValueError:
        raise EarmarkError(
            f"--host {host!r} is not an IP address; leave it out, or write {LOOPBACK}"
        ) from None


def shown(host: str, port: int) -> str:
    """Return an IP address and port as browsers write them."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def check(host: str, port: int) -> None:
    """Raise EarmarkError if nothing can listen at an IP address and port.

    The server shares its port between its workers (SO_REUSEPORT), so without this a second
    companion on the same port would start too, and take some of the first one's visitors.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family) as tried:
            if os.name != "nt":  # where a closed connection lingers; on Windows it means sharing
                tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            tried.bind((host, port))
            tried.listen(1)
    except OSError as error:
        raise EarmarkError(_refusal(error, host, port)) from None


def _refusal(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"port {port} is already in use; choose another with --port"
    if error.errno in {errno.EACCES, errno.EPERM}:
        return f"you are not allowed to use port {port}; choose another with --port, such as 8090"
    if error.errno in {errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT}:
        return f"--host {host} is not an address of this computer; leave it out, or write 127.0.0.1"
    return f"--host {host}, --port {port}: {error.strerror}; choose another"


def refusal(error: RuntimeError, host: str, port: int) -> EarmarkError:
    """Return one sentence for what the server itself raises: a line, and a page of Rust."""
    line = next(iter(str(error).splitlines()), "") or "it gave no reason"
    return EarmarkError(
        f"the server stopped at {host}, port {port}: {line}; start it again, "
        "or choose another address with --host and --port"
    )
