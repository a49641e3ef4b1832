"""Bounds of the rush."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class RushPolicy:
    """What a release may ask for, and how often people look. The empty policy releases nothing."""

    longest: timedelta = timedelta(0)
    """From the first ticket until the sessions are open to everybody."""
    most_sessions: int = 0
    keeps_line: timedelta = timedelta(days=366)
    """How long tickets are kept after a release that was first come, first served."""
    keeps_lottery: timedelta = timedelta(days=366)
    """… after a lottery: so long anybody can recompute its ranks."""
    poll_at_least: timedelta = timedelta(seconds=60)
    poll_at_most: timedelta = timedelta(seconds=60)


CITY: Final = RushPolicy(
    longest=timedelta(days=14),
    most_sessions=200,
    keeps_line=timedelta(days=90),
    keeps_lottery=timedelta(days=366),
    poll_at_least=timedelta(seconds=2),
    poll_at_most=timedelta(seconds=60),
)
"""The city's."""
