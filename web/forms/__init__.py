"""Forms sent twice, or sent again after signing in: no act is done twice, no word is lost."""
