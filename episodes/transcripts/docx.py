"""Reads transcripts in Word documents (`.docx`) as plain text with speakers.

The only module that uses python-docx, which opens the package. Words are taken from every paragraph
of the body, including tables, text boxes and tracked insertions, which `Paragraph.text` leaves out.
Lines of findings count paragraphs.
"""

from __future__ import annotations

import zipfile
from bisect import bisect_right
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from docx import Document
from docx.oxml.ns import qn

from episodes.errors import SourceError
from episodes.findings import errors_in
from episodes.frontmatter.value_types import CONTROL
from episodes.rules import finding
from episodes.transcripts import read as transcripts
from episodes.transcripts.read import Transcript

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from episodes.findings import Finding

LARGEST = 20_000_000  # bytes of a document, pictures in it too
UNPACKED = 100_000_000  # bytes that it may become
WORDS = 10_000_000  # bytes of any XML in it: far beyond a day of talk
PARTS = 2_000
_GONE = (
    qn("w:moveFrom"),
    qn("w:del"),
    "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback",
)
_SIGNS = {qn("w:tab"): "\t", qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:noBreakHyphen"): "-"}


def read(file: Path, path: str) -> tuple[Transcript, list[Finding]]:
    """Read a transcript from a Word document. Raises SourceError if it is not one."""
    _refuse_bomb(file, path)
    try:
        document = Document(str(file))
        body = document.element.body
        paragraphs = [CONTROL.sub("", words) for words in _paragraphs(body)]
        language = document.core_properties.language
    except Exception as error:  # python-docx lets through whatever a broken package makes of it
        reason = " ".join(str(error).split())[:80] or "no reason was given"
        message = f"cannot be read ({reason})"
        raise SourceError(finding("transcript-word", path, "", message)) from None
    vtt = next(filter(None, paragraphs), "").startswith("WEBVTT")  # pasted, each line a paragraph
    gap = 1 if vtt else 2
    first = list(accumulate((words.count("\n") + gap for words in paragraphs), initial=1))
    findings: list[Finding] = []
    text = ("\n" * gap).join(paragraphs)
    if vtt:
        read, findings = transcripts.parse_transcript(text, path)
        plain = read.cues
    else:
        plain = transcripts.parse_plain(text, path, findings)
    cues = tuple(cue._replace(line=bisect_right(first, cue.line)) for cue in plain)
    findings = [each._replace(line=bisect_right(first, each.line)) for each in findings]
    if not cues and not errors_in(findings):
        findings.append(finding("transcript-empty", path, "", "has no words in it"))
    return Transcript(cues, language or ""), findings


def _refuse_bomb(file: Path, path: str) -> None:
    """Raise SourceError if a document says that it is too large, before unpacking it.

    Its sizes can be trusted: `zipfile` unpacks no byte more.
    """
    try:
        size = file.stat().st_size
        with zipfile.ZipFile(file) as package:
            parts = package.infolist()
    except OSError as error:
        message = f"cannot be read ({error.strerror})"
        raise SourceError(finding("file-read", path, "", message)) from None
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError):
        message = "is not a Word document, although its name says so"
        raise SourceError(finding("transcript-word", path, "", message)) from None
    words = max((part.file_size for part in parts if _is_xml(part.filename)), default=0)
    whole = sum(part.file_size for part in parts)
    if size > LARGEST or whole > UNPACKED or words > WORDS or len(parts) > PARTS:
        message, fix = "is much too large for a transcript", "save it as plain text"
        raise SourceError(finding("file-large", path, "", message, fix=fix))


def _is_xml(name: str) -> bool:
    return name.lower().endswith((".xml", ".rels"))


def _paragraphs(body: Any) -> Iterator[str]:
    """Yield the words of each paragraph, line by line."""
    for paragraph in body.iter(qn("w:p")):
        lines = "".join(_words(paragraph)).split("\n")
        yield "\n".join(filter(None, (" ".join(line.split()) for line in lines)))


def _words(paragraph: Any) -> Iterator[str]:
    """Yield the words of a paragraph, without hidden, moved or repeated ones."""
    for run in paragraph.iter(qn("w:r")):
        elsewhere = next(run.iterancestors(qn("w:p"), *_GONE)) is not paragraph
        if elsewhere or run.find(f"{qn('w:rPr')}/{qn('w:vanish')}") is not None:
            continue
        for node in run.iterchildren(qn("w:t"), *_SIGNS):
            yield _SIGNS.get(node.tag) or node.text or ""
