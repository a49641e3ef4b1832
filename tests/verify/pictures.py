"""Pictures and frames for tests, made from the portraits."""

import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]


def read(path: Path, *, height: int = 640) -> Picture:
    """A portrait, brought to a frame's size."""
    picture = cv2.imread(str(path))
    assert picture is not None
    scale = height / picture.shape[0]
    return np.asarray(cv2.resize(picture, None, fx=scale, fy=scale), np.uint8)


def jpeg(picture: Picture, quality: int = 90) -> bytes:
    return bytes(cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])[1])


def png(picture: Picture) -> bytes:
    return bytes(cv2.imencode(".png", picture)[1])


def plain(width: int = 64, height: int = 48) -> Picture:
    return np.full((height, width, 3), 128, np.uint8)


def exposed(picture: Picture, gain: float) -> Picture:
    return np.asarray(np.clip(picture * gain, 0, 255), np.uint8)


def held_flat(picture: Picture, degrees: float, *, lens: float = 1.5) -> Picture:
    """The picture as a print turned about its upright axis, in perspective."""
    height, width = picture.shape[:2]
    focal = lens * width
    corners = np.array([[-width, -height], [width, -height], [width, height], [-width, height]]) / 2
    angle = np.radians(degrees)
    depth = focal + corners[:, 0] * np.sin(angle)
    seen = np.stack([corners[:, 0] * np.cos(angle), corners[:, 1]], 1) * (focal / depth)[:, None]
    middle = np.array([width / 2, height / 2])
    matrix = cv2.getPerspectiveTransform(
        (corners + middle).astype(np.float32),
        (seen + middle).astype(np.float32),
    )
    turned = cv2.warpPerspective(picture, matrix, (width, height), borderValue=(90, 90, 90))
    return np.asarray(turned, np.uint8)


def clip(path: Path) -> Iterator[Picture]:
    """The frames of a video file."""
    film = cv2.VideoCapture(str(path))
    while True:
        found, frame = film.read()
        if not found:
            return
        yield np.asarray(frame, np.uint8)


def segment(marker: int, body: bytes) -> bytes:
    """One JPEG segment."""
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def frame_header(width: int, height: int, *, bits: int = 8, colours: int = 3) -> bytes:
    """The body of a JPEG frame header."""
    return struct.pack(">BHHB", bits, height, width, colours) + bytes(3 * colours)


def jpeg_file(*segments: bytes, end: bytes = b"\xff\xd9") -> bytes:
    return b"\xff\xd8" + b"".join(segments) + end


def chunk(name: bytes, body: bytes) -> bytes:
    """One PNG chunk."""
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png_file(width: int, height: int, *chunks: bytes) -> bytes:
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(chunks)


def read_like(picture: Picture, *, height: int) -> Picture:
    """The picture at another height."""
    scale = height / picture.shape[0]
    small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.uint8)


def blurred(picture: Picture, radius: float) -> Picture:
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), radius), np.uint8)
