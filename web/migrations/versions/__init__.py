"""The steps, numbered without gaps; one that was released is never changed again."""
