"""Exports all of a learner's data in open formats."""
