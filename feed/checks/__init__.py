"""Checks of a whole show, one module a subject; episodes/rules/ has the rules they ask for."""
