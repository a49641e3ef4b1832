"""One face worker's set of models, and what it measures with them."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace

import cv2

from verify import geometry, quality
from verify.decoding import Pixels, decode
from verify.detection import Detection, Detector
from verify.embedding import Embedder
from verify.errors import FaceRefused, ImageRefused
from verify.forensics import Examiner
from verify.likeness import glance
from verify.mesh import Mesh, MeshNet, to_bytes
from verify.models import BY_ITS_PACKAGE, ModelFiles
from verify.passive import PassiveNet
from verify.picking import Picks, Sight
from verify.policy.image import ImagePolicy
from verify.policy.verification import VerificationPolicy
from verify.radiance import measure as light_of
from verify.results import FaceMeasurement, FrameMeasurement, QualityReason, Template
from verify.tracking import PHOTO_SIDE, Look, Tracker, box_of
from verify.wanted import PLAIN, Wanted


class Measurer:
    """All native objects of one worker. Not to be shared between threads."""

    def __init__(self, *, files: ModelFiles, policy: VerificationPolicy) -> None:
        """Load the models after checking each file; half a second, and one for dlib.

        Raises:
            ModelRefused: A model file is absent or differs, or an operator's net does not keep
                its contract.
        """
        cv2.setNumThreads(1)
        self._policy = policy
        self._tracker = Tracker(
            detector=Detector(model=files.read("detector"), policy=policy.quality),
            net=MeshNet(model=files.read("mesh")),
            trusted=policy.quality.mesh_score,
        )
        for name in BY_ITS_PACKAGE:
            files.read(name)
        self._embedder = Embedder(model=files.read("recogniser"))
        passive = files.read_passive()
        net = None if passive is None else PassiveNet(model=passive)
        self._examiner = Examiner(passive=net)

    def measure(
        self, frames: Sequence[bytes], *, wanted: Wanted = PLAIN
    ) -> tuple[FrameMeasurement, ...]:
        """Measure frames that follow one another.

        Pixels are let go frame by frame, but for those that may yet be described.

        Args:
            frames: JPEG or PNG files.
            wanted: What to measure beyond place, mesh, pose and quality.

        Raises:
            ImageRefused: For the first frame that is not an acceptable picture; `index` says
                which.
        """
        self._tracker.start(still=wanted.still)
        picks = Picks(wanted.described)
        records: list[FrameMeasurement] = []
        for index, data in enumerate(frames):
            pixels = _decoded(data, self._policy.frame, index)
            look = self._tracker.look(pixels)
            picks.offer(Sight(index=index, pixels=pixels, look=look))
            records.append(self._record(data, pixels, look, radiance=wanted.radiance))
        for place, sight in enumerate(picks.chosen()):
            record = records[sight.index]
            if place == 0 and wanted.traces:
                record = self._examined(record, sight)
            dlib = wanted.dlib and place == 0
            records[sight.index] = self._described(record, sight, dlib=dlib)
        return tuple(records)

    def enrol(self, photo: bytes) -> Template:
        """Describe the one face of a reference photograph.

        Raises:
            ImageRefused: The photograph is not an acceptable picture.
            FaceRefused: It does not show exactly one usable face that looks at the camera.
        """
        pixels = decode(photo, self._policy.photo)
        self._tracker.start()
        look = self._tracker.look(pixels, side=PHOTO_SIDE)
        record = self._record(photo, pixels, look)
        faults = record.reasons or quality.posture(record.face, policy=self._policy.quality)
        if faults or look.detection is None:
            raise FaceRefused((*faults, QualityReason.NO_FACE)[0])
        return Template(
            embedding=self._embedder.embed(pixels, look.detection, dlib=True),
            models=ModelFiles.digests(),
        )

    def _described(self, record: FrameMeasurement, sight: Sight, *, dlib: bool) -> FrameMeasurement:
        mesh = sight.look.mesh
        if mesh is None or record.face is None:
            return record
        found = self._tracker.detect(sight.pixels, mesh)
        if found is None:
            return record
        embedding = self._embedder.embed(sight.pixels, found, dlib=dlib)
        return replace(record, face=replace(record.face, embedding=embedding))

    def _examined(self, record: FrameMeasurement, sight: Sight) -> FrameMeasurement:
        if record.face is None:
            return record
        found = self._examiner.look(sight.pixels, face=record.face.box)
        return replace(record, forensics=found)

    def _record(
        self, data: bytes, pixels: Pixels, look: Look, *, radiance: bool = False
    ) -> FrameMeasurement:
        height, width = pixels.shape[:2]
        face = None if look.mesh is None else _face(pixels, look.mesh, look.detection)
        if face is not None and look.mesh is not None and radiance:
            face = replace(face, radiance=light_of(pixels, look.mesh.points))
        seen = glance(pixels)
        return FrameMeasurement(
            width=width,
            height=height,
            faces=look.faces,
            face=face,
            reasons=quality.reasons(
                face,
                faces=look.faces,
                size=(width, height),
                policy=self._policy.quality,
            ),
            digest=hashlib.sha256(data).digest()[:16],
            phash=seen.phash,
            thumb=seen.thumb,
        )


def _decoded(data: bytes, policy: ImagePolicy, index: int) -> Pixels:
    try:
        return decode(data, policy)
    except ImageRefused as refused:
        raise refused.at(index) from refused


def _face(pixels: Pixels, mesh: Mesh, detection: Detection | None) -> FaceMeasurement:
    box = box_of(mesh)
    pose = mesh.pose
    light = quality.light(pixels, box)
    return FaceMeasurement(
        box=box,
        confidence=mesh.score if detection is None else min(mesh.score, detection.score),
        eye_distance=geometry.eye_distance(mesh.points),
        yaw=pose.yaw,
        pitch=pose.pitch,
        roll=pose.roll,
        nose=None if detection is None else geometry.nose_offset(detection.points),
        mesh=to_bytes(mesh.points),
        luma=light.luma,
        sharpness=light.sharpness,
    )
