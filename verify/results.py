"""What is measured and decided, as frozen records; plain bytes and numbers, never pixels."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from verify.packing import pack, unpack


class QualityReason(StrEnum):
    """Why a picture of a face is not good enough."""

    NO_FACE = "NO_FACE"
    TWO_FACES = "TWO_FACES"
    FACE_TOO_SMALL = "FACE_TOO_SMALL"
    FACE_TOO_LARGE = "FACE_TOO_LARGE"
    CUT_OFF = "CUT_OFF"
    TOO_DARK = "TOO_DARK"
    TOO_BRIGHT = "TOO_BRIGHT"
    BLURRED = "BLURRED"
    TURNED_AWAY = "TURNED_AWAY"


class Decision(StrEnum):
    """The answer of a comparison."""

    SAME = "SAME"
    DIFFERENT = "DIFFERENT"
    UNCERTAIN = "UNCERTAIN"


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """An upright rectangle in pixels of the whole picture."""

    x: float
    y: float
    width: float
    height: float

    @property
    def area(self) -> float:
        """Square pixels."""
        return max(0.0, self.width) * max(0.0, self.height)

    def overlap(self, other: "Box") -> float:
        """Return intersection over union, 0..1."""
        right = min(self.x + self.width, other.x + other.width)
        bottom = min(self.y + self.height, other.y + other.height)
        shared = max(0.0, right - max(self.x, other.x)) * max(0.0, bottom - max(self.y, other.y))
        union = self.area + other.area - shared
        return shared / union if union > 0 else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Embedding:
    """Two descriptors of one face."""

    sface: bytes
    """128 float32, little endian, unit length."""
    dlib: bytes
    """128 float32, little endian, about unit length; empty where it was not asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Radiance:
    """Linear light of one frame, 0..1 (inverse sRGB); rows of blue, green, red, float32 LE.

    NaN where nearly every pixel was too dark (≤ 5) or too bright (≥ 250) to tell.
    """

    skin: bytes
    """36 × 3: the places of `verify.patches`."""
    background: bytes
    """2 × 3: beside the head, on the picture's left and right."""
    iris: bytes
    """2 × 3: the person's right and left eye."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Forensics:
    """Traces of paper, screens and files in one frame."""

    moire: float
    """Natural log of the highest isolated peak of the face's spectrum over its surroundings; 1.1
    to 1.5 without a raster."""
    noise_ratio: float
    """Natural log of the face's noise over the background's, each over the root of its
    brightness."""
    recompression: float
    """Strength of an earlier JPEG compression's trace, 0..1."""
    frame_edge: float
    """Second longest straight edge among the head's four sides, in heights of the face box."""
    passive: float | None = None
    """What an operator's own model gives for a living face, 0..1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FaceMeasurement:
    """One face in one picture."""

    box: Box
    """Around the 468 mesh points."""
    confidence: float
    """0..1: the mesh's own face flag, or the detector's score where it is lower."""
    eye_distance: float
    """Between the centres of the eyes, pixels."""
    yaw: float
    """Degrees; positive when the person looks to their own left (to the picture's right)."""
    pitch: float
    """Degrees; positive when the person looks down."""
    roll: float
    """Degrees; positive when the head leans clockwise in the picture."""
    nose: float | None
    """The detector's nose tip along the line of the eyes, from their middle, in eye distances;
    positive to the picture's right. None in frames where the face was only tracked."""
    mesh: bytes
    """468 × (x, y, z) int16 little endian, sixteenths of a pixel of the whole picture."""
    luma: float
    """Median brightness of the face, 0..255."""
    sharpness: float
    """Variance of the Laplacian on the face scaled to 112×112 pixels."""
    embedding: Embedding | None = None
    """Only where it was asked for."""
    radiance: Radiance | None = None
    """Only where it was asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameMeasurement:
    """All that is kept of one frame."""

    width: int
    """Pixels, upright."""
    height: int
    """Pixels, upright."""
    faces: int
    """Prominent faces; small ones in the background are not counted."""
    face: FaceMeasurement | None
    """The largest face."""
    reasons: tuple[QualityReason, ...]
    """What is wrong with it; empty is good."""
    digest: bytes
    """First 16 bytes of the SHA-256 of the file."""
    phash: bytes
    """Difference hash of the whole picture, 256 bits."""
    thumb: bytes
    """24 × 24 brightness values of the picture's middle, to recognise a frozen feed."""
    forensics: Forensics | None = None
    """Only of frames that were described."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A reference face, without its picture."""

    embedding: Embedding
    """Of the reference photograph."""
    models: Mapping[str, str] = field(default_factory=dict)
    """Name → SHA-256 of the models that made it."""

    def to_bytes(self) -> bytes:
        """Return a compact form to be stored encrypted."""
        return pack(self)

    @classmethod
    def from_bytes(cls, content: bytes) -> "Template":
        """Read what `to_bytes` wrote.

        Raises:
            EvidenceRefused: EVIDENCE_BROKEN.
        """
        return unpack(cls, content)


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchResult:
    """Whether several embeddings and a template are one person."""

    decision: Decision
    """UNCERTAIN when there were too few embeddings to tell."""
    anchor: int
    """0, 60, 80, 90 or 95 ≙ a false match rate of 1, 1e-2, 1e-3, 1e-4, 1e-5."""
    reasons: tuple[str, ...]
    """Codes such as DIFFERENT_PERSON or TOO_FEW_EMBEDDINGS; empty when SAME."""
    audit: Mapping[str, float]
    """Figures for the audit record; they never leave the server."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Measurements:
    frames: tuple[FrameMeasurement, ...]


def pack_measurements(frames: Sequence[FrameMeasurement]) -> bytes:
    """Return measurements in a compact form, about 2.5 kB a frame."""
    return pack(_Measurements(frames=tuple(frames)))


def unpack_measurements(content: bytes) -> tuple[FrameMeasurement, ...]:
    """Read what `pack_measurements` wrote.

    Raises:
        EvidenceRefused: EVIDENCE_BROKEN.
    """
    return unpack(_Measurements, content).frames
