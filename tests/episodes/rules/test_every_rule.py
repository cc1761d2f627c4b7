"""The rules: a show that is right breaks none, and each is broken in exactly one way by its row."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest
from PIL import Image

from episodes.errors import SourceError
from episodes.findings import Finding
from episodes.rules import RULES
from podcast.building import pipeline
from tests.kit import full_show
from tests.kit.broken_shows import (
    LABELS,
    MD,
    MD2,
    MP3,
    ONE,
    SHOW,
    TWO,
    VTT,
    Break,
    ahead,
    block,
    both,
    brought,
    built,
    commented,
    cover,
    cues,
    edit,
    gone,
    labels,
    line,
    link,
    one,
    place,
    png,
    released,
    rows,
    silent,
    swap,
    tag,
    turned,
    write,
)
from tests.kit.shows import NOW, ROOT, add_episode, sound
from tests.kit.shows import SHOW as SHOW_TEXT

FEED = "public/feed.xml"
CHAPTERS = """chapters:
  - {start: "0:00", title: Begin}
  - {start: "0:01", title: Going}
  - {start: "0:02", title: Ended}"""
SERIAL = line(SHOW, "type", "type: serial")
RANDOM = "https://podcast.example.org/k3v9x1q7w5z2m8n4b6c0/"

WRITTEN = {
    "folder": Break(gone("show.md"), SHOW),
    "file-read": Break(gone(MD), MD),
    "file-text": Break(write(MD, b"---\ntitle: Caf\xe9\n---\n"), MD, "", 2),
    "file-large": Break(write(MD, "---\n" + "x" * 5_000_001), MD),
    "file-outside": Break(link(MP3, "/etc/hostname"), MD, "audio", 6),
    "file-name": Break(lambda show: (show / ONE).rename(show / "episodes/caf\udce9"),
        "episodes/caf?"),
    "file-named": Break(line(MD, "audio", "audio: Recording.mp3"), MD, "audio", 6),
    "file-kind": Break(line(MD, "audio", "audio: transcript.vtt"), MD, "audio", 6),
    "file-unused": Break(write(f"{ONE}/picture.webp", "RIFF"), MD, "picture", 1),
    "file-unclear": Break(write(f"{ONE}/other.srt", "1"), MD, "transcript", 1),
    "lock-file": Break(write("earmark.lock", "{"), "earmark.lock"),
    "matter-missing": Break(edit(MD, "---\n", ""), MD, "", 1),
    "matter-yaml": Break(line(MD, "title", "title: Before: you ask"), MD, "", 2),
    "matter-twice": Break(edit(MD, "number: 1", "number: 1\nnumber: 2"), MD, "number", 8),
    "matter-large": Break(line(MD, "prompts", f"prompts: {'[' * 200}"), MD, "", 1),
    "matter-character": Break(edit(MD, "Talk A", "Talk\x07A"), MD, "", 2),
    "control-character": Break(edit(MD, "Some", "So\x07me"), MD, "", 22),
    "key-unknown": Break(edit(MD, "number: 1", "nummer: 1"), MD, "nummer", 7),
    "key-missing": Break(line(MD, "summary", ""), MD, "summary", 1),
    "waive-unknown": Break(line(MD, "waive", "waive: {art-sqare: x}"), MD, "waive.art-sqare", 3),
    "waive-error": Break(line(MD, "waive", "waive: {art-square: x}"), MD, "waive.art-square", 3),
    "waive-unused": Break(line(MD, "waive", "waive: {audio-long: x}"), MD, "waive.audio-long", 3),
    "value-empty": Break(line(MD, "summary", "summary:"), MD, "summary", 5),
    "value-kind": Break(line(MD, "title", "title: [a, b]"), MD, "title", 2),
    "value-text": Break(line(MD, "licence", "licence: Room #4"), MD, "licence", 3),
    "value-choice": Break(line(MD, "type", "type: session"), MD, "type", 3),
    "value-number": Break(line(MD, "number", "number: true"), MD, "number", 7),
    "value-long": Break(line(MD, "title", f"title: {'x' * 256}"), MD, "title", 2),
    "value-time": Break(edit(MD, '"0:01", title', '"1.5 min", title'), MD, "chapters[2].start", 11),
    "value-link": Break(line(MD, "licence_link", "licence_link: example.org"), MD,
        "licence_link", 3),
    "value-address": Break(line(SHOW, "companion", "companion: https://example.org/?a=b"), SHOW,
        "companion", 3),
    "value-email": Break(line(SHOW, "feedback", "feedback: nobody"), SHOW, "feedback", 7),
    "value-language": Break(line(MD, "language", "language: enn"), MD, "language", 3),
    "value-category": Break(line(SHOW, "categories", "categories: [Education > Training]"), SHOW,
        "categories[1]", 3),
    "value-guid": Break(line(MD, "guid", 'guid: "two\\nlines"'), MD, "guid", 3),
    "value-uuid": Break(line(SHOW, "guid", "guid: ours"), SHOW, "guid", 3),
    "value-slug": Break(line(MD, "slug", "slug: Our Talk"), MD, "slug", 3),
    "value-phone": Break(edit(SHOW, '"116 123"', "one one six"), SHOW, "support[1].phone", 16),
    "value-date": Break(line(MD, "date", "date: 3rd of October"), MD, "date", 4),
    "value-day": Break(line(MD, "reviewed_on", "reviewed_on: October"), MD, "reviewed_on", 18),
    "value-zone": Break(line(SHOW, "timezone", "timezone: London"), SHOW, "timezone", 3),
}  # fmt: skip
HEARD = {
    "audio-missing": Break(both(gone(MP3), line(MD, "audio", "")), MD, "audio", 1),
    "audio-kind": Break(write(MP3, "words, words " * 99), MP3),
    "audio-ending": Break(both(lambda show: (show / MP3).rename(show / ONE / "a.wav"),
        line(MD, "audio", "audio: a.wav")), f"{ONE}/a.wav"),
    "audio-elsewhere": Break(both(gone(MP3), line(MD, "audio", "audio_at: {url: 'https://example.net/"
        "a.mp3', length: 9000, type: audio/mpeg, seconds: 60}")), MD, "audio_at", 6),
    "audio-long": Break(both(silent("long.wav", 1201), cues(
        f"00:00.000 --> 19:00.000\n<v Host>{'Hello. ' * 99}")), MD, "audio", 6),
    "art-missing": Break(gone("cover.jpg"), SHOW, "cover", 1),
    "art-format": Break(write("cover.jpg", "words"), "cover.jpg"),
    "art-damaged": Break(lambda show: os.truncate(show / "cover.jpg", 9_000), "cover.jpg"),
    "art-square": Break(cover(size=(1400, 1500)), "cover.jpg"),
    "art-size": Break(cover(size=(500, 500)), "cover.jpg"),
    "art-colours": Break(cover("CMYK"), "cover.jpg"),
    "art-alpha": Break(cover("RGBA"), "cover.png"),
    "art-scaled": Break(cover(size=(3001, 3001)), "cover.jpg"),
    "art-metadata": Break(commented, "cover.jpg"),
    "chapters-start": Break(edit(MD, '"0:00"', '"0:00.5"'), MD, "chapters[1].start", 10),
    "chapters-few": Break(edit(MD, '  - {start: "0:02", title: Ended}\n', ""), MD, "chapters", 9),
    "chapters-order": Break(edit(MD, '"0:02", title', '"0:01", title'), MD,
        "chapters[3].start", 12),
    "chapters-beyond": Break(edit(MD, '"0:02", title', '"0:04", title'), MD,
        "chapters[3].start", 12),
    "chapters-title": Break(edit(MD, "title: Begin", f"title: {'x' * 128}"), MD,
        "chapters[1].title", 10),
    "chapters-many": Break(labels("".join(f"{n / 100}\t0\tA\n" for n in range(256))), LABELS),
    "chapters-empty": Break(labels("\n"), LABELS),
    "chapters-line": Break(labels("0:00 A\nwhat\n0:01 B\n0:02 C\n"), LABELS, "", 2),
    "chapters-file": Break(labels("{"), LABELS, "", 1),
    "chapters-elsewhere": Break(rows({}, {"img": "https://example.net/a.jpg"}, {}), LABELS, "", 4),
    "chapters-hidden": Break(rows({}, {}, {"toc": False}, {}), LABELS, "", 5),
    "chapters-brought": Break(both(block(MD, "chapters"), brought), MP3),
    "transcript-empty": Break(write(VTT, "WEBVTT\n"), VTT),
    "transcript-form": Break(both(gone(VTT), write(f"{ONE}/transcript.txt",
        "[Script Info]\nDialogue: 0,0:00:01.00,0:00:02.00,Default,,0,0,0,,Hello.\n")),
        f"{ONE}/transcript.txt", "", 1),
    "transcript-left-out": Break(both(gone(VTT), write(f"{ONE}/transcript.txt",
        "Transcript\n\n0:00 Host: Hello.\n")), f"{ONE}/transcript.txt", "", 1),
    "transcript-repeats": Break(cues("00:00.000 --> 00:01.000\n<v Host>One two three.",
        "00:01.000 --> 00:01.010\n<v Host>One two three.",
        "00:01.010 --> 00:02.000\n<v Host>One two three.\nFour."), VTT, "", 3),
    "transcript-clock": Break(cues("00:00.000 --> 00:01.000\n<v Host>At 00:12:31."), VTT, "", 3),
    "transcript-short": Break(both(silent("long.wav", 20), cues(
        "00:00.000 --> 00:01.000\n<v Host>Hello.")), VTT, "", 3),
    "transcript-other": Break(cues("59:00.000 --> 59:09.000\n<v Host>Hello."), VTT, "", 3),
    "transcript-time": Break(cues("00:00.000 -> 00:01.000\n<v Host>Hello.",
        "00:01.000 --> 00:02.000\n<v Host>You."), VTT, "", 3),
    "transcript-speakers": Break(cues("00:00.000 --> 00:01.000\nHello."), VTT, "", 3),
    "transcript-backwards": Break(cues("00:02.000 --> 00:01.000\n<v Host>Hello."), VTT, "", 3),
    "transcript-overlap": Break(cues("00:00.000 --> 00:02.000\n<v Host>Hello.",
        "00:01.000 --> 00:03.000\n<v Host>You."), VTT, "", 6),
    "transcript-fast": Break(cues(f"00:00.000 --> 00:01.000\n<v Host>{'Hello. ' * 9}"), VTT, "", 3),
    "transcript-names": Break(cues("00:00.000 --> 00:01.000\n<v Zoë>Hello."), VTT, "", 3),
    "transcript-language": Break(edit(VTT, "WEBVTT", "WEBVTT\nLanguage: cy"), VTT, "", 1),
    "transcript-draft": Break(edit(VTT, "WEBVTT", "WEBVTT\n\nNOTE earmark: draft"), VTT, "", 3),
    "transcript-json": Break(both(gone(VTT), write(f"{ONE}/transcript.json",
        '{"segments": [{"startTime": 0, "endTime": 1, "speaker": "Host", "body": "A"},\n{}]}')),
        f"{ONE}/transcript.json", "", 0),
    "transcript-word": Break(both(gone(VTT), write(f"{ONE}/transcript.docx", "Host: Hello.")),
        f"{ONE}/transcript.docx"),
    "transcript-beyond": Break(cues("00:00.000 --> 00:09.000\n<v Host>Hello."), VTT, "", 3),
}  # fmt: skip
TOLD = {
    "show-guid": Break(line(SHOW, "guid", ""), SHOW, "guid", 1),
    "show-address": Break(line(SHOW, "address", ""), SHOW, "address", 1),
    "show-summary": Break(line(SHOW, "summary", f"summary: {'ж' * 2001}"), SHOW, "summary", 8),
    "show-feedback": Break(line(SHOW, "feedback", ""), SHOW, "feedback", 1),
    "show-author": Break(line(SHOW, "author", "author: Write who speaks here"), SHOW, "author", 5),
    "show-owner": Break(line(SHOW, "owner", ""), SHOW, "owner", 1),
    "unlisted-guess": Break(both(line(SHOW, "address", "address: https://example.org/x/"),
        line(SHOW, "unlisted", "unlisted: true")), SHOW, "address", 5),
    "unlisted-subject": Break(both(line(SHOW, "address", f"address: {RANDOM}night-shift/"),
        line(SHOW, "unlisted", "unlisted: true")), SHOW, "address", 5),
    "guid-missing": Break(line(MD, "guid", ""), MD, "guid", 1),
    "guid-spaces": Break(both(line(MD, "guid", "guid: two words"),
        lambda show: (show / "earmark.lock").unlink()), MD, "guid", 3),
    "guid-twice": Break(line(MD, "guid", "guid: guid-2"), MD2, "guid", 3),
    "slug-missing": Break(lambda show: (show / ONE).rename(show / "episodes/()"),
        "episodes/()/episode.md", "slug", 1),
    "slug-changed": Break(both(released, line(MD, "slug", "slug: another-talk")), MD, "slug", 3),
    "slug-twice": Break(line(MD, "slug", "slug: 02-talk"), MD2, "slug", 1),
    "date-twice": Break(line(MD, "date", "date: 2026-10-02 07:00"), MD2, "date", 4),
    "date-coming": Break(line(MD2, "date", "date: 2027-05-03"), MD2, "date", 4),
    "date-far": Break(line(MD2, "date", "date: 2062-10-02"), MD2, "date", 4),
    "title-twice": Break(both(line(MD, "title", "title: Talk, b"),
        line(MD, "date", "date: 2026-10-02 06:00")), MD2, "title", 2),
    "title-number": Break(line(MD, "title", "title: '1: Talk A'"), MD, "title", 2),
    "title-show": Break(line(MD, "title", "title: A on the night shift"), MD, "title", 2),
    "summary-title": Break(line(MD, "summary", "summary: Talk A."), MD, "summary", 5),
    "summary-markup": Break(line(MD, "summary", "summary: What <b>it</b> gives."), MD,
        "summary", 5),
    "summary-long": Break(edit(MD, "text: Words on a hard night.",
        f"text: {'ж ' * 2000}"), MD, "summary", 5),
    "number-missing": Break(both(line(SHOW, "type", "type: serial"), line(MD, "number", "")), MD,
        "number", 1),
    "display-twice": Break(both(line(MD, "display", "display: Session 2"),
        line(MD2, "display", "display: session 2")), MD2, "display", 3),
    "number-order": Break(line(MD, "number", "number: 3"), MD2, "number", 7),
    "course-type": Break(line(SHOW, "medium", "medium: course"), SHOW, "type", 1),
    "course-order": Break(both(SERIAL, line(MD, "number", "number: 3")), MD2, "number", 7),
    "number-twice": Break(both(SERIAL, line(MD2, "number", "number: 1")), MD2, "number", 7),
    "number-gap": Break(both(SERIAL, line(MD2, "number", "number: 3")), MD2, "number", 7),
    "season-missing": Break(both(SERIAL, line(MD2, "season", "season: 1")), MD, "season", 1),
    "season-order": Break(both(SERIAL, line(MD, "season", "season: 2"),
        line(MD2, "season", "season: 1"), line(SHOW, "seasons", "seasons: {1: A, 2: B}")), MD2,
        "season", 3),
    "season-name": Break(both(SERIAL, line(MD, "season", "season: 1"),
        line(MD2, "season", "season: 2"), line(SHOW, "seasons", "seasons: {1: A}")), SHOW,
        "seasons", 3),
}  # fmt: skip
PERSON = "contributors:\n  - {credit: Ann, brings: research, consent: {given_on: 2026-01-05}}"
PROMISED = {
    "rhythm-days": Break(line(SHOW, "rhythm", "rhythm: {text: A, on: [Monday]}"), SHOW,
        "rhythm.on", 3),
    "rhythm-count": Break(line(SHOW, "rhythm", "rhythm: {text: A, every: week, times: 6}"), SHOW,
        "rhythm.times", 3),
    "soundbite-end": Break(line(MD, "soundbites", 'soundbites: [{start: "0:02", end: "0:01"}]'), MD,
        "soundbites[1].end", 3),
    "soundbite-length": Break(line(MD, "soundbites", 'soundbites: [{start: 0, end: "0:02"}]'), MD,
        "soundbites[1].end", 3),
    "licence-address": Break(line(SHOW, "licence", "licence: All rights kept"), SHOW, "licence", 9),
    "page-plain": Break(line(MD, "elsewhere", "elsewhere: [{text: A, link: 'http://a.org'}]"), MD,
        "elsewhere[1].link", 3),
}  # fmt: skip
CARE = {
    "note-missing": Break(block(MD2, "content_note"), MD2, "content_note", 1),
    "note-nothing": Break(block(MD2, "content_note", "content_note: No"), MD2, "content_note", 8),
    "note-short": Break(edit(MD, "Words on a hard night.", "Two words."), MD,
        "content_note", 8),
    "prompt-short": Break(block(MD2, "prompts", "prompts: ['if anything']"), MD2, "prompts[1]", 9),
    "phone-uk": Break(edit(SHOW, '"116 123"', "3001233393"), SHOW, "support[1].phone", 16),
    "text-placeholder": Break(line(MD, "summary", "summary: tbc."), MD, "summary", 5),
    "skip-order": Break(edit(MD, 'end: "0:02"', 'end: "0:01"'), MD, "content_note.skip[1].end", 8),
    "skip-beyond": Break(edit(MD, 'end: "0:02"', 'end: "0:09"'), MD, "content_note.skip[1].end", 8),
    "support-missing": Break(line(MD, "support", "support: []"), MD, "support", 3),
    "support-unchecked": Break(edit(SHOW, "    checked_on: 2026-10-01\n", ""), SHOW,
        "support[1].checked_on", 15),
    "support-old": Break(edit(SHOW, "on: 2026-10-01", "on: 2025-10-01"), SHOW,
        "support[1].checked_on", 17),
    "support-future": Break(edit(SHOW, "on: 2026-10-01", "on: 2062-10-01"), SHOW,
        "support[1].checked_on", 17),
    "withdrawn-future": Break(line(MD, "number", "number: 1\nwithdrawn: 2062-10-01"), MD,
        "withdrawn.on", 8),
    "transcript-missing": Break(gone(VTT), MD, "transcript", 1),
    "prompts-missing": Break(block(MD, "prompts"), MD, "prompts", 1),
    "review-due": Break(line(MD, "review_due", "review_due: 2026-09-02"), MD, "review_due", 19),
    "review-missing": Break(line(MD, "reviewed_on", ""), MD, "reviewed_on", 1),
    "consent-missing": Break(edit(SHOW, "    consent: {given_on: 2026-01-05}\n", ""), SHOW,
        "contributors[1].consent", 11),
    "consent-ended": Break(edit(SHOW, "2026-01-05}", "2026-01-05, until: 2026-10-01}"), SHOW,
        "contributors[1].consent", 13),
    "contributors-missing": Break(line(MD, "contributors", "contributors: []"), MD,
        "contributors", 3),
    "knowledge-alone": Break(edit(MD, "kind: practice", "kind: statistics"), MD,
        "contributors", 1),
    "references-missing": Break(block(MD, "references"), MD, "references", 1),
    "reference-year": Break(edit(MD, " year: 2024,", ""), MD, "references[1].year", 16),
    "reference-limits": Break(edit(MD, ", limits: One hospital.", ""), MD,
        "references[1].limits", 16),
    "picture-words": Break(lambda show: shutil.copy(show / "cover.jpg", show / ONE / "picture.jpg"),
        MD, "picture_alt", 1),
    "subject-host": Break(line(SHOW, "address", "address: https://self-harm.example.org/"), SHOW,
        "address", 4),
    "subject-title": Break(line(SHOW, "title", "title: Talking about self-harm"), SHOW,
        "title", 2),
    "word-commit": Break(edit(MD, "Some", "He committed suicide. Some"), MD, "", 22),
    "word-attempt": Break(edit(MD, "Some", "A failed attempt. Some"), MD, "", 22),
    "word-attention": Break(edit(MD, "Some", "Is it attention-seeking? Some"), MD, "", 22),
    "word-person": Break(edit(MD, "Some", "Self-harmers. Some"), MD, "", 22),
    "word-method": Break(edit(MD, "Some", "She took 7 tablets. Some"), MD, "", 22),
}  # fmt: skip
CHANGED = {
    "correction-day": Break(line(MD, "corrections", "corrections: [{on: 2026-09-30, note: A}]"), MD,
        "corrections[1].on", 3),
    "replaced-unknown": Break(line(MD, "replaced_by", "replaced_by: guid-9"), MD,
        "replaced_by", 3),
    "replaced-half": Break(line(MD, "replaced_by", "replaced_by: guid-2"), MD, "replaced_by", 3),
    "address-former": Break(line(SHOW, "former_addresses",
        "former_addresses: ['https://podcast.example.org/night/']"), SHOW,
        "former_addresses[1]", 3),
    "clock-behind": Break(ahead, "earmark.lock"),
    "published-gone": Break(both(released, lambda show: shutil.rmtree(show / TWO)), "earmark.lock"),
}  # fmt: skip
BUILT = {
    "feed-xml": Break(swap("</channel>", ""), FEED, "", -1),
    "feed-namespace": Break(swap("http://www.itunes.com/dtds/", "http://www.itunes.com/DTDs/"),
        FEED, "itunes"),
    "feed-missing": Break(swap("<language>en-gb</language>", ""), FEED, "language"),
    "feed-advised": Break(swap("<itunes:duration>3</itunes:duration>", ""), FEED,
        "itunes:duration"),
    "feed-once": Break(swap("<language>en-gb</language>", r"\g<0>\g<0>"), FEED, "language"),
    "feed-text": Break(swap("<title>Talk A</title>", "<title>Talk A </title>"), FEED, "title"),
    "feed-description": Break(swap("<itunes:summary>", f"<itunes:summary>{'x' * 4000}"), FEED,
        "summary"),
    "feed-choice": Break(swap("explicit>false", "explicit>no"), FEED, "itunes:explicit"),
    "feed-limit": Break(swap(">Example team<", f">{'x' * 129}<"), FEED, "podcast:person"),
    "feed-date": Break(swap("<pubDate>Fri", "<pubDate>Mon"), FEED, "pubDate"),
    "feed-future": Break(swap(r"(<lastBuildDate>)Fri, 02 Oct 2026", r"\1Sat, 02 Oct 2027"), FEED,
        "lastBuildDate"),
    "feed-newest": Break(swap(r"(<item>.*?</item>)(\s*)(<item>.*?</item>)", r"\3\2\1"), FEED,
        "pubDate"),
    "feed-language": Break(swap("<language>en-gb", "<language>en_GB"), FEED, "language"),
    "feed-category": Break(swap('"Courses"', '"courses"'), FEED, "itunes:category"),
    "feed-guid": Break(swap('isPermaLink="false"', 'isPermaLink="true"'), FEED, "guid"),
    "feed-self": Break(swap('rel="self"', 'rel="me"'), FEED, "atom:link"),
    "feed-moved": Break(swap("<itunes:type>", "<itunes:new-feed-url>https://example.org/"
        r"</itunes:new-feed-url>\g<0>"), FEED, "itunes:new-feed-url"),
    "feed-empty": Break(swap("<item>.*</item>", ""), FEED, "item"),
    "feed-address": Break(swap('(art/cover-[0-9a-f]*)(-small.jpg)', r"\1 \2"), FEED, "image/url"),
    "feed-file": Break(lambda show: one(show / "public", "chapters/*.json").unlink(), FEED,
        "podcast:chapters"),
    "feed-picture": Break(swap('image href="https://podcast[^"]*', 'image href="https://x.org/a'),
        FEED, "itunes:image"),
    "feed-length": Break(swap('length="', 'length="1'), FEED, "enclosure"),
    "feed-audio": Break(swap("audio/mpeg", "audio/mp3"), FEED, "enclosure"),
    "feed-twice": Break(swap(r'(<enclosure [^>]*>)(.*)<enclosure [^>]*>', r"\1\2\1"), FEED,
        "enclosure"),
    "feed-number": Break(swap("duration>3<", "duration>0:03<"), FEED, "itunes:duration"),
    "feed-serial": Break(both(swap("<itunes:type>episodic", "<itunes:type>serial"),
        swap("<itunes:episode>1</itunes:episode>", "")), FEED, "itunes:episode"),
    "feed-transcript": Break(swap("text/vtt", "text/vtt; charset=utf-8"), FEED,
        "podcast:transcript"),
    "feed-chapters": Break(swap('type="application/json.chapters"', 'type="application/json"'),
        FEED, "podcast:chapters"),
    "feed-care": Break(swap("If you need support(.*?)&lt;/ul&gt;<", "<"), FEED, "description"),
    "tag-version": Break(tag(b"ID3\x03", b"ID3\x04"), "public/media/01-"),
    "tag-frames": Break(tag(b"TGID\0", b"TXXX\0"), "public/media/01-"),
    "tag-picture": Break(tag(b"image/jpeg", b"image/jfif"), "public/media/01-", "APIC"),
    "tag-chapters": Break(built("media/01-*.mp3", turned), "public/media/01-", "CHAP"),
    "tag-contents": Break(tag(b"toc\0\x03\x03", b"toc\0\x03\x02"), "public/media/01-", "CTOC"),
    "art-bare": Break(place, "public/art/cover-"),
    "art-ending": Break(png, "public/art/cover-"),
    "transcript-line": Break(built("transcripts/01-*.vtt",
        lambda data: data.replace(b"Hello.", b"Hello, " * 20)), "public/transcripts/01-"),
    "chapters-json": Break(built("chapters/01-*.json",
        lambda data: data.replace(b'"title": "Going"', b'"title": "Going", "toc": false')),
        "public/chapters/01-"),
}  # fmt: skip
# What only a build can find is tested where builds are: each names the test.
ELSEWHERE = {
    "audio-read": "podcast/building/test_bad_input.py",
    "audio-damaged": "podcast/building/test_bad_input.py",
    "audio-silent": "podcast/building/test_bad_input.py",
    "audio-twice": "podcast/building/test_bad_input.py",
    "audio-renewed": "episodes/rules/test_every_rule.py",
    "audio-cut": "podcast/building/test_loudness.py",
    "audio-level": "podcast/building/test_loudness.py",
    "audio-opposite": "podcast/building/test_loudness.py",
    "audio-quiet": "podcast/building/test_loudness.py",
    "audio-side": "podcast/building/test_loudness.py",
    "audio-tracks": "podcast/building/test_loudness.py",
    "audio-stopped": "podcast/building/test_loudness.py",
    "complete-coming": "feed/test_podcast_tags.py",  # what comes is a note of its own
}


@pytest.fixture(scope="session")
def good(tmp_path_factory: pytest.TempPathFactory, tone: Path, cover: Path) -> Path:
    """A show of two episodes that is right in every way, and built."""
    show = tmp_path_factory.mktemp("good") / "show"
    show.mkdir()
    (show / "show.md").write_text(SHOW_TEXT, encoding="utf-8")
    shutil.copy(cover, show / "cover.jpg")
    for number in (1, 2):
        add_episode(show, number, tone)
    skip = '{start: "0:01", end: "0:02", what: A}'
    note = f"content_note: {{text: Words on a hard night., skip: [{skip}]}}"
    edit(MD, "content_note: none", f"{note}\n{CHAPTERS}")(show)
    pipeline.build(show, now=NOW)
    return show


@pytest.fixture
def show(good: Path, tmp_path: Path) -> Path:
    return shutil.copytree(good, tmp_path / "show", symlinks=True)


def check(show: Path) -> list[Finding]:
    try:
        return pipeline.check(show, NOW)
    except SourceError as error:
        return error.findings


def test_a_show_that_is_right_breaks_no_rule(show: Path) -> None:
    assert check(show) == []


@pytest.mark.slow
def test_a_show_that_tells_everything_is_read_back_without_a_finding(
    tmp_path: Path, tone: Path, cover: Path
) -> None:
    show = tmp_path / "show"
    full_show.write(show, tone, cover)
    Image.new("RGB", (700, 700)).save(show / ONE / "lamp.png")
    edit(MD, "title: End}", "title: End, picture: lamp.png}")(show)
    pipeline.build(show, now=NOW)
    assert [str(each) for each in check(show) if each.path.startswith("public/")] == []


@pytest.mark.parametrize("rule", [*WRITTEN, *HEARD, *TOLD, *PROMISED, *CARE, *CHANGED])
def test_a_rule_is_broken_by_what_is_written(show: Path, rule: str) -> None:
    shutil.rmtree(show / "public")
    case = {**WRITTEN, **HEARD, **TOLD, **PROMISED, **CARE, **CHANGED}[rule]
    case.harm(show)
    (found,) = check(show)
    assert (found.rule, found.path, found.key) == (rule, case.path, case.key), str(found)
    assert found.line == case.line, str(found)
    assert found.level == RULES[rule].level
    assert found.fix


@pytest.mark.parametrize("rule", BUILT)
def test_a_rule_is_broken_by_what_was_built(show: Path, rule: str) -> None:
    case = BUILT[rule]
    case.harm(show)
    (found,) = check(show)
    assert (found.rule, found.key) == (rule, case.key), str(found)
    assert found.path.startswith(case.path)
    assert found.line > 0 or found.path != FEED


def test_lines_of_srt_are_read_back_too(show: Path) -> None:
    built("transcripts/01-*.srt", lambda data: data.replace(b"Hello.", b"Hello, " * 9))(show)
    (found,) = check(show)
    assert (found.rule, found.path[-4:]) == ("transcript-line", ".srt")


@pytest.mark.slow
def test_a_small_file_is_as_long_as_the_feed_says(show: Path) -> None:
    edit(SHOW, "licence:", "recordings: {small: true}\nlicence:")(show)
    pipeline.build(show, now=NOW)
    assert check(show) == []
    swap('<podcast:alternateEnclosure ([^>]*)length="', r'<podcast:alternateEnclosure \1length="1')(
        show
    )
    (found,) = check(show)
    assert (found.rule, found.key) == ("feed-length", "podcast:alternateEnclosure")


@pytest.mark.slow
def test_a_rule_is_broken_by_another_encoder(show: Path) -> None:
    other = sound(show / ONE / "other.wav", 3, volume=1)
    (show / MP3).unlink()
    line(MD, "audio", f"audio: {other.name}")(show)
    pipeline.build(show, now=NOW)
    released(show)
    lock = json.loads((show / "earmark.lock").read_text(encoding="utf-8"))
    lock["episodes"]["guid-1"] |= {"encoder": "another 1.0", "audio": "0" * 64}
    (show / "earmark.lock").write_text(json.dumps(lock), encoding="utf-8")
    shutil.rmtree(show / "public")
    (found,) = pipeline.build(show, now=NOW).findings
    assert (found.rule, found.path) == ("audio-renewed", f"{ONE}/other.wav")


def test_no_rule_lacks_its_breaking_case_and_no_case_its_rule() -> None:
    cases = [*WRITTEN, *HEARD, *TOLD, *PROMISED, *CARE, *CHANGED, *BUILT, *ELSEWHERE]
    assert sorted(cases) == sorted(RULES)
    for rule, file in ELSEWHERE.items():
        assert f'"{rule}"' in (ROOT / "tests" / file).read_text(encoding="utf-8"), rule
