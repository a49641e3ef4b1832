"""When a face in a picture is good enough to be measured."""

from dataclasses import dataclass

from verify.policy.never import NEVER


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityPolicy:
    """When one face in one picture is good enough to be measured."""

    detector_score: float = NEVER
    """A face box below this is not a face."""
    rival_score: float = NEVER
    """A second face counts from this score …"""
    rival_size: float = 0.0
    """… and from this height relative to the largest."""
    mesh_score: float = NEVER
    """The landmark net's own face flag, 0..1."""
    min_eye_distance: float = NEVER
    """Pixels."""
    max_width: float = 0.0
    """Face width as a share of the picture's."""
    min_luma: float = NEVER
    """Median brightness of the face, 0..255."""
    max_luma: float = 0.0
    """Median brightness of the face, 0..255."""
    min_sharpness: float = NEVER
    """Variance of the Laplacian at 112×112."""
    max_yaw: float = 0.0
    """Degrees either way for a reference photograph."""
    max_pitch: float = 0.0
    """Degrees either way for a reference photograph."""
