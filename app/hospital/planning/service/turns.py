"""How often a hospital may send what keeps us busy for long."""

from __future__ import annotations

from typing import Final

from app.hospital.planning.ports import Uses

RATE: Final = "imports"


class BulkTurns:
    """Counts files and plannings of a hospital, all its terminals together.

    Each may take `BUDGET` of a process: a system that sends its file in a loop would leave the
    others none.
    """

    def __init__(self, *, limits: Uses) -> None:
        """Take what counts."""
        self._limits = limits

    def take(self, hospital_id: str) -> None:
        """Count one, before anything of it is read; a dry run is one too.

        Raises:
            DomainError: TOO_MANY_REQUESTS with Retry-After.
        """
        self._limits.hit(RATE, hospital_id)
