"""Serves the policies to everybody: privacy, retention, complaints, accessibility."""

from __future__ import annotations

from flask import Blueprint, abort, render_template

from episodes.translations import text as _
from web.companion import current_companion
from web.policies import texts

views = Blueprint("statements", __name__)


@views.get("/about/<name>")
def statement(name: str) -> str:
    """Show a statement."""
    if name not in texts.TITLES:
        abort(404)
    text = texts.read(current_companion().settings, name)
    return render_template(
        "policies/policy.html",
        title=_(texts.TITLES[name]),
        heading=text.heading,
        body=text.body,
    )
