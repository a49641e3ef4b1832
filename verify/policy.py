"""What is acceptable, as values. The empty value of each policy refuses everything."""

import hashlib
import json
from dataclasses import asdict, dataclass, field

_NEVER = float("inf")


@dataclass(frozen=True, slots=True, kw_only=True)
class ImagePolicy:
    """Limits of one uploaded picture."""

    formats: frozenset[str] = frozenset()
    """Of "jpeg" and "png"."""
    max_bytes: int = 0
    """Length of the file."""
    max_pixels: int = 0
    """Declared width × height."""
    max_side: int = 0
    """Declared longest side, pixels."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchPolicy:
    """When two faces are one person; the figure is `cosine − 0.5 · distance`."""

    same: float = _NEVER
    """Fused score from which the answer is SAME (median over the embeddings)."""
    each: float = _NEVER
    """Every single embedding must reach this against the template."""
    among: float = _NEVER
    """Every embedding against the first of the session: one person throughout."""
    anchors: tuple[tuple[int, float], ...] = ()
    """(60|80|90|95, fused score), rising."""
    min_embeddings: int = 1_000_000
    """Fewer cannot be decided."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityPolicy:
    """When one face in one picture is good enough to be measured."""

    detector_score: float = _NEVER
    """A face box below this is not a face."""
    rival_score: float = _NEVER
    """A second face counts from this score …"""
    rival_size: float = 0.0
    """… and from this height relative to the largest."""
    mesh_score: float = _NEVER
    """The landmark net's own face flag, 0..1."""
    min_eye_distance: float = _NEVER
    """Pixels."""
    max_width: float = 0.0
    """Face width as a share of the picture's."""
    min_luma: float = _NEVER
    """Median brightness of the face, 0..255."""
    max_luma: float = 0.0
    """Median brightness of the face, 0..255."""
    min_sharpness: float = _NEVER
    """Variance of the Laplacian at 112×112."""
    max_yaw: float = 0.0
    """Degrees either way for a reference photograph."""
    max_pitch: float = 0.0
    """Degrees either way for a reference photograph."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LivenessPolicy:
    """Hard gates and the weight of evidence of a session."""

    min_fps: float = _NEVER
    """Mean frames a second of one step."""
    max_fps: float = 0.0
    """Mean frames a second of one step."""
    max_gap_ms: int = 0
    """Between two frames of a step."""
    min_frames: int = 1_000_000
    """In the whole session."""
    min_reaction_ms: int = 1_000_000
    """From the reveal to the start of the asked motion; nobody is faster."""
    clock_slope: float = 0.0
    """The phone's clock against ours, relative error."""
    transit_ms: int = 0
    """By how much two uploads of one session may differ in how long they took."""
    upload_ms: int = 0
    """From a step's window to the arrival of its upload."""
    one_face_share: float = _NEVER
    """Share of a step's frames that show exactly one face."""
    good_share: float = _NEVER
    """Share of a step's frames free of any one fault of light, sharpness or size."""
    min_overlap: float = _NEVER
    """Intersection over union of neighbouring face boxes: no cuts."""
    min_width: float = _NEVER
    """Face width as a share of the picture's."""
    max_width: float = 0.0
    """Face width as a share of the picture's."""
    border: float = _NEVER
    """Distance of the face box from the picture's edge, as a share of its width."""
    border_share: float = _NEVER
    """Share of frames that must keep it."""
    max_frozen_share: float = 0.0
    """Share of neighbouring frames that may look the same to the last brightness step."""
    frozen_step: float = _NEVER
    """Mean difference of thumbnails, 0..255, up to which two frames look the same."""
    max_baseline_yaw: float = 0.0
    """Degrees of the mesh's yaw that still count as looking at the camera."""
    max_baseline_pitch: float = 0.0
    """Degrees of the mesh's pitch that still count as looking at the camera."""
    max_baseline_spread: float = 0.0
    """Degrees between the 10th and 90th percentile of yaw while holding still."""
    onset_yaw: float = 0.0
    """Degrees relative to the baseline at which a turn has begun."""
    min_turn: float = _NEVER
    """Degrees relative to the baseline a turn must reach."""
    return_share: float = 0.0
    """Share of the turn's peak within which it must start and end."""
    max_turn_pitch: float = 0.0
    """Degrees of pitch relative to the baseline at the peak of a turn."""
    min_nose_gain: float = _NEVER
    """How far the detector's nose tip follows the mesh's yaw; 1 is exactly, a picture is ≤ 0."""
    min_parallax: float = _NEVER
    """Homography residual at the peak, in eye distances."""
    spoof_parallax: float = 0.0
    """Residual up to which a turned face is called a flat picture."""
    min_depth_agreement: float = _NEVER
    """Correlation of the residuals with those that the person's own depth predicts."""
    live_parallax: float = 0.0
    """Geometric mean of the residual of turned heads."""
    flat_parallax: float = 0.0
    """Geometric mean of the residual of turned pictures."""
    parallax_spread: float = 0.0
    """Standard deviation of the residual's logarithm, of both."""
    max_llr: float = 0.0
    """One cue's log-likelihood ratio is clipped to ± this."""
    floor_llr: float = _NEVER
    """No single cue may fall below this."""
    accept_llr: float = _NEVER
    """The sum that is accepted."""
    min_embeddings: int = 1_000_000
    """In the whole session."""
    reuse_bits: int = 256
    """Perceptual hashes that differ by no more bits are of one picture."""
    reuse_share: float = 0.0
    """Share of frames with such a partner from which a session repeats an earlier one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VerificationPolicy:
    """All of it, under one version that receipts name."""

    name: str = "empty"
    """Grows with each change of a number."""
    frame: ImagePolicy = field(default_factory=ImagePolicy)
    """A frame of a session."""
    photo: ImagePolicy = field(default_factory=ImagePolicy)
    """A reference photograph."""
    match: MatchPolicy = field(default_factory=MatchPolicy)
    """Same person?"""
    quality: QualityPolicy = field(default_factory=QualityPolicy)
    """Good picture?"""
    liveness: LivenessPolicy = field(default_factory=LivenessPolicy)
    """Living head?"""

    @property
    def version(self) -> str:
        """Name and a digest of every number: two policies never share a version."""
        figures = json.dumps(asdict(self), sort_keys=True, default=sorted).encode()
        return f"{self.name}+{hashlib.sha256(figures).hexdigest()[:12]}"

    @property
    def empty(self) -> bool:
        """Whether any part was left at its refusing default."""
        parts = (self.frame, self.photo, self.match, self.quality, self.liveness)
        return any(part == type(part)() for part in parts)
