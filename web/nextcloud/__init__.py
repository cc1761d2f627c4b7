"""Serves Nextcloud's gpoddersync and Login Flow v2: AntennaPod connects with a tap, Cardo syncs."""

# The first part of every path.
PATHS = ("index.php",)
# Its apps show their password each time.
COOKIES = ()
# Blueprints whose requests have no form token: apps show their password.
CSRF_EXEMPT = ("nextcloud",)
