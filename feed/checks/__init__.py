"""Checks of a whole show, one module a subject; episodes/rules/ has their rules."""
