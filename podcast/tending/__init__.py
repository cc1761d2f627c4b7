"""Looking after a show that is out already: what is overdue, and what order apps show."""
