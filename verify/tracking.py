"""From frame to frame: where the face is, by detection now and then, by its mesh in between."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from verify import geometry
from verify.decoding import Pixels
from verify.detection import Detection, Detector
from verify.mesh import Mesh, MeshNet
from verify.results import Box

FRAME_SIDE = 320
"""YuNet sees frames at this size; a face of a quarter of the width is then 80 pixels."""
PHOTO_SIDE = 640
"""And reference photographs at this one."""
DETECT_EVERY = 4
"""Between these frames the mesh is tracked: 4 ms instead of 12."""
_SAME_PLACE = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What was seen in one frame."""

    mesh: Mesh | None
    """Of the largest face."""
    detection: Detection | None
    """Only in frames the detector ran on."""
    faces: int
    """Prominent faces; 1 where the face was only tracked."""

    @property
    def yaw(self) -> float:
        """Degrees off the camera, either way; infinite where there is no face."""
        return float("inf") if self.mesh is None else abs(geometry.pose(self.mesh.points).yaw)


class Tracker:
    """Detector and landmark net together. One per thread; reset by `start`."""

    def __init__(self, *, detector: Detector, net: MeshNet, trusted: float) -> None:
        """Take the two nets; a mesh below the score `trusted` is not followed."""
        self._detector = detector
        self._net = net
        self._trusted = trusted
        self._last: Mesh | None = None
        self._count = 0

    def start(self) -> None:
        """Forget the last frame: the next one has nothing to do with it."""
        self._last, self._count = None, 0

    def look(self, pixels: Pixels, *, side: int = FRAME_SIDE) -> Look:
        """Look at the next frame."""
        detect = self._last is None or self._count % DETECT_EVERY == 0
        self._count += 1
        look = self._detected(pixels, side) if detect else self._tracked(pixels)
        mesh = look.mesh
        self._last = mesh if mesh is not None and mesh.score >= self._trusted else None
        return look

    def detect(self, pixels: Pixels) -> Detection | None:
        """Return the largest face of a single frame."""
        faces = self._detector.detect(pixels, side=FRAME_SIDE)
        return faces[0] if faces else None

    def _tracked(self, pixels: Pixels) -> Look:
        return Look(mesh=self._follow(pixels), detection=None, faces=1)

    def _detected(self, pixels: Pixels, side: int) -> Look:
        faces = self._detector.prominent(self._detector.detect(pixels, side=side))
        if not faces:
            return Look(mesh=None, detection=None, faces=0)
        mesh = self._follow(pixels)
        if mesh is None or box_of(mesh).overlap(faces[0].box) < _SAME_PLACE:
            mesh = self._net.find(pixels, faces[0])
        return Look(mesh=mesh, detection=faces[0], faces=len(faces))

    def _follow(self, pixels: Pixels) -> Mesh | None:
        return None if self._last is None else self._net.look(pixels, self._last.crop())


def box_of(mesh: Mesh) -> Box:
    """Return the box around the points."""
    low, high = mesh.points[:, :2].min(axis=0), mesh.points[:, :2].max(axis=0)
    return Box(
        x=float(low[0]),
        y=float(low[1]),
        width=float(high[0] - low[0]),
        height=float(high[1] - low[1]),
    )


def choose(looks: Sequence[Look], *, count: int) -> frozenset[int]:
    """Return which frames to describe: the most frontal one of each of `count` stretches.

    Spread over time, so that one person must be there throughout; frontal, as references are.
    """
    edges = [round(part * len(looks) / count) for part in range(count + 1)] if count else []
    chosen = set()
    for start, end in itertools.pairwise(edges):
        seen = [index for index in range(start, end) if looks[index].mesh is not None]
        if seen:
            chosen.add(min(seen, key=lambda index: looks[index].yaw))
    return frozenset(chosen)
