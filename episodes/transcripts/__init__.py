"""Transcripts: reading the files of other programs, checking them, and writing VTT, SRT and JSON."""
