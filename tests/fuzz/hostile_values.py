"""Nasty values: what hostile files hold, and how bytes of each kind are harmed."""

from __future__ import annotations

import io
import json
import re
import struct
import zipfile
import zlib
from random import Random
from typing import Any

BOMB = b"[&a [x,x,x,x,x,x,x,x,x], " + b", ".join(
    b"&%c [%s]" % (98 + n, b",".join([b"*%c" % (97 + n)] * 9)) for n in range(9)
) + b"]"  # fmt: skip
VALUES = [
    b"", b"~", b"null", b"true", b"no", b"0", b"-1", b"1e999", b".inf", b"-.inf", b".nan", b"0o17",
    b"0x1F", b"1_000", b"017", b"9" * 400, b"-" + b"9" * 5000, b"1:30:00", b"99:99:99", b"12:60",
    b"2026-02-30", b"0001-01-01", b"9999-12-31", b"9999-12-31 23:59", b"0000-00-00", b"0001-01-01 00:00",
    b"2026-12-31T23:59:60Z", b"2026-10-01T07:00:00+99:00", b"2026-10-01 07:00 Europe/London",
    b"2026-03-29 01:30", b"-2026-01-01", b"12026-01-01", b"1900-01-01", b"[]", b"{}", b"[[]]", b"- a",
    b"[" * 400, b"{a: " * 300, b"[" * 90 + b"]" * 90, b"{a: [1, {b: c}]}", b"&a [*a]", b"&a {b: *a}",
    b"*nobody", b"!!python/object/apply:os.system [id]", b"!!binary aGk=", b"!!set {a, b}",
    b"!!timestamp 2026-01-01", b"!!float 1", b"!!int 0b1", b"!<tag:yaml.org,2002:str> a", b"!local a",
    b"!!omap [a: 1]", b"!!null x", b"{<<: {a: b}}", b"{<<: [1, 2]}", b"{? [a, b] : c}", b"{1: a, 1: b}",
    b"{~: a}", b"{[a]: b}", b"{a: 1, a: 2}", BOMB, b"|\n  a\n b", b">-\n", b"|9\n  a", b"'", b'"',
    b'"\\x00"', b'"\\ud800"', b'"\\U0010FFFF"', b'"\\uFFFE"', b'"\\e[31mred"', b"%", b"@a", b"`a`",
    b'"a\\nb"', b'"a\\r\\nb: c"', b"\t", b"# a", b"a: b: c", b"? a", b"- - - a", b"=", b"<<",
    b"a" * 70_000, b"\xf0\x9f\x91\xa8\xe2\x80\x8d" * 300, b"e" + b"\xcc\x81" * 2000,
]  # fmt: skip
TEXTS = [
    b"<script>alert(1)</script>", b"</script><script>alert(1)//", b"<img src=x onerror=alert(1)>",
    b"\"><svg/onload=alert(1)>", b"' onmouseover='alert(1)", b"]]><a/>", b"<![CDATA[", b"<!--", b"-->",
    b"&lt;script&gt;", b"&#0;", b"&#x1F600;", b"&nbsp;", b"&unknown;", b"{{ 7*7 }}", b"{% raw %}", b"${7*7}",
    b"[a](javascript:alert(1))", b"[a](JaVaScRiPt:alert(1))", b"[a](java\tscript:alert(1))",
    b"[a](data:text/html;base64,PHNjcmlwdD4=)", b"![a](file:///etc/passwd)", b"[a](//evil.example)",
    b"<javascript:alert(1)>", b"<a href=javascript:alert(1)>b</a>", b"[a]: javascript:alert(1)\n[a]",
    b"<iframe src=x></iframe>", b"<base href=//x>", b"<style>*{x:expression(1)}</style>", b"<math><mi//xlink:href=\"data:x\">",
    b"> " * 500 + b"a", b"* " * 300, b"[" * 2000, b"![" * 900, b"*a_ " * 3000, b"`" * 3001, b"<" * 3000, b"\\" * 999,
    b"|a|b|\n|-|-|\n" * 50, b"1. " * 200, b"# " * 99, b"\xe2\x80\xae txt.exe", b"\xe2\x80\x8b", b"\xef\xbb\xbf",
    b"\x00", b"\x1b]0;x\x07", b"\x85", b"\x0c", b"\xe2\x80\xa8", b"\xed\xa0\x80", b"\xff\xfe", b"\xc0\xaf", b"\xf4\x90\x80\x80",
    b"\xef\xbf\xbe", b"\xd9\x85\xd8\xb1", b"\xef\xb7\xba", b"%s%n%00", b"%(a)s", b"{0.__class__}", b"\\N{DEGREE SIGN}", b"a\r\nSet-Cookie: b",
    b"[red]x[/red] [/]", b"[link=file:///x]", b":" * 300, b"--> ", b"00:00.000 --> 00:00.000", b"<v >", b"<v " + b"a" * 5000,
]  # fmt: skip
LINKS = [
    b"javascript:alert(1)", b"JAVASCRIPT:alert(1)", b"data:text/html,x", b"file:///etc/passwd", b"//evil.example/",
    b"http://", b"https://", b"https://[", b"https://[::1", b"http://[::1%25eth0]/", b"https://a:99999/", b"https://a:b/",
    b"https://user:pass@example.org/", b"https://ex\xc3\xa4mple.org/", b"https://xn--/", b"https://" + b"a" * 300 + b".org/",
    b"https://example.org/%", b"https://example.org/%zz", b"https://example.org/a b", b"https://example.org/\"onclick=1",
    b"https://1.1/", b"https://\xe2\x84\xa1.example/", b"mailto:a@b", b"tel:+1", b"ftp://x/", b"https:example.org", b"https:///x", b"http://0x7f.1/",
    b"vbscript:x", b"blob:x", b"https://example.org/../../x/", b"https://example.org/?#?#", b"a@b", b"a@[1.2.3.4]", b"\"a b\"@c.d", b"a@b@c",
    b"https://example.org\\@evil/", b"urn:x", b"chrome://x", b"https://\xd0\xb0pple.example/", b"https://a..b/", b"https://-/", b"https://./",
]  # fmt: skip
PATHS = [
    "../outside/secret.txt", "../../outside/secret.txt", "/etc/passwd", "../../../../../../etc/passwd",
    "..", ".", "/", "", "a/../../outside/cover.jpg", "..\\outside\\secret.txt", "C:\\x.mp3", "CON", "nul.mp3",
    "aux", "com1.txt", "a:b", "a\x00b", "~", "~/x", "$HOME", "%2e%2e%2f", "file:///etc/passwd", "media/../../../outside/secret.txt",
    "a\nb.mp3", "a\rb", ".mp3", "a.mp3 ", " a", "a" * 300, "\u202e", "RECORDING.MP3", "Recording.mp3", "recording.mp3.", "-rf",
    "../outside/recording.mp3", "../outside/transcript.vtt", "../outside/cover.jpg", "|id", ";id", "`id`", "concat:a|b", "\ud800", "http://x/a.mp3",
]  # fmt: skip
TARGETS = [
    "../outside", "../outside/secret.txt", "../outside/cover.jpg", "../../outside/recording.mp3", "../../outside",
    ".", "..", "/", "/etc/passwd", "/dev/zero", "/dev/null", "/dev/stdin", "/proc/self/environ", "/proc/self", "nowhere", "loop",
    "show.md", "public", "episode.md", "recording.mp3", "01-talk", "../../../outside/transcript.vtt", "a" * 255,
]  # fmt: skip
NAMES = [
    b"..a", b"con", b"NUL", b"aux.txt", b"a\nb", b"a\rb", b"%s%d", b"%00", b"a" * 240, b"\xff\xfe", b"\xc3\x28", b"-rf", b" ", b"a ",
    b"<script>", b"\"'", b"a:b", b"a\\b", b"a|b", b"?", b"*", b"\xe2\x80\xae", b"\xcc\x81", b"\xf0\x9f\x98\x80", b"EPISODE", b"01-TALK", b"\x01",
    b"\x1b[31m", b"~", b"$(id)", b"`id`", b"_a", b".a", b"\xef\xbb\xbf", b"concat:a", b"[red]", b"#a", b"e\xcc\x81", b"\xc3\xa9", b"\xed\xa0\x80",
]  # fmt: skip
LINES = [
    b"---", b"...", b"%YAML 1.1", b"%TAG ! tag:x,2000:", b"<<: *a", b"&a title: b", b"? title", b": b", b"\t- a", b"- a", b"{", b"]",
    b"NOTE", b"STYLE\n::cue{}", b"REGION", b"WEBVTT", b"00:00:01.000 --> 99:00:00.000", b"1\n00:00:01,000 --> 00:00:02,000",
    b"99:99:99.999 --> 00:00:00.000", b"title: a", b"guid: guid-2", b"slug: 02-talk", b"slug: con", b"chapters: labels.txt", b"date: 2999-01-01",
    b"waive: {title-show: a, nonsense: b}", b"waive: {lock-file: x, folder: y, file-read: z}", b"language: xx", b"timezone: ../../etc/passwd", b"timezone: Etc", b"recordings: {loudness: .nan}",
    b"type: trailer", b"explicit: maybe", b"unlisted: true", b"complete: true", b"seasons: {-1: a}", b"seasons: {99999999999999999999: a}",
    b"publish: {to: ../outside}", b"companion: https://a/", b"number: 99999999999999999999", b"season: 1e3", b"number: 1.0",
]  # fmt: skip
TIMES = [
    b"99999999999999999999", b"-1", b"NaN", b"Infinity", b"-Infinity", b"1e308", b"1e999", b"0", b"00:00:60.000", b"24:00:00.000",
    b"99:59:59.999", b"-00:01.000", b"0.0000000001", b"1,5", b"::", b":", b".", b"null", b"true", b"[]", b"{}", b"\"\"", b"5" * 5000,
    b"\xd9\xa3", b"1_0", b"0x10", b"9" * 4301, b"1e-400", b"100:00", b"1:2:3:4", b"\"00:00\"", b"\xc2\xb2", b"1.5.5",
]  # fmt: skip
INTS = [0, 1, 2, 7, 8, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0x7F7F7F7F, 0x01000000]  # fmt: skip
WORDS = [
    b"---\n", b"\x00", b"\xff", b"\xff\xfb\x90\xc4", b"ID3\x03\x00\x00\x7f\x7f\x7f\x7f", b"ID3\x02\x00\x40\x00\x00\x00\x0a", b"TAG", b"APETAGEX\xd0\x07\0\0\xff\xff\xff\x7f\xff\xff\xff\x7f",
    b"OggS\x00\x02", b"fLaC", b"RIFF\xff\xff\xff\xffWAVE", b"moov", b"chpl", b"CHAP", b"CTOC", b"LYRICS200", b"Xing", b"VBRI", b"\x7f\xff\xff\xff", b"../", b"{", b"\"", b"<", b"\xe2\x80\xa8",
]  # fmt: skip


