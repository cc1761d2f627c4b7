"""Lists the formats of recordings, in a show folder and in feeds: endings and media types."""

from __future__ import annotations

# The kinds of `tags.Header`, each with the endings of such a file, the usual one first.
ENDINGS = {
    "wav": (".wav",),
    "aiff": (".aiff", ".aif"),
    "flac": (".flac",),
    "mp3": (".mp3",),
    "mp2": (".mp3",),  # layer 2, which players open as they open an MP3
    "mp4": (".m4a", ".mp4"),
    "mp4-other": (".m4a", ".mp4"),
    "aac": (".aac",),
    "ogg": (".ogg", ".oga"),
    "opus": (".opus", ".ogg"),
}
RECORDINGS = tuple(dict.fromkeys(ending for endings in ENDINGS.values() for ending in endings))
IN_FEEDS = tuple(ending for ending in RECORDINGS if ending != ".mp4")  # which names videos there
MEDIA_TYPES = {
    ".mp3": "audio/mpeg",
    ".m4a": "audio/x-m4a",  # what Apple's validator asks for
    ".aac": "audio/aac",
    ".ogg": "audio/ogg",
    ".oga": "audio/ogg",
    ".opus": "audio/ogg",  # RFC 7845
    ".wav": "audio/wav",
    ".flac": "audio/flac",
}
