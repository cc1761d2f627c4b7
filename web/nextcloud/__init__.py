"""Nextcloud's gpoddersync and Login Flow v2: how AntennaPod connects by a tap, and Cardo syncs."""
