"""How far away a campus is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

METRES: Final = """
round(2 * 6371008.8 * asin(least(1, sqrt(
  sin(radians(c.latitude - %(latitude)s) / 2) ^ 2
  + cos(radians(%(latitude)s)) * cos(radians(c.latitude))
  * sin(radians(c.longitude - %(longitude)s) / 2) ^ 2))))::integer
"""
"""Of the campus `c` of a statement, great-circle (haversine) on a sphere of the mean radius
6,371,008.8 m (IUGG); within 0.6 % of the ellipsoid's."""
NOWHERE: Final = "0"
"""The same where nobody says where they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Near:
    """Where somebody is, degrees, WGS 84. It is used for the one answer and kept nowhere."""

    latitude: float
    longitude: float
    within: int | None = None
    """Metres; None: however far."""


def metres(near: Near | None) -> str:
    """The distance as an expression over the campus `c`."""
    return NOWHERE if near is None else METRES


def values(near: Near | None) -> dict[str, float | None]:
    """What the expression refers to."""
    if near is None:
        return {"within": None}
    return {"latitude": near.latitude, "longitude": near.longitude, "within": near.within}
