"""What became of each appointment, for the hospital that called the session off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from app.core.database import Database
from app.core.statements import row, rows
from app.hospital.stopping.errors import STOP_UNKNOWN
from app.hospital.stopping.service.outcomes import Stopped, recorded

_STOP: Final = """
SELECT session_id FROM clinic_stops WHERE id = %(stop)s AND hospital_id = %(hospital)s
"""
_OUTCOMES: Final = """
SELECT o.appointment_id, u.number, o.outcome, o.was, o.replaced_by, instead.starts_at, o.refund
FROM stop_outcomes o
JOIN appointments a ON a.id = o.appointment_id JOIN slot_units u ON u.id = a.unit_id
LEFT JOIN appointments instead ON instead.id = o.replaced_by
WHERE o.stop_id = %(stop)s ORDER BY u.number, o.appointment_id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldOutcome:
    """What became of one appointment. It names nobody."""

    appointment_id: str
    number: int
    """Of its place."""
    outcome: str
    was: str
    replaced_by: str | None
    replaced_at: datetime | None
    """When what was given instead begins."""
    refund: int
    """Fen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldStop:
    """A stop, and every outcome."""

    stopped: Stopped
    outcomes: Sequence[ToldOutcome]
    """As many as the session had live appointments: 500 at most."""


class StopReading:
    """Reads stops."""

    def __init__(self, *, database: Database) -> None:
        """Take the database."""
        self._database = database

    def one(self, hospital_id: str, stop_id: str) -> ToldStop:
        """A stop of this hospital's.

        Raises:
            DomainError: STOP_UNKNOWN.
        """
        with self._database.direct() as tx:
            found = row(tx, _STOP, {"stop": stop_id, "hospital": hospital_id})
            if found is None:
                raise STOP_UNKNOWN()
            stopped = recorded(tx, found[0])
            outcomes = rows(tx, _OUTCOMES, {"stop": stop_id})
        names = ToldOutcome.__dataclass_fields__
        return ToldStop(
            stopped=stopped,
            outcomes=[ToldOutcome(**dict(zip(names, one, strict=True))) for one in outcomes],
        )
