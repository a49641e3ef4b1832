"""From frame to frame: where the face is, by detection now and then, by its mesh in between."""

from dataclasses import dataclass

from verify import geometry
from verify.decoding import Pixels
from verify.detection import Detection, Detector
from verify.mesh import Mesh, MeshNet
from verify.results import Box

FRAME_SIDE = 240
"""YuNet sees frames at this size; a face of a quarter of the width is then 45 pixels or more."""
PHOTO_SIDE = 640
"""And reference photographs at this one."""
DETECT_EVERY = 4
"""Between these frames the mesh is tracked: 3 ms instead of 5."""
COUNT_EVERY = 12
"""In these frames faces are sought in the whole picture, not only around the last place: two faces
that stay are then seen in one frame of twelve, which is more than a step may have."""
LOOK_EVERY = 3
"""Of a head that holds still only these frames' meshes are measured, the others take over."""
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
        return float("inf") if self.mesh is None else abs(self.mesh.pose.yaw)


class Tracker:
    """Detector and landmark net together. One per thread; reset by `start`."""

    def __init__(self, *, detector: Detector, net: MeshNet, trusted: float) -> None:
        """Take the two nets; a mesh below the score `trusted` is not followed."""
        self._detector = detector
        self._net = net
        self._trusted = trusted
        self._last: Mesh | None = None
        self._count = 0
        self._still = False

    def start(self, *, still: bool = False) -> None:
        """Forget the last frame: the next one has nothing to do with it.

        Args:
            still: Whether the head was asked to hold still; fewer frames are then looked at.
        """
        self._last, self._count, self._still = None, 0, still

    def look(self, pixels: Pixels, *, side: int = FRAME_SIDE) -> Look:
        """Look at the next frame.

        A mesh that is not trusted may be the fault of where it was looked for: a head that turns
        fast leaves its last place. It is sought anew in the same frame.
        """
        count, self._count = self._count, self._count + 1
        look = self._followed(pixels, count)
        if look is not None and not self._trusts(look.mesh):
            look = self._last = None
        look = look or self._sought(pixels, side)
        self._last = look.mesh if self._trusts(look.mesh) else None
        return look

    def detect(self, pixels: Pixels, mesh: Mesh) -> Detection | None:
        """Return the detector's view of a face whose mesh is known."""
        near = self._detector.near(pixels, box_of(mesh))
        return near or next(iter(self._detector.detect(pixels, side=FRAME_SIDE)), None)

    def _trusts(self, mesh: Mesh | None) -> bool:
        return mesh is not None and mesh.score >= self._trusted

    def _followed(self, pixels: Pixels, count: int) -> Look | None:
        """Look where the face was; None where there was none or faces are to be counted."""
        if self._last is None or count % COUNT_EVERY == 0:
            return None
        if self._still:
            return self._carried(pixels, self._last, measure=count % LOOK_EVERY == 0)
        return self._tracked(pixels, self._last, detect=count % DETECT_EVERY == 0)

    def _carried(self, pixels: Pixels, last: Mesh, *, measure: bool) -> Look:
        mesh = self._net.look(pixels, last.crop()) if measure else last
        return Look(mesh=mesh, detection=None, faces=1)

    def _tracked(self, pixels: Pixels, last: Mesh, *, detect: bool) -> Look | None:
        mesh = self._net.look(pixels, last.crop())
        found = self._detector.near(pixels, box_of(mesh)) if detect else None
        if detect and (found is None or box_of(mesh).overlap(found.box) < _SAME_PLACE):
            return None
        return Look(mesh=mesh, detection=found, faces=1)

    def _sought(self, pixels: Pixels, side: int) -> Look:
        faces = self._detector.prominent(self._detector.detect(pixels, side=side))
        if not faces:
            return Look(mesh=None, detection=None, faces=0)
        mesh = None if self._last is None else self._net.look(pixels, self._last.crop())
        astray = mesh is None or box_of(mesh).overlap(faces[0].box) < _SAME_PLACE
        if astray or not self._trusts(mesh):
            mesh = self._net.find(pixels, faces[0])
        return Look(mesh=mesh, detection=faces[0], faces=len(faces))


def box_of(mesh: Mesh) -> Box:
    """Return the box around the points."""
    left, top, right, bottom = geometry.edges(mesh.points)
    return Box(x=left, y=top, width=right - left, height=bottom - top)
