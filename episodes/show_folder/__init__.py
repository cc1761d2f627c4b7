"""Reads a show folder: finds its files and what each is for."""
