"""Checks, converts and draws pictures, and QR codes."""
