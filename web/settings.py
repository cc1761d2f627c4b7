"""Reads the settings of a companion: a folder with `settings.toml`, secrets, texts and database.

Parsed once, then passed down. No secret has a default: `earmark web init` makes them.
"""

from __future__ import annotations

import base64
import os
import secrets
import tomllib
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from episodes.catalogue_types import web_address
from episodes.errors import EarmarkError
from episodes.frontmatter.value_types import Address, Language, Line, Link, Reachable, Zone
from episodes.show_folder.real_paths import real_path

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

FILE = "settings.toml"
TEXTS = "texts"  # the folder of the statements that an organisation edits
DATABASE = "EARMARK_DATABASE_URL"
UNKNOWN_ZONE = "Etc/UTC"  # of settings that were made before there was a choice
CATALOGUE, PROXIES = '# catalogue = "https://podcast.example.org/talks/"', "# proxies = 1"
QUIET = "https://www.bbc.co.uk/weather"  # where "Exit this page" leads: nobody asks why

TEMPLATE = """\
# The settings of your companion. Keep a copy of this file in a safe place. Every account needs the
# two secrets at its end. If you lose them, every account is lost, and nobody can help.

organisation = {organisation}
# Its web address, ending in /. Behind a reverse proxy it can have a path.
address = {address}
# Where people can ask about it: an email address or a page.
contact = {contact}
# The time zone of the days and times on its pages, such as "Europe/London" or "Pacific/Auckland".
timezone = {timezone}

# Where the podcast is: the folder that `earmark build` made, or the show's web address.
{catalogue}
# How many reverse proxies of your own stand in front of it. It trusts that many.
{proxies}
# Where "Exit this page" leads.
# leave = "{leave}"
# `earmark web purge` deletes accounts that nobody has used for this many years. Not set: none.
# unused_years = 6
# How many days you keep backups. The privacy notice says so.
# backups_kept_days = 35
# How many connections to PostgreSQL the processes of the server share.
# database_connections = 40
# How many years you keep the journal of what leads and operators do. The privacy notice says so.
# journal_kept_years = 2

[secrets]
pepper = {pepper}
key = {key}
"""


def _secret(value: object) -> object:
    try:
        found = base64.b64decode(value, validate=True) if isinstance(value, str) else b""
    except ValueError:
        found = b""
    if len(found) != 32 or base64.b64encode(found).decode() != value:
        raise ValueError("is incomplete; restore the line that `earmark web init` wrote")
    return found


Secret = Annotated[bytes, BeforeValidator(_secret), Field(repr=False)]


LOOPBACK = ("localhost", "127.0.0.1", "::1")


def is_plain_elsewhere(address: str) -> bool:
    """Return whether an address is of http:// and not of this computer.

    Anyone on the way could then write what is read there.
    """
    parts = urlsplit(address)
    return parts.scheme == "http" and parts.hostname not in LOOPBACK


def _catalogue(value: str) -> str:
    if not value.startswith(("http://", "https://")):
        return value
    web_address(value)
    if is_plain_elsewhere(value):
        raise ValueError(
            "the catalogue is read over http://, where anyone on the network can change it; "
            "write its https:// address, or the folder that `earmark build` made"
        )
    return value


CatalogueAt = Annotated[str, AfterValidator(_catalogue)]


def _upright(value: str) -> str:
    """Return text without the signs that turn the direction of what follows it on a page."""
    if found := value.translate(dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A)))):
        return found
    raise ValueError("is empty; write something between the quotation marks")


Organisation = Annotated[Line, AfterValidator(_upright)]


def _named(value: str) -> str:
    if ":" in (urlsplit(value).hostname or ""):  # Werkzeug answers nobody who asks for one
        raise ValueError(
            "is an IPv6 address, which the companion does not answer; write a host name"
        )
    return value


OwnAddress = Annotated[Address, AfterValidator(_named)]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Secrets(_Frozen):
    """What `earmark web init` made: `pepper` is part of every account, `key` of sealed rows."""

    pepper: Secret
    key: Secret


class Settings(_Frozen):
    """A companion's settings; `database` is an address, `texts` a folder."""

    folder: Path
    organisation: Organisation
    address: OwnAddress
    contact: Reachable
    secrets: Secrets
    catalogue: CatalogueAt | None = None
    podcast_shares_host: bool = False
    database: str = Field(repr=False)
    language: Language = "en-gb"
    timezone: Zone = UNKNOWN_ZONE
    leave: Link = QUIET
    proxies: int = Field(0, ge=0, le=5)
    idle_minutes: int = Field(15, ge=1, le=120)
    unused_years: int | None = Field(None, ge=1, le=50)
    backups_kept_days: int = Field(35, ge=1, le=3650)
    database_connections: int = Field(40, ge=2, le=10_000)
    journal_kept_years: int = Field(2, ge=1, le=50)

    @property
    def zone(self) -> ZoneInfo:
        """Whose days and hours the people of this companion read."""
        return ZoneInfo(self.timezone)

    def now(self) -> datetime:
        """Return the present moment as the organisation's own clocks do."""
        return datetime.now(self.zone)

    @property
    def prefix(self) -> str:
        """The path under which it lives, without a last slash: "" or "/notes"."""
        return urlsplit(self.address).path.rstrip("/")

    @property
    def secure(self) -> bool:
        """Whether people reach it over HTTPS."""
        return self.address.startswith("https://")

    @property
    def idle(self) -> int:
        """Seconds after which somebody who does nothing is signed out."""
        return self.idle_minutes * 60

    @property
    def contact_link(self) -> str:
        """The contact as a link: a page, or an e-mail address to write to."""
        return self.contact if "://" in self.contact else f"mailto:{self.contact}"

    @property
    def texts(self) -> Path:
        """The folder of the statements that the organisation edits."""
        return self.folder / TEXTS


