"""What else can stand before a camera, and files that are no pictures of one."""

from __future__ import annotations

import struct

import cv2
import numpy as np

from sandbox.phone.camera import Camera
from sandbox.phone.cast import Studio
from sandbox.phone.head import HEIGHT, WIDTH, Head
from sandbox.phone.landmarks import Picture
from sandbox.phone.pose import Pose
from sandbox.phone.rendering import shifted
from sandbox.phone.sensor import Sensor
from sandbox.phone.session import Actor
from sandbox.phone.shine import DARK, Shine

_WALL = 150


class Still:
    """A picture that only the hand's tremor moves."""

    def __init__(self, picture: Picture) -> None:
        self._picture = picture

    def picture(self, pose: Pose, _: Shine = DARK) -> Picture:
        return shifted(self._picture, pose)


class Locked(Sensor):
    """A camera whose exposure does not follow the scene, so that dark stays dark."""

    def _adapt(self, picture: Picture, t: float) -> None:
        del picture, t


def before_the_camera(studio: Studio, picture: Picture) -> Actor:
    camera = Camera(
        subject=Still(picture),
        sensor=Locked(rng=studio.rng, width=WIDTH, height=HEIGHT),
        rng=studio.rng,
        clock=studio.clock,
        sleep=studio.sleep,
    )
    return Actor(filming=camera)


def nobody(_: Head) -> Picture:
    return np.full((HEIGHT, WIDTH, 3), _WALL, np.uint8)


def two_people(head: Head) -> Picture:
    """Twice the same portrait, side by side."""
    return _on_wall(head, share=0.5, times=2)


def far_away(head: Head) -> Picture:
    return _on_wall(head, share=0.45, times=1)


def dark(head: Head) -> Picture:
    return np.asarray(cv2.convertScaleAbs(head.picture, alpha=0.1), np.uint8)


def bright(head: Head) -> Picture:
    return np.asarray(cv2.convertScaleAbs(head.picture, alpha=2.5), np.uint8)


def _on_wall(head: Head, *, share: float, times: int) -> Picture:
    size = (round(WIDTH * share), round(HEIGHT * share))
    small = np.hstack([cv2.resize(head.picture, size, interpolation=cv2.INTER_AREA)] * times)
    frame = nobody(head)
    top, left = (HEIGHT - small.shape[0]) // 2, (WIDTH - small.shape[1]) // 2
    frame[top : top + small.shape[0], left : left + small.shape[1]] = small
    return frame


def plain(*, width: int = 64, height: int = 48, quality: int = 90) -> bytes:
    """A real JPEG of one grey."""
    options = [cv2.IMWRITE_JPEG_QUALITY, quality, cv2.IMWRITE_JPEG_OPTIMIZE, 1]
    return bytes(cv2.imencode(".jpg", np.full((height, width), 128, np.uint8), options)[1])


def commented(kilobytes: int) -> bytes:
    """A real JPEG with so much to say about itself."""
    jpeg = plain()
    comment = b"\xff\xfe" + struct.pack(">H", 1000) + bytes(998)
    return jpeg[:2] + comment * kilobytes + jpeg[2:]


def bomb() -> bytes:
    """Fifty megapixels in a JPEG that decodes: 50 MB of grey out of a file below 512 KiB."""
    return plain(width=8000, height=6250, quality=1)


def png_bomb() -> bytes:
    """The same as a PNG, a thousandth of its size."""
    return bytes(cv2.imencode(".png", np.zeros((6250, 8000), np.uint8))[1])


def gif() -> bytes:
    """The smallest GIF there is: one pixel."""
    head = b"GIF89a" + struct.pack("<HHBBB", 1, 1, 0x80, 0, 0) + b"\x00\x00\x00\xff\xff\xff"
    return head + b"\x2c" + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + b"\x02\x02\x44\x01\x00\x3b"


def heavy() -> bytes:
    """A real JPEG of noise, larger than 512 KiB."""
    noise = np.random.default_rng(7).integers(0, 255, (720, 1280, 3), np.uint8)
    return bytes(cv2.imencode(".jpg", noise, [cv2.IMWRITE_JPEG_QUALITY, 95])[1])


def undecodable() -> bytes:
    """A JPEG whose segments are whole and whose Huffman tables say nothing."""
    jpeg = bytearray(plain())
    at = jpeg.index(b"\xff\xc4") + 5
    jpeg[at : at + 16] = b"\xff" * 16
    return bytes(jpeg)
