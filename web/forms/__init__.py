"""Forms sent twice, or again after signing in: nothing is done twice, nothing typed is lost."""
