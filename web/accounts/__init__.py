"""Accounts without names: join by a code, come back with a phrase, leave for good."""
