"""Creates the Flask application of the companion from all of its parts, in one list."""

from __future__ import annotations

import hashlib
import secrets
import time
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Flask, send_from_directory, url_for
from flask_wtf import CSRFProtect

from episodes import translations
from episodes.frontmatter.value_types import number_to_dial
from episodes.static_files import FOLDER, shared_files
from episodes.text.quantities import plural, quantity
from episodes.text.timecodes import format_seconds
from web import (
    auth,
    cookies,
    crypto,
    dates,
    errors,
    gpodder,
    health,
    nextcloud,
    origins,
    podcast_host,
    security,
)
from web.accounts.views import sign_out
from web.accounts.views import views as accounts_views
from web.companion import NAME, Companion, Stopwatch
from web.database import companion_database
from web.database.optional_read import Glance
from web.desk.sign_in_views import views as desk_views  # the pages of desk/views.py, too
from web.export.views import views as export_views
from web.figures.rules import FEWEST
from web.figures.views import views as numbers_views
from web.forms import resubmission
from web.gpodder.views import views as gpodder_views
from web.home import support_sources
from web.home.views import views as home_views
from web.language import Speaking
from web.limits import form_size
from web.limits.rate_limits import Limits
from web.limits.reserved_threads import Capacity
from web.listening.beacon import Beacon
from web.listening.report_batches import ReportQueue
from web.listening.views import heard
from web.listening.views import views as listening_views
from web.nextcloud.views import views as nextcloud_views
from web.policies.views import views as statements_views
from web.published_show import Shows
from web.reflections.views import views as reflections_views
from web.session_ends import Exits
from web.sync.views import views as sync_views

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Response

    from web.settings import Settings

PROTOCOLS = (gpodder, nextcloud)  # of podcast apps; each says its paths, cookies and exemptions
VIEWS = (
    health.views,
    home_views,
    accounts_views,
    reflections_views,
    listening_views,
    export_views,
    sync_views,
    gpodder_views,
    nextcloud_views,
    desk_views,
    numbers_views,
    statements_views,
)


def _now() -> datetime:
    return datetime.now(UTC)


def _seconds() -> float:
    """Return the seconds since this computer started, asleep or not where it can tell."""
    boot = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if boot is None else time.clock_gettime(boot)


def _there(clock: Callable[[], datetime], settings: Settings) -> Callable[[], datetime]:
    """Return a clock that shows the hour and the day of the organisation's own place."""
    return lambda: clock().astimezone(settings.zone)


def create_app(
    settings: Settings,
    clock: Callable[[], datetime] = _now,
    *,
    limited: bool = True,
    seconds: Callable[[], float] = _seconds,
    workers: int = 1,
) -> Flask:
    """Return the application of one companion, for one of so many workers. Raises EarmarkError.

    `seconds` advance evenly, whatever the clock is set to.
    """
    app = Flask("web", static_folder=None, template_folder="templates")
    _configure(app, settings)
    stopwatch = Stopwatch(secrets.token_hex(8), seconds)
    companion = app.extensions[NAME] = _companion(
        settings, _there(clock, settings), Limits(enabled=limited), stopwatch, workers
    )
    form_size.bound(app)  # before forms are read for their token
    origins.refuse_foreign(app, (*_exempt(), "listening.heard"), errors.answer)
    _protect_forms(app)
    resubmission.know(app, auth.current_id)
    errors.register(app)
    app.add_url_rule("/static/<path:filename>", endpoint="static", view_func=_send_static)
    for views in VIEWS:
        app.register_blueprint(views)
    app.after_request(auth.send_cookie)
    cookies.register(app, settings, _app_cookies())
    if not companion.shows.is_of_web:  # else `serve` begins, or who opens the first page
        companion.shows.begin()
    headers = security.headers(settings)
    wsgi: Any = Beacon(app.wsgi_app, companion, headers, security.hosts(settings))
    spoken = Speaking(Capacity(wsgi, headers), settings.language)
    app.wsgi_app = spoken  # type: ignore[assignment,method-assign]
    security.protect(app, settings, [path for each in PROTOCOLS for path in each.PATHS])
    _add_template_variables(app, settings)
    return app


def _configure(app: Flask, settings: Settings) -> None:
    """Configure the session cookie and the form tokens."""
    app.config.update(
        SECRET_KEY=crypto.part(settings.secrets.key, "forms"),
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,  # it asks for a Referer, which careful browsers leave out
    )


def _protect_forms(app: Flask) -> None:
    """Require the token of every form, except where there is another proof."""
    forms = CSRFProtect(app)
    forms.exempt(sign_out)  # it looks at its form itself
    forms.exempt(heard)  # its token, which no form has, says more than theirs
    for views in VIEWS:
        if views.name in _exempt():
            forms.exempt(views)


def _exempt() -> list[str]:
    """Return the blueprints of podcast apps, which show their password and no form token."""
    return [name for each in PROTOCOLS for name in each.CSRF_EXEMPT]


def _app_cookies() -> dict[str, tuple[str, ...]]:
    """Return the cookies of podcast apps by the blueprint that sends them."""
    return {name: each.COOKIES for each in PROTOCOLS for name in each.CSRF_EXEMPT}


def _companion(
    settings: Settings,
    clock: Callable[[], datetime],
    limits: Limits,
    stopwatch: Stopwatch,
    workers: int,
) -> Companion:
    database = companion_database.open_database(settings, workers)
    shows = Shows(settings.catalogue, time.monotonic, partial(podcast_host.warning, settings))
    reports, exits = ReportQueue(database, clock), Exits(database)
    return Companion(settings, database, shows, limits, clock, reports, exits, stopwatch, Glance())


def _add_template_variables(app: Flask, settings: Settings) -> None:
    """Add the variables that every template needs."""
    shows = app.extensions[NAME].shows

    @app.context_processor
    def known() -> dict[str, Any]:
        return {
            "organisation": settings.organisation,
            "contact": settings.contact,
            "contact_link": settings.contact_link,
            "idle_minutes": settings.idle_minutes,
            "backups_kept_days": settings.backups_kept_days,
            "fewest_counted": FEWEST,
            "asset": _static_url,
            "here": auth.session_if_quick,
            "was_here": auth.was_here,
            "show": shows.current,
        }

    app.jinja_env.globals |= {
        "once": resubmission.token,
        "show_lang": lambda entry=None: translations.lang(shows.language_of(entry)),
        "show_words": lambda words, entry=None: translations.in_language(
            words, shows.language_of(entry)
        ),
    }
    app.jinja_env.filters |= {
        "clock": format_seconds, "day": dates.day, "dialled": number_to_dial, "link": security.link,
        "two_numbers": support_sources.two_numbers,
    }  # fmt: skip
    app.jinja_env.globals |= {"quantity": quantity, "plural": plural}
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    translations.install(app.jinja_env)


def _static_url(name: str) -> str:
    """Return the URL of a static file; it changes with the file, so browsers may keep it."""
    return url_for("static", filename=name, v=_version(name))


def _send_static(filename: str) -> Response:
    return send_from_directory(_static_folder(filename), filename)


def _static_folder(name: str) -> Path:
    return FOLDER if name in shared_files() else Path(__file__).parent / "static"


@cache
def _version(name: str) -> str:
    return hashlib.sha256((_static_folder(name) / name).read_bytes()).hexdigest()[:12]
