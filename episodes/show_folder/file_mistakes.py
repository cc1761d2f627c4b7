"""Suggests which file was meant if one is missing, and what to do.

People save as Word, export as video, have unfinished downloads, and send pictures from a phone.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

UNFINISHED = (".crdownload", ".part", ".partial", ".download", ".opdownload")
_JUNK = {"thumbs.db", "desktop.ini", "icon\r", "earmark.lock"}
_COPY = re.compile(
    r"[ _]?\(\d+\)|(?<![ _-])[ _-]+(copy|kopie|copie)( ?\(?\d+\)?)?$|^copy of ", re.IGNORECASE
)
_UNSEEN = re.compile("[\u200b-\u200f\u2060\ufeff\u00ad]")
_VIDEO, _EXPORT = "is a video", "export its audio as M4A or WAV"
_RARE, _AGAIN = "is in a format that Earmark cannot read", "export it as WAV or M4A"
_PROJECT = "is an audio editor's project, not a recording"
_SAVE = "save it as JPEG or PNG"
_TEXT = "save it as plain text"

# What files with these endings are, and what to do; {} is the name without its ending.
_RECORDINGS = {
    **dict.fromkeys(("mov", "3gp", "3g2", "webm", "mkv", "avi", "wmv", "flv", "mpg", "mpeg", "mts",
                     "m2ts", "ts", "ogv", "vob"), (_VIDEO, _EXPORT)),
    **dict.fromkeys(("wma", "caf", "amr", "awb", "ac3", "eac3", "dts", "ra", "rm", "dss", "ds2",
                     "msv", "wv", "ape", "tta", "mka", "weba", "spx", "au", "snd", "mp2", "mid",
                     "midi", "qcp", "gsm", "vox", "w64", "aa", "aax", "dsf", "mpc", "silk"),
                    (_RARE, _AGAIN)),
    **dict.fromkeys(("aup", "aup3", "sesx", "band", "logicx", "rpp", "als", "ptx", "flp"),
                    (_PROJECT, "export it there as WAV")),
    **dict.fromkeys(("m4b", "m4r", "f4a"), ("is an M4A", "rename it to {}.m4a")),
    "m4v": ("is an MP4", "rename it to {}.mp4"), "wave": ("is a WAV", "rename it to {}.wav"),
    "bwf": ("is a WAV", "rename it to {}.wav"), "mpga": ("is an MP3", "rename it to {}.mp3"),
    "aifc": ("is an AIFF", "rename it to {}.aiff"),
    "zip": ("is a zip file", "unzip it and put the recording here"),
}  # fmt: skip
_PICTURES = {
    **dict.fromkeys(("jfif", "jpe", "jif", "jfi", "pjpeg", "mpo"),
                    ("is a JPEG", "rename it to {}.jpg")),
    "apng": ("is a PNG", "rename it to {}.png"),
    "heic": ("is HEIC, as iPhones save photos", _SAVE),
    "heif": ("is HEIF, as phones save photos", _SAVE), "webp": ("is WebP", _SAVE),
    **{each: (f"is {each.upper()}", _SAVE) for each in
       ("avif", "gif", "bmp", "tif", "tiff", "svg", "psd", "pdf", "eps", "ai", "jxl", "jp2", "ico",
        "raw", "dng", "cr2", "nef", "arw", "xcf", "afphoto", "tga", "hif")},
    **dict.fromkeys(("pptx", "ppt", "pub", "docx", "key", "indd"),
                    ("is a document", "export it as JPEG or PNG")),
}  # fmt: skip
_DOCUMENTS = {
    **dict.fromkeys(("docx", "doc", "dotx", "docm"), ("is a Word document", _TEXT)),
    **dict.fromkeys(("odt", "fodt", "ott", "sxw"), ("is a LibreOffice document", _TEXT)),
    **dict.fromkeys(("rtf", "rtfd"), ("is rich text (RTF)", _TEXT)),
    "pages": ("is a Pages document", "export it as plain text"),
    **dict.fromkeys(("html", "htm", "mht", "mhtml"), ("is a web page", _TEXT)),
    "pdf": ("is a PDF", _TEXT), "gdoc": ("is a link to Google Docs", "download it as plain text"),
    "webloc": ("is a link", _TEXT), "url": ("is a link", _TEXT), "wps": ("is a document", _TEXT),
    "wpd": ("is a document", _TEXT), "xml": ("is XML", _TEXT), "yaml": ("is only YAML", _TEXT),
    "yml": ("is only YAML", _TEXT),
}  # fmt: skip
_TRANSCRIPTS = {
    "doc": ("is an old Word document", "save it as .docx or as plain text"),
    "webvtt": ("is WebVTT", "rename it to {}.vtt"), "subrip": ("is SRT", "rename it to {}.srt"),
    **dict.fromkeys(("text", "log", "asc"), ("is plain text", "rename it to {}.txt")),
    **dict.fromkeys(("xlsx", "xls", "numbers", "ods", "gsheet"),
                    ("is a spreadsheet", "save the words as plain text (.txt), SRT or WebVTT")),
    "zip": ("is a zip file", "unzip it and put the transcript here"),
    **{each: (what, "save it as plain text (.txt), SRT or WebVTT") for each, (what, _) in
       _DOCUMENTS.items() if each not in {"docx", "doc"}},
    **dict.fromkeys(("sbv", "ass", "ssa", "ttml", "dfxp", "stl", "scc", "sub", "smi", "lrc", "tsv",
                     "csv", "md"), ("is in a format that Earmark cannot read",
                                    "save it as SRT or WebVTT, or as plain text (.txt)")),
}  # fmt: skip
_PLAIN = ("markdown", "mdown", "mkd", "mkdn", "mdwn", "mdtext", "txt", "text", "md")


class Mistake(NamedTuple):
    """A file that cannot be used, and what to do about it."""

    message: str
    fix: str


def is_junk(name: str) -> bool:
    """Return whether a system, an office program or a browser made this file for itself."""
    low = name.lower()
    return name.startswith((".", "~$", "~WRL")) or low in _JUNK or low.endswith(UNFINISHED)


def visible_name(name: str) -> str:
    """Return a name as people see it: composed characters, plain spaces, trimmed."""
    from unicodedata import normalize  # slow to load, and most builds have nothing to do

    seen = normalize("NFC", _UNSEEN.sub("", name))
    return " ".join(seen.split())


def original_name(name: str) -> str:
    """Return the name of which "talk (1).wav" or "Copy of talk.wav" is a copy."""
    stem, dot, ending = visible_name(name).rpartition(".")
    return f"{_COPY.sub('', stem) if stem else stem}{dot}{ending}"


def find_copies(names: list[str]) -> list[str]:
    """Return the names that are copies of another of them."""
    return [
        name
        for name in names
        if original_name(name) != visible_name(name) and original_name(name) in names
    ]


def find_recording(names: Iterable[str], endings: tuple[str, ...]) -> Mistake | None:
    """Return the file that is there instead of a recording."""
    return _first(names, endings, _RECORDINGS, "recording")


def find_cover(names: Iterable[str], endings: tuple[str, ...]) -> Mistake | None:
    """Return the file that is there instead of a cover."""
    every = list(names)
    called = [name for name in every if original_name(name).lower().lstrip(".").startswith("cover")]
    if mistake := _first(called, endings, _PICTURES, "cover"):
        return mistake
    pictures = [name for name in every if not is_junk(name) and name.lower().endswith(endings)]
    if not pictures:
        return _first(every, (), _PICTURES, "cover")
    name = pictures[0]
    ending = name.rpartition(".")[2].lower()
    return Mistake(f"{name} is there", f"rename it to cover.{ending}, or write `cover: {name}`")


def find_picture(names: Iterable[str], endings: tuple[str, ...]) -> Mistake | None:
    """Return the file that is there instead of an episode's own picture."""
    called = [
        name for name in names if original_name(name).lower().lstrip(".").startswith("picture.")
    ]
    return _first(called, endings, _PICTURES, "picture")


