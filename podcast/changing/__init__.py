"""Changes to what is published already: corrected, made anew, taken back, moved."""
