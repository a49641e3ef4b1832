"""A hospital reads its appointments; each look at a patient's is written into their log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from app.audit import actions
from app.audit.service import AccessLog, Actor
from app.core.access.principals import Terminal
from app.core.database import Database
from app.core.statements import Row, Tx, rows
from app.hospital.fhir.errors import FHIR_RESOURCE_UNKNOWN
from app.hospital.fhir.ports import Patients
from app.hospital.fhir.service.dates import Span
from app.hospital.fhir.service.mapping import NAMED, states_of
from app.hospital.fhir.service.rows import OF_PLACE, PLACE, WIDTH, place_of
from app.hospital.fhir.service.schedules import Page, paged
from app.hospital.fhir.service.views import AppointmentView, Found
from app.hospital.states import AppointmentState

PURPOSE: Final = "01101"
_APPOINTMENT: Final = (
    f"SELECT {PLACE}, a.id, a.unit_id, u.number, a.state, a.sequence, a.starts_at, "  # noqa: S608
    "a.ends_at, a.deadline, a.created_at, a.state_changed_at, a.person_id "
    "FROM appointments a JOIN clinic_sessions s ON s.id = a.session_id "
    f"JOIN slot_units u ON u.id = a.unit_id {OF_PLACE}"
)
_SEARCH: Final = f"""{_APPOINTMENT}
WHERE a.hospital_id = %(hospital)s AND a.day BETWEEN %(first)s AND %(last)s
  AND a.starts_at < %(until)s AND a.ends_at > %(since)s
  AND (%(states)s::varchar[] IS NULL OR a.state = ANY(%(states)s))
  AND (%(actor)s::varchar IS NULL OR p.external_id = %(actor)s)
  AND (%(cursor)s::varchar IS NULL OR (a.day, a.id) > (
    SELECT day, id FROM appointments WHERE id = %(cursor)s))
ORDER BY a.day, a.id LIMIT %(limit)s
"""  # noqa: S608 - our own words
_ONE: Final = _APPOINTMENT + "WHERE a.hospital_id = %(hospital)s AND a.id = %(id)s"
_LIVE: Final = frozenset({AppointmentState.OFFERED, AppointmentState.PENDING_PAYMENT})


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Which appointments."""

    span: Span
    status: Sequence[str] = ()
    """In FHIR's words; none: all."""
    actor: str | None = None
    """The hospital's own id of a doctor."""


class AppointmentReading:
    """Reads appointments; each hospital its own alone."""

    def __init__(self, *, database: Database, accesses: AccessLog, patients: Patients) -> None:
        """Take the ports."""
        self._database = database
        self._accesses = accesses
        self._patients = patients

    def page(
        self, terminal: Terminal, hospital_id: str, wish: Wish, page: Page
    ) -> Found[AppointmentView]:
        """Appointments of some days, by day and then as they were made."""
        states = [state.value for one in wish.status for state in states_of(one)]
        values = {
            "hospital": hospital_id,
            "first": wish.span.first,
            "last": wish.span.last,
            "since": wish.span.since,
            "until": wish.span.until,
            "states": states if wish.status else None,
            "actor": wish.actor,
            "cursor": page.cursor,
            "limit": page.limit + 1,
        }
        with self._database.direct() as tx:
            found = rows(tx, _SEARCH, values)
            self._note(terminal, found[: page.limit])
            return paged(found, page, lambda row: self._view(row, terminal), lambda one: one.id)

    def one(
        self, terminal: Terminal, hospital_id: str, appointment_id: str | None
    ) -> AppointmentView:
        """One appointment.

        Raises:
            DomainError: FHIR_RESOURCE_UNKNOWN, the same for another hospital's.
        """
        with self._database.direct() as tx:
            return self.within(tx, terminal, hospital_id, appointment_id)

    def within(
        self, tx: Tx, terminal: Terminal, hospital_id: str, appointment_id: str | None
    ) -> AppointmentView:
        """The same in a transaction under way."""
        found = rows(tx, _ONE, {"hospital": hospital_id, "id": appointment_id})
        if not found:
            raise FHIR_RESOURCE_UNKNOWN()
        self._note(terminal, found)
        return self._view(found[0], terminal)

    def _note(self, terminal: Terminal, found: Sequence[Row]) -> None:
        """One line for each patient, however many appointments were read."""
        named: dict[str, bool] = {}
        for row in found:
            state, person = AppointmentState(row[WIDTH + 3]), row[WIDTH + 10]
            named[person] = named.get(person, False) or state in NAMED
        for person, seen in named.items():
            self._accesses.record(
                person_id=person,
                actor=Actor(kind="terminal", id=terminal.terminal_id, name=terminal.merchant_name),
                action=actions.APPOINTMENT_READ,
                purpose=PURPOSE,
                fields=("appointment", "name") if seen else ("appointment",),
            )

    def _view(self, row: Row, terminal: Terminal) -> AppointmentView:
        own, unit, number, told, sequence, starts_at, ends_at = row[WIDTH : WIDTH + 7]
        deadline, created_at, changed_at, person = row[WIDTH + 7 :]
        state, patients = AppointmentState(told), self._patients
        return AppointmentView(
            id=own,
            place=place_of(row),
            unit_id=unit,
            number=number,
            state=state,
            sequence=sequence,
            starts_at=starts_at,
            ends_at=ends_at,
            deadline=deadline if state in _LIVE else None,
            created_at=created_at,
            changed_at=changed_at,
            alias=patients.alias(person, terminal.merchant_id),
            name=patients.masked_name(person) if state in NAMED else None,
        )