def find_transcript(names: Iterable[str], endings: tuple[str, ...]) -> Mistake | None:
    """Return the file that is there instead of a transcript."""
    called = [name for name in names if "transcript" in name.lower()]
    return _first(called, endings, _TRANSCRIPTS, "transcript")


def _first(
    names: Iterable[str], endings: tuple[str, ...], kinds: dict[str, tuple[str, str]], expected: str
) -> Mistake | None:
    mistakes = (_incomplete(name, endings, kinds) or _other(name, endings, kinds, expected)
             for name in names)  # fmt: skip
    return next(filter(None, mistakes), None)


def _incomplete(
    name: str, endings: tuple[str, ...], kinds: dict[str, tuple[str, str]]
) -> Mistake | None:
    """Explain a file that is not fully downloaded to this computer."""
    whole, _, last = name.rpartition(".")
    shown = whole.removeprefix(".")
    meant = shown.lower().endswith(endings) or _ending(shown) in kinds
    if last.lower() == "icloud" and meant:
        return Mistake(f"{shown} is still in iCloud", "open it in Finder to download it")
    if f".{last.lower()}" in UNFINISHED and (meant or "." not in shown or not endings):
        return Mistake(f"{name} is only partly downloaded", "download it again")
    return None


def _other(
    name: str, endings: tuple[str, ...], kinds: dict[str, tuple[str, str]], expected: str
) -> Mistake | None:
    """Explain a file in another format or under another name."""
    if is_junk(name) or not name.rpartition(".")[0]:
        return None
    if endings and visible_name(name).lower().endswith(endings):
        if not name.lower().endswith(endings):
            return Mistake(f'"{name}" ends with a space', "rename it")
        fix = f"rename it to {expected}.{_ending(name)}"
        return Mistake(f"{name} is there", fix) if expected != "recording" else None
    if _ending(name) not in kinds:
        return None
    what, fix = kinds[_ending(name)]
    stem = visible_name(name).rpartition(".")[0] if expected == "recording" else expected
    called = f", called {expected}.jpg" if fix == _SAVE else ""
    return Mistake(f"{name} {what}", f"{fix.format(stem)}{called}")


def _ending(name: str) -> str:
    return visible_name(name).lower().rpartition(".")[2]


def find_document(expected: str, names: Iterable[str]) -> Mistake | None:
    """Return the file that is there instead of `show.md` or `episode.md`."""
    stem = expected.removesuffix(".md")
    for name in names:
        seen = original_name(name).lower()
        if seen == f".{expected}.icloud":
            return Mistake(f"{expected} is still in iCloud", "open it in Finder to download it")
        if name == expected or is_junk(name) or not seen.startswith(stem):
            continue
        ending = seen.removeprefix(stem).removeprefix(".md").removeprefix(".")
        if ending in _PLAIN or not ending:
            return Mistake("", f"rename {name} to {expected}")
        if ending in _DOCUMENTS:
            what, fix = _DOCUMENTS[ending]
            return Mistake(f"{name} {what}", f"{fix} called {expected}")
    return None
