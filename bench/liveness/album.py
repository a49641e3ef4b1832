"""Portraits of the bench's people: the one before the camera and the one in the register."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from bench.liveness.identities import Identity
from bench.liveness.morphing import morph
from sandbox.phone.head import Head, head_from
from sandbox.phone.hidden import whole
from sandbox.phone.landmarks import LandmarkNet, Picture
from sandbox.phone.pose import Pose
from sandbox.phone.rendering import HeadSubject
from sandbox.phone.setting import Band, Setting
from sandbox.phone.skin import toned

_KEPT = 80  # heads, about 1 MB each
_TURNED = 6.0  # degrees at most, either way, of a photograph made from the same portrait
_SLANT = 0.15  # of its light, from side to side
_GRAIN = 2.0
_QUALITY = 90


class Album:
    """Makes heads and photographs; keeps the heads."""

    def __init__(self, net: LandmarkNet) -> None:
        """Take the phone's own landmark net; the judge has another."""
        self._net = net
        self._kept = lru_cache(maxsize=_KEPT)(self._made)

    def head(self, one: Identity, band: Band) -> Head:
        """Return who stands before the camera."""
        return toned(self._kept(one, registered=False), band)

    def reference(self, one: Identity, band: Band) -> bytes:
        """Return the register's photograph, a JPEG file: another one where there is another.

        Else the same face is photographed again: turned up to 6° either way, in slanting light.
        """
        head = toned(self._kept(one, registered=True), band)
        rng = np.random.default_rng(one.seed)
        again = one.second is not None or one.first.reference is None
        yaw, pitch = (rng.uniform(-_TURNED, _TURNED, 2) if again else np.zeros(2)).tolist()
        plain = Setting(ratio=0.0, level=1.0)
        picture = HeadSubject(head, setting=plain).picture(Pose(yaw=yaw, pitch=pitch))
        return _photographed(picture, rng)

    def _made(self, one: Identity, *, registered: bool) -> Head:
        if one.second is None:
            file = one.first.reference if registered else None
            return head_from(self._portrait(file or one.first.capture), net=self._net)
        first, second = (self._portrait(source.capture) for source in (one.first, one.second))
        rng = np.random.default_rng(one.seed)
        child = morph(first, second, share=one.share, net=self._net, rng=rng)
        return head_from(child, net=self._net)

    def _portrait(self, file: Path) -> Picture:
        """Read a portrait; of one that looks aside the hidden half is the shown one's mirror."""
        return whole(_read(file), net=self._net)


def _read(file: Path) -> Picture:
    picture = cv2.imread(str(file), cv2.IMREAD_COLOR)
    if picture is None:
        message = f"no picture: {file}"
        raise ValueError(message)
    return np.asarray(picture, np.uint8)


def _photographed(picture: Picture, rng: np.random.Generator) -> bytes:
    """Return a file of the picture in slanting light, with grain."""
    slant = np.linspace(-1, 1, picture.shape[1]) * rng.uniform(-_SLANT, _SLANT)
    lit: NDArray[np.float64] = picture * (1 + slant)[:, None]
    grainy = np.clip(lit + rng.normal(0, _GRAIN, picture.shape), 0, 255).astype(np.uint8)
    _, data = cv2.imencode(".jpg", grainy, (cv2.IMWRITE_JPEG_QUALITY, _QUALITY))
    return data.tobytes()
