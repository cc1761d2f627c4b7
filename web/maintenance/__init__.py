"""The operator's tasks: upgrade, back up, restore, purge."""
