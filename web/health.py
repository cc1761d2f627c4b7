"""Reports to a monitor whether the database responds, and nothing else."""

from __future__ import annotations

from flask import Blueprint, Response, request

from web.companion import current_companion
from web.database.refusals import AwayError
from web.errors import LATER, log

views = Blueprint("health", __name__)
SECONDS = 1.5  # that it waits for the database


@views.get("/healthz")
def healthz() -> Response:
    """Ask the database; no session is looked at."""
    try:
        current_companion().database.answers(SECONDS)
    except AwayError as error:
        log.warning("%s: %s", request.endpoint, error)
        return Response("not ok\n", 503, {"Retry-After": LATER}, content_type="text/plain")
    return Response("ok\n", 200, content_type="text/plain")
