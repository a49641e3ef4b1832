"""When light that comes back proves freshness and relief."""

from dataclasses import dataclass

from verify.policy.never import NEVER


@dataclass(frozen=True, slots=True, kw_only=True)
class LightPolicy:
    """Limits of the light challenge."""

    min_ratio: float = NEVER
    """(white − black) / black of the face: below it there is no verdict, INSUFFICIENT_LIGHT."""
    min_lag_ms: int = 1_000_000
    """From a picture's appearance on the screen to its trace in the frames."""
    max_lag_ms: int = 0
    """From a picture's appearance on the screen to its trace in the frames."""
    usual_lag_ms: int = 0
    """Later than this an honest phone hardly is; a face that is lit afterwards by a machine is."""
    min_score: float = NEVER
    """Correlation of the seen with the shown code at the best common lag, −1..1."""
    min_rank: float = NEVER
    """Share of random codes that must explain the light less well than the shown one."""
    decoys: int = 1
    """How many random codes are tried."""
    min_relief_t: float = NEVER
    """The face's relief must stand out in the whole-screen pictures by so many standard errors."""
    sheet_background: float = NEVER
    """A background that answers at least this much of what the face does …"""
    sheet_relief: float = -NEVER
    """… while its relief stays below this, by the 95 % intervals of the whole-screen pictures
    (upper end) and the half ones (lower end), belongs to a picture held to the camera."""
