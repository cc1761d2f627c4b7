"""Taking it away: everything a learner has, readable without us."""
