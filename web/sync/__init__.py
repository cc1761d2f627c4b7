"""Podcast apps that somebody connected: what they report of our show, whichever protocol it is."""
