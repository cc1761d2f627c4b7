"""Reads the settings of a companion: a folder with `settings.toml`, secrets, texts and database.

Parsed once, then passed down. No secret has a default: `earmark web init` makes them.
"""

from __future__ import annotations

import base64
import os
import tomllib
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
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
QUIET = "https://www.bbc.co.uk/weather"  # where "Exit this page" leads: nobody asks why


def _secret(value: object) -> object:
    try:
        secret = base64.b64decode(value, validate=True) if isinstance(value, str) else b""
    except ValueError:
        secret = b""
    if len(secret) != 32 or base64.b64encode(secret).decode() != value:
        raise ValueError("is incomplete; restore the line that `earmark web init` wrote")
    return secret


Secret = Annotated[bytes, BeforeValidator(_secret), Field(repr=False)]


LOOPBACK = ("localhost", "127.0.0.1", "::1")


def is_plain_elsewhere(address: str) -> bool:
    """Return whether a URL is http:// and not on this computer.

    Anyone on the network could then change what is read from it.
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
    """Return text without the characters that change the direction of the text after them."""
    if rest := value.translate(dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A)))):
        return rest
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
    sentences = []
    for each in error.errors():
        key = ".".join(map(str, each["loc"]))
        sentences.append(f"{path}: {key}: {_problem(each)}")
    return sentences


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
    sentence = words.get(kind)
    return (
        sentence.format(heading=name, **limits)
        if sentence
        else str(limits.get("error", each["msg"]))
    )
