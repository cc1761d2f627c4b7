"""A show's folder: which files lie in it, what each is for, and what they hold."""
