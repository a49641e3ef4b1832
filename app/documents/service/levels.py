"""Some certificates need a surer recognition than others."""

from __future__ import annotations

from typing import Final

from app.core.access.errors import step_up
from app.documents.records import Holder

_LEVELS: Final = ("L1", "L2", "L3")


def require_level(holder: Holder, needed: str) -> None:
    """Refuse a holder who was not recognised surely enough (RFC 9470 §3).

    Raises:
        DomainError: INSUFFICIENT_USER_AUTHENTICATION with the level to come back with.
    """
    if _LEVELS.index(holder.level) < _LEVELS.index(needed):
        raise step_up(level=needed)
