"""Transcripts: reading the files of other programs, checking them, writing VTT, SRT and JSON."""
