"""When a movement counts as the one that was asked for, and as a solid head's."""

from dataclasses import dataclass

from verify.policy.never import NEVER


@dataclass(frozen=True, slots=True, kw_only=True)
class MotionPolicy:
    """Limits of rest, of each action, and of the shape that moves."""

    max_baseline_yaw: float = 0.0
    """Degrees of the mesh's yaw that still count as looking at the camera."""
    max_baseline_pitch: float = 0.0
    """Degrees of the mesh's pitch that still count as looking at the camera."""
    max_baseline_spread: float = 0.0
    """Degrees between the 10th and 90th percentile of yaw while holding still."""
    min_baseline_eyes: float = NEVER
    """How far the wider eye must be open at rest, by `verify.expression.eyes_open`."""
    onset_yaw: float = 0.0
    """Degrees relative to the baseline at which a turn has begun."""
    min_turn: float = NEVER
    """Degrees relative to the baseline a turn must reach."""
    return_share: float = 0.0
    """Share of the turn's peak within which it must start and end."""
    max_turn_pitch: float = 0.0
    """Degrees of pitch relative to the baseline at the peak of a turn."""
    min_nose_gain: float = NEVER
    """How far the detector's nose tip follows the mesh's yaw; 1 is exactly, a picture is ≤ 0."""
    min_parallax: float = NEVER
    """Homography residual at the peak, in eye distances."""
    spoof_parallax: float = 0.0
    """Residual up to which a turned face is called a flat picture."""
    min_depth_agreement: float = NEVER
    """Correlation of the residuals with those that the person's own depth predicts."""
    onset_nod: float = 0.0
    """Degrees relative to the baseline at which a nod has begun."""
    min_nod: float = NEVER
    """Degrees downwards relative to the baseline a nod must reach."""
    max_stray: float = 0.0
    """Degrees, either way, the head may turn or nod while something else was asked."""
    blink_window_ms: float = 0.0
    """Before and after a moment: the eyes' median there is their usual opening."""
    blink_open_share: float = 0.0
    """Share of the usual opening from which eyes count as open."""
    max_blink_share: float = 0.0
    """Share of the usual opening, mean of both eyes, down to which an asked blink must go."""
    max_glimpse_share: float = 0.0
    """The same for any blink worth mentioning when a clip is inspected."""
    blink_fall_ms: float = 0.0
    """How long lids may take to fall."""
    min_blink_fall: float = NEVER
    """By how much they must have narrowed within that time, as a share of the usual opening."""
    blink_least_ms: float = NEVER
    """Between the last moment with open eyes and the next one."""
    blink_most_ms: float = 0.0
    """Between the last moment with open eyes and the next one."""
    min_mouth: float = NEVER
    """By how much the gap of the lips must grow, in eye distances."""
    min_growth: float = NEVER
    """By how much the face must grow in coming closer, as a share of its size."""
