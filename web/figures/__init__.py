"""Numbers for the training lead: few, rounded, frozen, and none about a person."""
