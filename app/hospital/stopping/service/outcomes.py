"""What became of the patients of a session that was called off: written once, told ever after."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from app.core.statements import Tx, changed, row, rows
from app.hospital.errors import SESSION_UNKNOWN
from app.hospital.stopping.models import CANCELLED, RELEASED, REPLANNED
from app.hospital.stopping.service.replanning import Patient

_WRITE: Final = """
INSERT INTO stop_outcomes (appointment_id, stop_id, outcome, was, replaced_by, refund)
SELECT one.id, %(stop)s, one.outcome, one.was, one.replaced_by, one.refund
FROM unnest(%(ids)s::varchar[], %(outcomes)s::varchar[], %(were)s::varchar[],
  %(replaced_by)s::varchar[], %(refunds)s::bigint[])
  AS one (id, outcome, was, replaced_by, refund)
"""
_SESSION: Final = """
SELECT s.id, s.external_id, s.state, t.id, t.reason, t.at
FROM clinic_sessions s LEFT JOIN clinic_stops t ON t.session_id = s.id WHERE s.id = %(session)s
"""
_COUNTS: Final = """
SELECT outcome, count(*), sum(refund)::bigint FROM stop_outcomes WHERE stop_id = %(stop)s
GROUP BY outcome
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The one thing that became of an appointment."""

    patient: Patient
    kind: str
    replaced_by: str | None = None
    """The appointment given instead."""
    refund: int = 0
    """Fen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopped:
    """What became of a session, in numbers."""

    session_id: str
    external_id: str
    state: str
    """STOPPED; or CLOSED: it was over before anybody called it off."""
    stop_id: str | None = None
    """None: nothing was called off, or not yet."""
    reason: str | None = None
    at: datetime | None = None
    replanned: int = 0
    cancelled: int = 0
    released: int = 0
    refund: int = 0
    """Fen."""


def note_outcomes(tx: Tx, stop_id: str, outcomes: Sequence[Outcome]) -> None:
    """Write all outcomes of a stop; a second one of an appointment is refused by its key."""
    values = {
        "stop": stop_id,
        "ids": [one.patient.appointment_id for one in outcomes],
        "outcomes": [one.kind for one in outcomes],
        "were": [one.patient.state.value for one in outcomes],
        "replaced_by": [one.replaced_by for one in outcomes],
        "refunds": [one.refund for one in outcomes],
    }
    changed(tx, _WRITE, values)


def recorded(tx: Tx, session_id: str) -> Stopped:
    """What became of a session.

    Raises:
        DomainError: SESSION_UNKNOWN.
    """
    found = row(tx, _SESSION, {"session": session_id})
    if found is None:
        raise SESSION_UNKNOWN()
    counts: Counter[str] = Counter()
    refund = 0
    for kind, count, sum_ in rows(tx, _COUNTS, {"stop": found[3]}):
        counts[kind] = count
        refund += sum_
    return Stopped(
        session_id=found[0],
        external_id=found[1],
        state=found[2],
        stop_id=found[3],
        reason=found[4],
        at=found[5],
        replanned=counts[REPLANNED],
        cancelled=counts[CANCELLED],
        released=counts[RELEASED],
        refund=refund,
    )
