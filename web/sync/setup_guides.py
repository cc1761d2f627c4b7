"""How to connect each app, in the words of its menus; pure."""

from __future__ import annotations

from typing import NamedTuple


class Guide(NamedTuple):
    """The few steps for one app; `{server}` and the like are filled in by the page."""

    id: str
    name: str
    about: str
    steps: tuple[str, ...]
    taps: bool = False  # it connects by granting, and nothing has to be typed


GUIDES = (
    Guide(
        "antennapod",
        "AntennaPod",
        "Android",
        (
            "Open Settings, then Synchronization, and tap “Choose synchronization provider”.",
            "Choose “Nextcloud”, type in the server address below and continue.",
            "Your browser opens this site. Sign in and press “Connect”.",
            "Go back to AntennaPod. It should say it is connected.",
        ),
        taps=True,
    ),
    Guide(
        "kasts",
        "Kasts",
        "Linux, Windows and Android",
        (
            "Open Settings, then Synchronization, and press “Login”.",
            "Choose “gpodder.net” and tick “Use custom server”.",
            "Type in the user name and password below. Put the server address in “Hostname”.",
            "When it asks for a device, press “Create Device”, then “OK” to the next question.",
        ),
    ),
    Guide(
        "gpodder",
        "gPodder",
        "Computers",
        (
            "Open Preferences and the tab “gpodder.net”.",
            "Tick “Synchronize subscriptions and episode actions”.",
            "Type in the server address, user name and password below, and a device name.",
            "Close the window. It syncs within a minute.",
        ),
    ),
    Guide(
        "cardo",
        "Cardo",
        "Linux, Windows and macOS",
        (
            "Open Settings and find “Synchronization”.",
            "Choose Nextcloud, type in the server address below and press “Connect”.",
            "Your browser opens this site. Sign in and press “Connect”.",
            "Go back to Cardo. It should say it is connected.",
        ),
        taps=True,
    ),
    Guide(
        "other",
        "Another app",
        "Any app that syncs with gpodder.net or your own Nextcloud",
        (
            "Look in its settings for “synchronization”, “gPodder” or “Nextcloud”.",
            "Type in the server address, user name and password below.",
            "If it offers only gpodder.net and not your own server, it cannot connect here.",
        ),
    ),
)


def guide(id_: str) -> Guide | None:
    """Return the steps for an app, None where it is none of these."""
    return next((each for each in GUIDES if each.id == id_), None)