def text(chance: Random) -> bytes:
    """Return markup, signs or words that harm where they are not escaped."""
    return chance.choice(TEXTS)


def name(chance: Random) -> bytes:
    """Return a name of a file that is hard to carry."""
    return chance.choice(NAMES)


def value(chance: Random) -> bytes:
    """Return a value for YAML."""
    match chance.randrange(5):
        case 0:
            return json.dumps(text(chance).decode("utf-8", "replace"), ensure_ascii=False).encode()
        case 1:
            return b'"' + chance.choice(LINKS) + b'"'
        case 2:
            return json.dumps(chance.choice(PATHS)).encode()
        case _:
            return chance.choice(VALUES)


def garbled(data: bytes, chance: Random) -> bytes:
    """Cut, flip, repeat, drop or overwrite some bytes."""
    raw = bytearray(data)
    for _ in range(chance.choice([1, 1, 2, 4, 16])):
        near = min(len(raw), 600) if chance.random() < 0.5 else len(raw)
        at = chance.randrange(near + 1)
        match chance.randrange(6):
            case 0:
                raw[at:at] = chance.choice(WORDS) * chance.choice([1, 1, 1, 200])
            case 1:
                del raw[at : at + chance.choice([1, 4, 40, 4000])]
            case 2:
                raw[at : at + 4] = struct.pack(chance.choice("<>") + "I", chance.choice(INTS))
            case 3:
                raw[at:at] = raw[at : at + chance.choice([4, 40, 400])]
            case 4:
                del raw[at if chance.random() < 0.5 else len(raw) :]
            case _:
                raw[at : at + 1] = bytes([chance.randrange(256)])
    return bytes(raw)


