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
            "Choose “Nextcloud”, type the server address below, and proceed.",
            "A page of ours opens: sign in there and press “Let it in”.",
            "Go back to AntennaPod. It says that it is connected.",
        ),
        taps=True,
    ),
    Guide(
        "kasts",
        "Kasts",
        "Linux, Windows and Android",
        (
            "Open Settings, then Synchronization, and press “Login”.",
            "Choose “gpodder.net”, and tick “Use custom server”.",
            "Type the user name and the password below; the server address is its “Hostname”.",
            "It asks for a device: press “Create Device”, and “OK” to what it asks then.",
        ),
    ),
    Guide(
        "gpodder",
        "gPodder",
        "Computers",
        (
            "Open Preferences and the tab “gpodder.net”.",
            "Tick “Synchronize subscriptions and episode actions”.",
            "Type the server address, the user name and the password below, and a device name.",
            "Close the window. It syncs within a minute.",
        ),
    ),
    Guide(
        "cardo",
        "Cardo",
        "Linux, Windows and macOS",
        (
            "Open Settings and find “Synchronization”.",
            "Choose Nextcloud, type the server address below and press “Connect”.",
            "A page of ours opens: sign in there and press “Let it in”.",
            "Go back to Cardo. It says that it is connected.",
        ),
        taps=True,
    ),
    Guide(
        "other",
        "Another app",
        "Any that syncs with gpodder.net or a Nextcloud of one's own",
        (
            "Look in its settings for “synchronization”, “gPodder” or “Nextcloud”.",
            "Type the server address, the user name and the password below.",
            "If it only offers gpodder.net and no server of one's own, it cannot connect here.",
        ),
    ),
)


def guide(id_: str) -> Guide | None:
    """Return the steps for an app, None where it is none of these."""
    return next((each for each in GUIDES if each.id == id_), None)
