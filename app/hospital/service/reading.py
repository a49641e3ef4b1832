"""Looking at appointments: what patients, and those who act for them, see."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from app.audit import actions
from app.audit.service import AccessLog, Actor
from app.core.access.principals import Citizen
from app.core.database import Database
from app.core.statements import Row, Tx, row, rows
from app.hospital.errors import APPOINTMENT_UNKNOWN
from app.hospital.ports import Mandates, Rules
from app.hospital.service.booking.acting import PURPOSE
from app.hospital.service.local import free_until

_SEEN: Final = """
SELECT a.id, a.person_id, a.mandate_id, a.hospital_id, h.name, c.name, c.address, d.id, d.name,
  p.id, p.name, p.title, s.id, s.half_day, s.fee_class, u.number, a.day, a.starts_at, a.ends_at,
  a.state, a.source, a.fee, a.deadline, a.consent, a.replaces, a.sequence, a.called_at,
  a.room, a.created_at, a.state_changed_at, f.state, f.settlement_id,
  EXISTS (SELECT FROM stop_outcomes AS o WHERE o.replaced_by = a.id)
FROM appointments AS a
JOIN hospitals AS h ON h.id = a.hospital_id
JOIN departments AS d ON d.id = a.department_id JOIN campuses AS c ON c.id = d.campus_id
JOIN practitioners AS p ON p.id = a.practitioner_id
JOIN clinic_sessions AS s ON s.id = a.session_id
JOIN slot_units AS u ON u.id = a.unit_id
LEFT JOIN LATERAL (
  SELECT fee.state, fee.settlement_id FROM appointment_fees AS fee
  WHERE fee.appointment_id = a.id ORDER BY fee.state = 'DROPPED', fee.id DESC LIMIT 1
) AS f ON true
"""
_MINE: Final = """
(a.person_id = %(me)s OR (a.agent_id = %(me)s AND a.mandate_id = ANY(%(mandates)s)))
"""
_ONE: Final = f"{_SEEN} WHERE a.id = %(id)s AND {_MINE}"
_ANY: Final = f"{_SEEN} WHERE a.id = %(id)s"
_PAGE: Final = f"""
{_SEEN} WHERE {_MINE} AND (%(before)s::varchar IS NULL OR a.id < %(before)s)
ORDER BY a.id DESC LIMIT %(limit)s
"""
_EVENTS: Final = """
SELECT sequence, kind, at, actor, detail FROM appointment_events
WHERE appointment_id = %(id)s ORDER BY sequence
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """An appointment with the names that belong to it."""

    id: str
    person_id: str
    mandate_id: str | None
    """By which somebody else made it."""
    hospital_id: str
    hospital: str
    campus: str
    address: str
    department_id: str
    department: str
    practitioner_id: str
    practitioner: str
    title: str
    session_id: str
    half_day: str
    fee_class: str
    number: int
    """In the queue."""
    day: date
    starts_at: datetime
    ends_at: datetime
    state: str
    source: str
    fee: int
    """Fen."""
    deadline: datetime | None
    """Until when it must be paid, or the offer taken."""
    consent: str
    replaces: str | None
    sequence: int
    called_at: datetime | None
    """When the hospital called the person in; None: not yet, or they were passed over."""
    room: str | None
    """Into which."""
    created_at: datetime
    state_changed_at: datetime
    fee_state: str | None
    """Of the last attempt to pay; None: there was none."""
    settlement_id: str | None
    put_there: bool
    """By a hospital that called off the session it replaces."""
    free_until: datetime
    """Until when cancelling costs nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing that happened to an appointment."""

    sequence: int
    kind: str
    at: datetime
    actor: str
    detail: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenPage:
    """Some appointments, newest first, and the cursor of the next page."""

    items: Sequence[Seen]
    next: str | None


class AppointmentReading:
    """Reads appointments."""

    def __init__(
        self, *, database: Database, accesses: AccessLog, mandates: Mandates, rules: Rules
    ) -> None:
        """Take the ports."""
        self._database = database
        self._accesses = accesses
        self._mandates = mandates
        self._rules = rules

    def one(self, citizen: Citizen, appointment_id: str) -> Seen:
        """An appointment of the caller's, or one they made by a mandate that stands.

        Raises:
            DomainError: APPOINTMENT_UNKNOWN.
        """
        with self._database.direct() as tx:
            found = row(tx, _ONE, {"id": appointment_id, **self._me(tx, citizen)})
            if found is None:
                raise APPOINTMENT_UNKNOWN()
            seen = self._seen(found)
            self._note(citizen, [seen])
        return seen

    def events(self, appointment_id: str) -> Sequence[Event]:
        """What happened to an appointment that was read."""
        found = self._database.look(_EVENTS, {"id": appointment_id})
        return [
            Event(sequence=n, kind=kind, at=at, actor=actor, detail=detail)
            for n, kind, at, actor, detail in found
        ]

    def page(self, citizen: Citizen, *, before: str | None, limit: int) -> SeenPage:
        """The caller's appointments and those they made for others, newest first.

        Args:
            citizen: the caller.
            before: cursor: the last id of the page before.
            limit: appointments a page.
        """
        with self._database.direct() as tx:
            values = {"before": before, "limit": limit + 1, **self._me(tx, citizen)}
            found = [self._seen(one) for one in rows(tx, _PAGE, values)]
            self._note(citizen, found[:limit])
        return SeenPage(
            items=found[:limit], next=found[limit - 1].id if len(found) > limit else None
        )

    def acted(self, appointment_id: str) -> Seen:
        """An appointment for whoever has just acted on it: they may, and it is written down."""
        (found,) = self._database.look(_ANY, {"id": appointment_id})
        return self._seen(found)

    def _me(self, tx: Tx, citizen: Citizen) -> dict[str, object]:
        held = self._mandates.held_by(tx, citizen.person_id)
        return {"me": citizen.person_id, "mandates": sorted(held)}

    def _seen(self, found: Row) -> Seen:
        names = [name for name in Seen.__dataclass_fields__ if name != "free_until"]
        values = dict(zip(names, found, strict=True))
        free = free_until(
            self._rules.for_hospital(values["hospital_id"]),
            fee_class=values["fee_class"],
            day=values["day"],
            starts_at=values["starts_at"],
            put_there=values["put_there"],
        )
        return Seen(**values, free_until=free)

    def _note(self, citizen: Citizen, seen: Iterable[Seen]) -> None:
        """A row in the log of each patient whose appointments were looked at."""
        mandates = {one.person_id: one.mandate_id for one in seen}
        own = Actor(kind="self", id=citizen.thumbprint, name="本人")
        for person_id, mandate_id in mandates.items():
            if person_id == citizen.person_id:
                self._record(person_id, own)
            else:
                self._record(person_id, Actor(kind="family", id=str(mandate_id), name="亲属"))

    def _record(self, person_id: str, by: Actor) -> None:
        self._accesses.record(
            person_id=person_id,
            actor=by,
            action=actions.APPOINTMENT_READ,
            purpose=PURPOSE,
            fields=("appointment",),
        )
