"""Finds how long a recording plays: as its header says, or by decoding if that is wrong."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from episodes.audio import containers, flac, frame_count, measurement, mp3_frames, mp4_boxes
from episodes.audio.ffmpeg import FfmpegError, StoppedError

if TYPE_CHECKING:
    from pathlib import Path

    from episodes.audio.tags import Header

_NEAR = 0.001  # share of the bytes by which a header may be wrong
_UNPADDED = 0.005  # share of the bytes that an encoder saves without padding
_FEW = 2_500  # bytes: a frame or two, and data of other programs after the last
_LEEWAY = 3  # frames that an encoder may or may not count: header, first, last
_TAG = 128  # bytes of ID3v1, which some headers count
_BLOCK = 0.5  # seconds that no frame of FLAC takes
_TAIL = 1 << 17  # bytes in which the last page of Ogg begins
_THIN = 10  # bytes that even a pause takes in a second of Ogg
_LATE = 30  # seconds that no page of Ogg holds: a radio was recorded from its middle


def correct_duration(path: Path, header: Header) -> Header:
    """Return a header with the length that plays. Raises OSError, StoppedError.

    Decodes only if the header has no length, or the file contradicts it.
    """
    header = verify_header(path, header)
    if header.sure and header.seconds > 0:
        return header
    try:
        return header._replace(seconds=round(measurement.count_seconds(path), 3), sure=True)
    except StoppedError:
        raise
    except FfmpegError:
        return header  # a build reports what is wrong


def verify_header(path: Path, header: Header) -> Header:
    """Return a header that is `sure` only if the bytes agree with it. Raises OSError."""
    looks = {"mp3": _mp3, "mp2": _mp3, "mp4": _mp4, "mp4-other": _mp4, "aac": _aac, "ogg": _ogg,
             "opus": _ogg, "flac": _flac}  # fmt: skip
    return looks[header.kind](path, header) if header.kind in looks else header


def _mp3(path: Path, header: Header) -> Header:
    frames = mp3_frames.find_frames(path)
    with path.open("rb") as file:
        info = frame_count.read_info(file, frames.start)
        if info and info.frames:
            if info.size and frames.length < info.size * 0.98 - _FEW:
                return header._replace(sure=True)  # cut short, which is reported later
            agrees = _agrees(frame_count.second_frame(file, frames.start), info, frames.length)
            return header._replace(sure=header.sure and agrees, plain=agrees)
        count = frame_count.count_frames(file, frames.start, frames.end)
    seconds = count.seconds if count.whole else header.seconds
    return header._replace(seconds=seconds, sure=count.whole, plain=count.whole and count.constant)


def sound_frames(path: Path) -> mp3_frames.Frames | None:
    """Return the frames of an MP3 without text after them; None if text lies between them.

    Only a header that counts every byte is trusted without a check of each frame. Trailing zeros
    stay.
    """
    frames = mp3_frames.find_frames(path)
    with path.open("rb") as file:
        info = frame_count.read_info(file, frames.start)
        if info and info.size == frames.length:
            return frames
        end = frame_count.end_of_frames(file, frames.start, frames.end)
        file.seek(end)
        if not file.read(min(_TAIL, frames.end - end)).strip(b"\0"):
            return frames
        return None if frame_count.first_frame(file, end) else frames._replace(end=end)


def has_counted_frames(path: Path) -> bool:
    """Return whether a VBR MP3 has as many frames as its header says.

    The number for a constant rate follows from the bytes, which `correct_duration` compares.
    """
    info, count = _counted(path)
    return info is None or (count.whole and abs(count.frames - info.frames) <= _LEEWAY)


def is_misstated(path: Path) -> bool:
    """Return whether an MP3 is complete, but its header has another number of frames."""
    info, count = _counted(path)
    if info is None or not count.whole or abs(count.frames - info.frames) <= _LEEWAY:
        return False
    there = mp3_frames.find_frames(path).length
    return count.frames > info.frames or (info.size > 0 and there >= info.size - _TAG)


def _counted(path: Path) -> tuple[frame_count.Info | None, frame_count.Count]:
    """Count the frames of a VBR MP3 whose header has their number."""
    frames = mp3_frames.find_frames(path)
    with path.open("rb") as file:
        info = frame_count.read_info(file, frames.start)
        if info is None or info.constant:
            return None, frame_count.Count(0.0, 0, whole=False, constant=True)
        return info, frame_count.count_frames(file, frames.start, frames.end)


def _agrees(frame: frame_count.Frame | None, info: frame_count.Info, length: int) -> bool:
    """Return whether the number of bytes agrees with the header of an MP3."""
    if info.size and abs(info.size - length) > length * _NEAR + _FEW:
        return False
    if info.constant and frame:
        expected = info.frames * frame.samples / 8 * frame.bitrate / frame.rate
        return abs(expected - length) <= length * _UNPADDED + _FEW
    return bool(info.size)


def _mp4(path: Path, header: Header) -> Header:
    movie = mp4_boxes.read(path)
    length = movie.seconds or header.seconds
    sure = movie.seconds > 0
    plain = header.plain and not movie.hides
    return header._replace(seconds=length, sure=sure, plain=plain, tracks=max(1, movie.tracks))


def _flac(path: Path, header: Header) -> Header:
    """Trust the number of samples unless the last frame is beyond it."""
    end = flac.last_sample(path) / header.sample_rate
    return header._replace(sure=header.sure and end <= header.seconds + _BLOCK)


def _aac(path: Path, header: Header) -> Header:
    with path.open("rb") as file:
        count = frame_count.count_adts(file, containers.audio_start(file))
    return header._replace(seconds=count.seconds, sure=count.whole)


def _ogg(path: Path, header: Header) -> Header:
    """Trust the last page only if it is of the stream that the first page begins."""
    with path.open("rb") as file:
        end = file.seek(0, os.SEEK_END)
        at = containers.audio_start(file)
        file.seek(at)
        head = file.read(_TAIL)
        file.seek(max(at, end - _TAIL))
        data = file.read()
    page = data.rfind(b"OggS\0")
    one = page >= 0 and data[page + 14 : page + 18] == head[14:18]
    likely = header.seconds <= end / _THIN and _begins(head) <= _LATE * header.sample_rate
    return header._replace(sure=header.sure and one and likely)


def _begins(head: bytes) -> int:
    """Return the sample at which the first page with samples ends; 0 if there is none."""
    at = head.find(b"OggS\0")
    while at >= 0:
        samples = int.from_bytes(head[at + 6 : at + 14], "little", signed=True)
        if samples > 0:
            return samples
        at = head.find(b"OggS\0", at + 4)
    return 0
