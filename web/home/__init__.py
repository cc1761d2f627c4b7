"""The home page: what this site is, or a learner's own drafts, notes and episodes."""
