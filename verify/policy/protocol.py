"""Was the capture made now, in order, by a camera: limits before any picture is opened."""

from dataclasses import dataclass

from verify.policy.never import NEVER


@dataclass(frozen=True, slots=True, kw_only=True)
class ProtocolPolicy:
    """Times and counts of a session's uploads."""

    min_fps: float = NEVER
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
    clock_jitter_ms: int = 0
    """By how much quick uploads and reveals may both differ early and late, on a quick network."""
    clock_room: float = 0.0
    """And on a slow one: share of the room that uploads and reveals leave between the clocks."""
    clock_arrivals: int = 1
    """How many uploads the quickest is taken of."""
    max_shown_ms: int = 0
    """Between the first picture of a light step and its first frame, either way."""
    upload_ms: int = 0
    """From a step's window to the arrival of its upload."""
