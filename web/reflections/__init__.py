"""Reflections: what a learner writes for themself, sealed under their own key."""
