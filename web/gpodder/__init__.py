"""Serves version 2 of the gPodder API and its simple API to AntennaPod, Kasts and gPodder."""

# The first part of every path.
PATHS = ("api", "subscriptions", "clientconfig.json", "toplist", "suggestions", "search.json")
# Sent to an app that shows its password; the API names it, and some apps accept no other.
COOKIES = ("sessionid",)
# Blueprints whose requests have no form token: apps show their password.
CSRF_EXEMPT = ("gpodder",)
