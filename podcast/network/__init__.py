"""Requests to other people's servers: bounded, and to public addresses if a stranger named them."""
