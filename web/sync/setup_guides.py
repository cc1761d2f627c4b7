"""Explains how to connect each app, with the labels of its own menus; pure."""

from __future__ import annotations

from typing import NamedTuple

from episodes.translations import marked


class Guide(NamedTuple):
    """The steps for one app; the page fills in `{server}` and the like."""

    id: str
    name: str
    about: str
    steps: tuple[str, ...]
    taps: bool = False  # it connects with a tap, and nobody has to type anything


GUIDES = (
    Guide(
        "antennapod",
        "AntennaPod",
        marked("Android"),
        (
            marked(
                "Open Settings, then Synchronization, and tap “Choose synchronization provider”."
            ),
            marked("Choose “Nextcloud”, type in the server address below and continue."),
            marked("Your browser opens this site. Sign in and press “Connect”."),
            marked("Go back to AntennaPod. It should say it is connected."),
        ),
        taps=True,
    ),
    Guide(
        "kasts",
        "Kasts",
        marked("Linux, Windows and Android"),
        (
            marked("Open Settings, then Synchronization, and press “Login”."),
            marked("Choose “gpodder.net” and tick “Use custom server”."),
            marked(
                "Type in the user name and password below. Put the server address in “Hostname”."
            ),
            marked(
                "When it asks for a device, press “Create Device”, then “OK” to the next question."
            ),
        ),
    ),
    Guide(
        "gpodder",
        "gPodder",
        marked("Computers"),
        (
            marked("Open Preferences and the tab “gpodder.net”."),
            marked("Tick “Synchronize subscriptions and episode actions”."),
            marked("Type in the server address, user name and password below, and a device name."),
            marked("Close the window. It syncs within a minute."),
        ),
    ),
    Guide(
        "cardo",
        "Cardo",
        marked("Linux, Windows and macOS"),
        (
            marked("Open Settings and find “Synchronization”."),
            marked("Choose Nextcloud, type in the server address below and press “Connect”."),
            marked("Your browser opens this site. Sign in and press “Connect”."),
            marked("Go back to Cardo. It should say it is connected."),
        ),
        taps=True,
    ),
    Guide(
        "other",
        marked("Another app"),
        marked("Any app that syncs with gpodder.net or your own Nextcloud"),
        (
            marked("Look in its settings for “synchronization”, “gPodder” or “Nextcloud”."),
            marked("Type in the server address, user name and password below."),
            marked(
                "If it offers only gpodder.net and not your own server, it cannot connect here."
            ),
        ),
    ),
)


def guide(id_: str) -> Guide | None:
    """Return the steps for an app, None if it is unknown."""
    return next((each for each in GUIDES if each.id == id_), None)