def read(folder: Path, catalogue: str | None = None) -> Settings:
    """Read a companion's settings; `catalogue` comes before the one that is written there.

    Raises EarmarkError that says which line to correct.
    """
    path = folder / FILE
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise EarmarkError(f"{path} does not exist; run `earmark web init {folder}`") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise EarmarkError(f"{path}: {error}; compare it with your copy") from None
    known = {"database": f"sqlite:///{real_path(folder) / 'companion.db'}", **document}
    if catalogue:
        known["catalogue"] = catalogue
    if os.environ.get(DATABASE):
        known["database"] = os.environ[DATABASE]
    try:
        return Settings.model_validate({"folder": real_path(folder), **known})
    except ValidationError as error:
        raise EarmarkError("\n".join(_sentences(path, error))) from None


def _sentences(path: Path, error: ValidationError) -> list[str]:
    said = []
    for each in error.errors():
        key = ".".join(map(str, each["loc"]))
        said.append(f"{path}: {key}: {_problem(each)}")
    return said


def _problem(each: ErrorDetails) -> str:
    """Return what is wrong with a setting, and what to do."""
    limits, kind = each.get("ctx", {}), each["type"]
    *above, name = each["loc"]
    if kind == "extra_forbidden" and above and name in Settings.model_fields:
        return "is below [secrets]; move the line above it"
    if kind == "extra_forbidden" and not above and name in Secrets.model_fields:
        return "belongs below a line [secrets]; put that line back above it"
    words = {
        "missing": "is missing; restore the line that `earmark web init` wrote",
        "extra_forbidden": "is not a setting; remove the line or correct its name",
        "greater_than_equal": "must be {ge} or more",
        "less_than_equal": "must be {le} or less",
        "string_type": "must be text in quotation marks",
        "string_too_short": "is empty; write something between the quotation marks",
        "too_long": "has {actual_length} characters; write at most {max_length}",
        "bool_parsing": "must be true or false",
        "bool_type": "must be true or false",
        "model_type": "must be a heading in brackets, [{heading}], with the lines below it",
    }
    if kind.startswith("int_"):
        return "must be a whole number, without quotation marks"
    found = words.get(kind)
    return found.format(heading=name, **limits) if found else str(limits.get("error", each["msg"]))


class Beginning(NamedTuple):
    """What the person who makes a companion knows of it; None is what they leave open."""

    organisation: str
    address: str
    contact: str
    timezone: str = "Europe/London"
    catalogue: str | None = None
    proxies: int | None = None

    def lines(self) -> dict[str, str]:
        """Return what the settings file says of it, by the names of its template."""
        known = ("organisation", "address", "contact", "timezone")
        place, proxies = self.catalogue, self.proxies
        return {key: quoted(getattr(self, key)) for key in known} | {
            "catalogue": f"catalogue = {quoted(place)}" if place else CATALOGUE,
            "proxies": PROXIES if proxies is None else f"proxies = {proxies}",
        }


def write(folder: Path, organisation: str, address: str, contact: str) -> Settings:
    """Make the settings of a new companion of which no more is known; see `create_settings`."""
    return create_settings(folder, Beginning(organisation, address, contact))


def create_settings(folder: Path, beginning: Beginning) -> Settings:
    """Make the settings of a new companion, readable by its owner only.

    Raises EarmarkError where there are some already, or where one of these is wrong.
    """
    path = folder / FILE
    if path.exists():
        raise EarmarkError(f"{path} already exists; its secrets cannot be made a second time")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = {name: base64.b64encode(secrets.token_bytes(32)).decode() for name in ("pepper", "key")}
    made = {key: quoted(value) for key, value in fresh.items()}
    text = TEMPLATE.format(leave=QUIET, **made, **beginning.lines())
    part = path.with_suffix(".part")
    part.unlink(missing_ok=True)
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    try:
        part.replace(path)
        return read(folder)
    except EarmarkError:
        path.unlink()
        raise


def quoted(text: str) -> str:
    """Write any text as one TOML value on one line."""
    import json

    # JSON escapes what TOML does, in the same way, but for signs beyond the basic plane: kept.
    return json.dumps(" ".join(text.split()), ensure_ascii=False)
