"""Points, what becomes of them, and the moves between; a trigger refuses every other move."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class PointKind(StrEnum):
    """What a point is for."""

    NO_SHOW = "NO_SHOW"
    """Nobody came, and nobody said so."""
    LATE_CANCEL = "LATE_CANCEL"
    """Cancelled after the deadline."""


class PointState(StrEnum):
    """What has become of a point. Until it expires it counts in the first three."""

    COUNTS = "COUNTS"
    APPEALED = "APPEALED"
    """The person says it is wrong, and nobody has decided."""
    UPHELD = "UPHELD"
    """It was looked into and stays."""
    REVOKED = "REVOKED"
    """It was looked into and is gone."""
    FORGIVEN = "FORGIVEN"
    """It is gone by itself: nothing was lost by it, or it was not the person's fault."""


class Forgiveness(StrEnum):
    """Why a point is forgiven."""

    REFILLED = "REFILLED"
    """Somebody else was booked on the place that was cancelled late."""
    STOPPED = "STOPPED"
    """The hospital called the session off."""
    OUTAGE = "OUTAGE"
    """Our system, or the hospital's, did not work at the time."""


_S: Final = PointState
POINT_MOVES: Final[Mapping[PointState, frozenset[PointState]]] = MappingProxyType(
    {
        _S.COUNTS: frozenset({_S.APPEALED, _S.FORGIVEN}),
        _S.APPEALED: frozenset({_S.UPHELD, _S.REVOKED, _S.FORGIVEN}),
        _S.UPHELD: frozenset({_S.FORGIVEN}),
        _S.REVOKED: frozenset(),
        _S.FORGIVEN: frozenset(),
    }
)
COUNTING: Final = (_S.COUNTS, _S.APPEALED, _S.UPHELD)
