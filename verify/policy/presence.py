"""Is one face there throughout, well placed, moving, and not seen before."""

from dataclasses import dataclass

from verify.policy.never import NEVER


@dataclass(frozen=True, slots=True, kw_only=True)
class PresencePolicy:
    """Hard gates on what the frames of a session show."""

    one_face_share: float = NEVER
    """Share of a step's frames that show exactly one face."""
    good_share: float = NEVER
    """Share of a step's frames free of any one fault of light, sharpness or size."""
    min_overlap: float = NEVER
    """Intersection over union of neighbouring face boxes: no cuts."""
    min_width: float = NEVER
    """Face width as a share of the picture's."""
    max_width: float = 0.0
    """Face width as a share of the picture's."""
    border: float = NEVER
    """Distance of the face box from the picture's edge, as a share of its width."""
    border_share: float = NEVER
    """Share of frames that must keep it."""
    max_frozen_share: float = 0.0
    """Share of neighbouring frames that may look the same to the last brightness step."""
    frozen_step: float = NEVER
    """Mean difference of thumbnails, 0..255, up to which two frames look the same."""
    twin_bits: int = 256
    """Perceptual hashes of one copied picture differ by no more bits."""
    twin_share: float = 1e9
    """Difference of two frames far apart, as a share of that of neighbours, below which one is a
    copy."""
    max_twins: int = -1
    """Copies a session may seem to have."""
    loop_frames: int = 1
    """Frames that two frames far apart are apart, and that a repeated stretch is long."""
    loop_share: float = 1e9
    """Mean difference of two stretches, as a share of that of neighbours, below which one repeats
    the other."""
    min_embeddings: int = 1_000_000
    """In the whole session."""
    reuse_bits: int = 256
    """Perceptual hashes that differ by no more bits are of one picture."""
    reuse_share: float = 0.0
    """Share of frames with such a partner from which a session repeats an earlier one."""
