"""What is kept of one frame of a film: figures, no pixels."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

import cv2

from verify import geometry, quality
from verify.decoding import Pixels
from verify.detection import Detector
from verify.expression import eyes_open, mouth_open
from verify.forensics import Examiner
from verify.geometry import Points, Pose
from verify.mesh import Mesh, MeshNet
from verify.models import ModelFiles
from verify.policy.verification import VerificationPolicy
from verify.tracking import PHOTO_SIDE, box_of

_SEARCH_EVERY = 4
"""Between these frames the mesh is followed: 4 ms instead of 20."""
_SAME_PLACE = 0.3
_EXAMINE_EVERY = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """One face in one frame."""

    t_ms: float
    pose: Pose
    eye_distance: float
    """Pixels of the picture that was looked at."""
    eyes: tuple[float, float]
    """`verify.expression.eyes_open`."""
    mouth: float
    """`verify.expression.mouth_open`."""
    luma: float
    """Median brightness of the face, 0..255."""
    points: Points
    """468 × 3, pixels."""
    traces: Mapping[str, float]
    """Of paper, screens and files; only of some frames."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """One frame."""

    t_ms: float
    faces: int | None
    """Prominent ones; None where the last face was only followed."""
    face: Sighting | None
    """The largest one."""


class Watcher:
    """Looks at one frame after the other. One per thread."""

    def __init__(self, *, files: ModelFiles, policy: VerificationPolicy) -> None:
        """Load the nets.

        Raises:
            ModelRefused: A model file is absent or differs.
        """
        cv2.setNumThreads(1)
        self._detector = Detector(model=files.read("detector"), policy=policy.quality)
        self._net = MeshNet(model=files.read("mesh"))
        self._examiner = Examiner()
        self._trusted = policy.quality.mesh_score
        self._last: Mesh | None = None
        self._count = 0
        self._seen = 0

    def look(self, pixels: Pixels, t_ms: float) -> Watched:
        """Measure the largest face; in every few frames, or where it is lost, find all faces."""
        searched = self._last is None or self._count % _SEARCH_EVERY == 0
        self._count += 1
        faces, mesh = self._found(pixels) if searched else (None, self._followed(pixels))
        self._last = mesh if mesh is not None and mesh.score >= self._trusted else None
        face = None if self._last is None else self._sighting(pixels, self._last, t_ms)
        return Watched(t_ms=t_ms, faces=faces, face=face)

    def _found(self, pixels: Pixels) -> tuple[int, Mesh | None]:
        found = self._detector.prominent(self._detector.detect(pixels, side=PHOTO_SIDE))
        if not found:
            return 0, None
        mesh = self._followed(pixels)
        if mesh is None or box_of(mesh).overlap(found[0].box) < _SAME_PLACE:
            mesh = self._net.find(pixels, found[0])
        return len(found), mesh

    def _followed(self, pixels: Pixels) -> Mesh | None:
        return None if self._last is None else self._net.look(pixels, self._last.crop())

    def _sighting(self, pixels: Pixels, mesh: Mesh, t_ms: float) -> Sighting:
        points = mesh.points.astype(float)
        self._seen += 1
        return Sighting(
            t_ms=t_ms,
            pose=geometry.pose(points),
            eye_distance=geometry.eye_distance(points),
            eyes=eyes_open(points),
            mouth=mouth_open(points),
            luma=quality.light(pixels, box_of(mesh)).luma,
            points=points,
            traces=self._traces(pixels, mesh) if self._seen % _EXAMINE_EVERY == 1 else {},
        )

    def _traces(self, pixels: Pixels, mesh: Mesh) -> dict[str, float]:
        found = asdict(self._examiner.look(pixels, face=box_of(mesh)))
        return {name: value for name, value in found.items() if value is not None}