def recording(data: bytes, chance: Random, others: list[bytes]) -> bytes:
    """Harm a recording: mostly the numbers beside its names of boxes, frames and blocks."""
    for _ in range(chance.choice([1, 1, 2, 4])):
        match chance.randrange(8):
            case 0 | 1:
                data = garbled(data, chance)
            case 2:
                other = chance.choice(others)
                data = (
                    data[: chance.randrange(len(data) + 1)] + other[chance.randrange(len(other)) :]
                )
            case 3:
                data = chance.choice([*WORDS, chance.choice(others)]) + data
            case _:
                data = _lying(data, chance)
    return data


def _lying(data: bytes, chance: Random) -> bytes:
    """Overwrite the number before or behind something that looks like a name."""
    names = list(re.finditer(rb"[A-Za-z\xa9][A-Za-z]{2}[A-Za-z0-9 ]", data[:20_000]))
    if not names:
        return garbled(data, chance)
    found = chance.choice(names)
    at = found.start() - 4 if chance.random() < 0.5 else found.end() + chance.choice([0, 0, 2, 4])
    number = struct.pack(chance.choice("<>") + "I", chance.choice(INTS))
    return data[: max(at, 0)] + number + data[max(at, 0) + 4 :]


def picture(data: bytes, chance: Random) -> bytes:
    """Harm a picture: its bytes, the size that it says it has, or what it carries."""
    match chance.randrange(6):
        case 0 if data.startswith(b"\x89PNG"):
            size = struct.pack(">II", *chance.choices([0, 1, 600, 30_000, 65_535, 2**31 - 1], k=2))
            return _chunk(data[:8], b"IHDR", size + data[24:29]) + data[33:]
        case 1 if data.startswith(b"\x89PNG"):
            kind = chance.choice([b"iCCP", b"zTXt", b"iTXt", b"eXIf", b"tEXt", b"acTL", b"IDAT"])
            packed = zlib.compress(bytes(chance.choice([0, 10_000_000])))
            return _chunk(data[:33], kind, b"a\0\0" + packed) + data[33:]
        case 2 if data.startswith(b"\xff\xd8"):
            size = struct.pack(">HH", *chance.choices([0, 1, 600, 1400, 30_000, 65_535], k=2))
            return re.sub(
                rb"(?s)(\xff[\xc0-\xc2]..[\x08\x0c]).{4}", lambda m: m[1] + size, data, count=1
            )
        case 3:
            return chance.choice([
                b"GIF89a\xff\xff\xff\xff\x80\0\0" + bytes(40), b"BM" + bytes(60), b"II*\0" + bytes(60), b"<svg/>", b"8BPS" + bytes(60),
                b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9999 9999\n", b"RIFF\0\0\0\0WEBPVP8 ", b"P6 99999 99999 255\n", b"",
            ])  # fmt: skip
        case _:
            return garbled(data, chance)


