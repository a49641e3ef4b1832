"""The figures of a film, as JSON values."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from statistics import median

from verify.geometry import parallax, rest_shape
from verify.inspection.moments import Moment, blinks, mouth_openings
from verify.inspection.watching import Sighting, Watched
from verify.policy.verification import VerificationPolicy

_FRONTAL = 5
"""So many of the most frontal frames are the face at rest."""
_WIDE = 0.8
"""Share of the widest yaw from which frames count as the widest."""
_LEAST_YAW = 8.0
"""Degrees below which depth does not show."""
_LEAST_FPS = 8.0
"""A blink falls between the frames of a slower film."""


def report(watched: Sequence[Watched], policy: VerificationPolicy) -> dict[str, object]:
    """Return what a film shows; where nothing can be said there is a null, and a note why."""
    seen = [frame.face for frame in watched if frame.face is not None]
    quick = _fps(watched) >= _LEAST_FPS
    planarity = _planarity(seen)
    return {
        "fps_watched": round(_fps(watched), 2),
        "faces": _faces(watched),
        "yaw": _spread((face.pose.yaw for face in seen), 1),
        "pitch": _spread((face.pose.pitch for face in seen), 1),
        "eye_distance": _spread((face.eye_distance for face in seen), 1),
        "brightness": _spread((face.luma for face in seen), 0),
        "blinks": _told(blinks(seen, policy.motion), "open_share") if quick else None,
        "mouth_openings": _told(mouth_openings(seen, policy.motion), "gap") if quick else None,
        "planarity": planarity,
        "forensics": _forensics(seen),
        "notes": _notes(seen, policy, quick=quick, turned=planarity is not None),
    }


def _fps(watched: Sequence[Watched]) -> float:
    gaps = [b.t_ms - a.t_ms for a, b in pairwise(watched)]
    return 1000 / max(median(gaps), 1e-3) if gaps else 0.0


def _faces(watched: Sequence[Watched]) -> dict[str, object]:
    counts = [frame.faces for frame in watched if frame.faces is not None]
    return {
        "min": min(counts),
        "median": median(counts),
        "max": max(counts),
        "one_share": round(counts.count(1) / len(counts), 3),
    }


def _spread(values: Iterable[float], digits: int) -> dict[str, float] | None:
    ranked = sorted(values)
    if not ranked:
        return None
    named = {"min": ranked[0], "median": median(ranked), "max": ranked[-1]}
    return {name: round(value, digits) for name, value in named.items()}


def _told(moments: Iterable[Moment], name: str) -> list[dict[str, float]]:
    return [
        {
            "start_s": round(moment.start_s, 2),
            "end_s": round(moment.end_s, 2),
            name: round(moment.value, 3),
        }
        for moment in moments
    ]


def _planarity(seen: Sequence[Sighting]) -> dict[str, float] | None:
    """Compare the widest turned frames with the most frontal ones, as a session's turn is."""
    if len(seen) < 2 * _FRONTAL:
        return None
    frontal = sorted(seen, key=lambda face: abs(face.pose.yaw))[:_FRONTAL]
    ahead = median(face.pose.yaw for face in frontal)
    widest = max(abs(face.pose.yaw - ahead) for face in seen)
    if widest < _LEAST_YAW:
        return None
    turned = [face for face in seen if abs(face.pose.yaw - ahead) >= _WIDE * widest]
    shape = rest_shape([face.points for face in frontal])
    shifts = [parallax(shape, face.points) for face in turned]
    return {
        "yaw": round(median(abs(face.pose.yaw - ahead) for face in turned), 1),
        "residual": round(median(shift.residual for shift in shifts), 4),
        "agreement": round(median(shift.agreement for shift in shifts), 3),
    }


def _forensics(seen: Sequence[Sighting]) -> dict[str, float] | None:
    """Return the median of each trace over the frames that were examined."""
    examined: list[Mapping[str, float]] = [face.traces for face in seen if face.traces]
    if not examined:
        return None
    return {name: round(median(one[name] for one in examined), 3) for name in examined[0]}


def _notes(
    seen: Sequence[Sighting], policy: VerificationPolicy, *, quick: bool, turned: bool
) -> list[str]:
    """Return what limits the other figures, as codes."""
    small = seen and median(face.eye_distance for face in seen) < policy.quality.min_eye_distance
    notes = {
        "NO_FACE": not seen,
        "FACE_TOO_SMALL": bool(small),
        "TOO_FEW_FRAMES_A_SECOND": not quick,
        "HEAD_NOT_TURNED": bool(seen) and not turned,
    }
    return [code for code, holds in notes.items() if holds]
