"""Forms that are sent twice, or come back after signing in: no act is done twice, no word is lost."""