def _chunk(before: bytes, kind: bytes, data: bytes) -> bytes:
    crc = struct.pack(">I", zlib.crc32(kind + data))
    return before + struct.pack(">I", len(data)) + kind + data + crc


def packed(data: bytes, chance: Random) -> bytes:
    """Harm a Word document: the package, or one of the files in it."""
    if chance.random() < 0.3:
        return garbled(data, chance)
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(made, "w") as new:
        names = old.namelist()
        harmed = chance.choice([*names, "word/document.xml", "word/document.xml"])
        for each in names:
            inside = old.read(each)
            if each == harmed and chance.random() < 0.1:
                continue
            new.writestr(each, _inside(inside, chance) if each == harmed else inside)
    return made.getvalue()


def _inside(data: bytes, chance: Random) -> bytes:
    match chance.randrange(4):
        case 0:
            doctype = b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd"><!ENTITY c "&b;">]>'
            return re.sub(rb"(<\?xml.*?\?>)", lambda m: m[1] + doctype, data, count=1)
        case 1:
            return data.replace(b"<w:t>", b"<w:t>" + text(chance))
        case 2:
            return data.replace(b"<w:p>", b"<w:p>" * chance.choice([2, 300]))
        case _:
            return garbled(data, chance)


def document(data: bytes, chance: Random) -> bytes:
    """Harm JSON: a value of another kind, a path, a number, or its bytes."""
    try:
        said = json.loads(data)
    except ValueError:
        return garbled(data, chance)
    if chance.random() < 0.25:
        return garbled(data, chance)
    for _ in range(chance.choice([1, 1, 3])):
        change(said, chance)
    return json.dumps(said).encode()


def change(said: Any, chance: Random) -> None:
    """Walk down some way and change what is there."""
    while isinstance(said, dict | list) and said:
        steps = (
            [each for each in said if each != "code"]
            if isinstance(said, dict)
            else range(len(said))
        )
        if not steps:
            return
        step = chance.choice(list(steps))
        inner = said[step]
        if not isinstance(inner, dict | list) or not inner or chance.random() < 0.15:
            path = chance.choice(PATHS)
            said[step] = chance.choice([
                None, 0, -1, 1e308, float("nan"), True, "", path, f"media/{path}", [], {}, [path], {path: path}, "9" * 400, 10**30,
                {f"media/{path}": [1, 2]}, text(chance).decode("utf-8", "replace"),
            ])  # fmt: skip
            return
        said = inner
