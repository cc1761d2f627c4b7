"""Checks a whole show, one module for each subject; episodes/rules/ has their rules."""
