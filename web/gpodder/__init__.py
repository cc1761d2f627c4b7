"""The gPodder API, version 2, and its simple one: how AntennaPod, Kasts and gPodder speak."""

# The first part of every path.
PATHS = ("api", "subscriptions", "clientconfig.json", "toplist", "suggestions", "search.json")
# Sent to an app that shows its password; the API names it, and some apps look for no other.
COOKIES = ("sessionid",)
# Blueprints whose requests have no form token: apps show their password.
CSRF_EXEMPT = ("gpodder",)
