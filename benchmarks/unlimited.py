"""Serves the companion without rate limits, and a text for comparison, for P11."""

from __future__ import annotations

import os
from pathlib import Path

from flask import Flask

from web import settings
from web.application import create_app


def report() -> Flask:
    """Return the companion whose folder and catalogue the environment names."""
    folder = Path(os.environ["EARMARK_COMPANION"])
    return create_app(settings.read(folder, os.environ["EARMARK_CATALOGUE"]), limited=False)


def text() -> Flask:
    """Return an application that answers with one word."""
    app = Flask("text")
    app.get("/heard")(lambda: "heard")
    return app
