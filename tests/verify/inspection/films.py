"""Small film files, written by the tests."""

import struct
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from tests.verify.pictures import Picture

CODECS = {"mp4": "mp4v", "mov": "mp4v", "webm": "VP80", "avi": "MJPG"}


def film(path: Path, frames: Sequence[Picture], *, fps: float = 15.0) -> Path:
    """Write a film in the format its name ends in."""
    if path.suffix == ".gif":
        return animation(path, frames, gap_ms=round(1000 / fps))
    codec = cv2.VideoWriter.fourcc(*CODECS[path.suffix[1:]])
    height, width = frames[0].shape[:2]
    writer = cv2.VideoWriter(str(path), cv2.CAP_FFMPEG, codec, fps, (width, height))
    assert writer.isOpened()
    for frame in frames:
        writer.write(frame)
    writer.release()
    return path


def animation(path: Path, frames: Sequence[Picture], *, gap_ms: int) -> Path:
    pictures = [Image.fromarray(frame[:, :, ::-1]) for frame in frames]
    pictures[0].save(path, save_all=True, append_images=pictures[1:], duration=gap_ms)
    return path


def noise(count: int, *, width: int = 80, height: int = 60) -> list[Picture]:
    """Frames of which no two are alike."""
    return [
        np.random.default_rng(i).integers(0, 255, (height, width, 3), np.uint8)
        for i in range(count)
    ]


def without_duration(path: Path) -> Path:
    """Take the duration out of a WebM file, as browsers write it while they record."""
    content = path.read_bytes()
    at = content.index(b"\x44\x89\x88")
    path.write_bytes(content[:at] + b"\xec\x89" + bytes(9) + content[at + 11 :])
    return path


def huge(path: Path, side: int) -> Path:
    """A GIF of 60 bytes that says it is `side` pixels wide and high."""
    screen = b"GIF89a" + struct.pack("<HHBBB", side, side, 0x80, 0, 0) + bytes(6)
    frame = b"\x2c" + struct.pack("<HHHHB", 0, 0, side, side, 0) + b"\x02\x02\x4c\x01\x00;"
    path.write_bytes(screen + frame)
    return path


def audio_only(path: Path) -> Path:
    """A Matroska file with one track, which is sound (RFC 9559)."""
    head = _element(b"\x1a\x45\xdf\xa3", _element(b"\x42\x82", b"webm"))
    rate = _element(b"\xb5", struct.pack(">d", 8000.0))
    track = (
        _element(b"\xd7", b"\x01")
        + _element(b"\x73\xc5", b"\x01")
        + _element(b"\x83", b"\x02")
        + _element(b"\x86", b"A_PCM/INT/LIT")
        + _element(b"\xe1", rate + _element(b"\x9f", b"\x01") + _element(b"\x62\x64", b"\x10"))
    )
    block = _element(b"\xa3", b"\x81\x00\x00\x80" + bytes(160))
    tracks = _element(b"\x16\x54\xae\x6b", _element(b"\xae", track))
    cluster = _element(b"\x1f\x43\xb6\x75", _element(b"\xe7", b"\x00") + block)
    path.write_bytes(head + _element(b"\x18\x53\x80\x67", tracks + cluster))
    return path


def _element(name: bytes, body: bytes) -> bytes:
    return name + (len(body) | 1 << 56).to_bytes(8) + body
