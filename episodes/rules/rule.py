"""Defines a rule, and names the published sources that rules cite."""

from __future__ import annotations

from typing import NamedTuple

from episodes.findings import Level


class Rule(NamedTuple):
    """A rule: its level, what it asks and why, what to do, and its source."""

    level: Level
    sentence: str
    fix: str
    source: str


OWN = "our own"
RSS = "https://www.rssboard.org/rss-specification"
XML = "https://www.w3.org/TR/xml/#charsets"
YAML = "https://yaml.org/spec/1.2.2/"
UNICODE = "https://www.rfc-editor.org/rfc/rfc3629"
DATES = "https://www.rfc-editor.org/rfc/rfc2822#section-3.3"
DAYS = "https://www.rfc-editor.org/rfc/rfc3339#section-5.6"
ADDRESSES = "https://www.rfc-editor.org/rfc/rfc3986"
MAIL = "https://www.rfc-editor.org/rfc/rfc5322#section-3.4"
LANGUAGES = "https://www.rfc-editor.org/rfc/rfc5646"
ZONES = "https://www.iana.org/time-zones"
VALIDATOR = "https://validator.w3.org/feed/docs/rss2.html"
PSP = "https://github.com/Podcast-Standards-Project/PSP-1-Podcast-RSS-Specification"
NAMESPACE = "https://podcastindex.org/namespace/1.0"
APPLE = "https://podcasters.apple.com/support/823-podcast-requirements"
APPLE_ART = "https://podcasters.apple.com/support/896-artwork-requirements"
APPLE_AUDIO = "https://podcasters.apple.com/support/893-audio-requirements"
APPLE_CATEGORIES = "https://podcasters.apple.com/support/1691-apple-podcasts-categories"
APPLE_CHAPTERS = "https://podcasters.apple.com/support/5482-using-chapters-on-apple-podcasts"
APPLE_TAGS = "https://help.apple.com/itc/podcasts_connect/#/itcb54353390"
ANTENNAPOD = "https://github.com/AntennaPod/AntennaPod"
CHAPTERS = f"{NAMESPACE}#chapters"
TRANSCRIPT = f"{NAMESPACE}#transcript"
PODLOVE = "https://podlove.org/simple-chapters/"
CAPTIONS = "https://www.w3.org/TR/WCAG22/#captions-prerecorded"
WEBVTT = "https://www.w3.org/TR/webvtt1/"
ID3 = "https://id3.org/id3v2.3.0"
ID3_CHAPTERS = "https://id3.org/id3v2-chapters-1.0"
LOUDNESS = "https://tech.ebu.ch/publications/r128"
DEAF = "https://www.w3.org/TR/WCAG22/#audio-only-and-video-only-prerecorded"
BLIND = "https://www.w3.org/TR/WCAG22/#non-text-content"
CONSENT = "https://www.legislation.gov.uk/eur/2016/679/article/7"
SAMARITANS = "https://www.samaritans.org/about-samaritans/media-guidelines/"
NICE = "https://www.nice.org.uk/guidance/ng225"
