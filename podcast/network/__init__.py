"""Requests to servers of strangers: bounded, to public addresses only where a stranger names them."""
