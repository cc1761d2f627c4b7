"""Changes what is published already: corrects, re-issues and withdraws episodes, moves the show."""
