"""What family agreements may be: a value, set by the wiring."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class FamilyPolicy:
    """Bounds of agreements."""

    longest: timedelta = timedelta(days=366)
    """From offer to expiry."""
    answer_within: timedelta = timedelta(days=7)
    """An offer nobody accepted ends after it."""
    most_open: int = 20
    """Agreements one person has offered that are open at a time."""
    child_until: int = 16
    """Full years of age from which somebody grants mandates themselves."""
