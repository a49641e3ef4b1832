"""Printing the slip of an appointment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from app.audit import actions
from app.audit.service import AccessLog, Actor
from app.core.access.principals import Citizen
from app.core.clock import Clock
from app.core.database import Database
from app.core.statements import row
from app.hospital.errors import APPOINTMENT_UNKNOWN
from app.hospital.slips.errors import SLIP_NOT_BOOKED
from app.hospital.slips.ports import Agents, Patients, SlipPrinter
from app.hospital.slips.service.codes import SlipCodes
from app.hospital.states import AppointmentState

PURPOSE: Final = "01101"
_PRINTED: Final = (AppointmentState.BOOKED, AppointmentState.ARRIVED)
_READ: Final = """
SELECT a.person_id, a.mandate_id, a.state, a.sequence, a.starts_at, a.ends_at, a.fee, u.number,
  h.name, c.name, c.address, d.name, p.name, p.title
FROM appointments AS a
JOIN hospitals AS h ON h.id = a.hospital_id
JOIN departments AS d ON d.id = a.department_id JOIN campuses AS c ON c.id = d.campus_id
JOIN practitioners AS p ON p.id = a.practitioner_id
JOIN slot_units AS u ON u.id = a.unit_id
WHERE a.id = %(id)s AND (a.person_id = %(me)s
  OR (a.agent_id = %(me)s AND a.mandate_id = ANY(%(mandates)s)))
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Printed:
    """An appointment as it is printed."""

    person_id: str
    mandate_id: str | None
    state: str
    sequence: int
    starts_at: datetime
    ends_at: datetime
    fee: int
    number: int
    hospital: str
    campus: str
    address: str
    department: str
    practitioner: str
    title: str


class SlipPrinting:
    """Prints slips. The page is laid out when the transaction that read is over."""

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        accesses: AccessLog,
        agents: Agents,
        patients: Patients,
        printer: SlipPrinter,
        codes: SlipCodes,
    ) -> None:
        """Take the ports."""
        self._database = database
        self._clock = clock
        self._accesses = accesses
        self._agents = agents
        self._patients = patients
        self._printer = printer
        self._codes = codes

    def slip(self, citizen: Citizen, appointment_id: str) -> bytes:
        """The slip of an appointment of the caller's, or one they made by a mandate that stands.

        1. The appointment is theirs to see.
        2. It is booked; what moved on has no slip.
        3. The patient's log says that it was read.

        Raises:
            DomainError: APPOINTMENT_UNKNOWN; SLIP_NOT_BOOKED; BUSY.
        """
        with self._database.direct() as tx:
            mandates = sorted(self._agents.held_by(tx, citizen.person_id))
            values = {"id": appointment_id, "me": citizen.person_id, "mandates": mandates}
            found = row(tx, _READ, values)
            if found is None:  # 1
                raise APPOINTMENT_UNKNOWN()
            one = _Printed(**dict(zip(_Printed.__dataclass_fields__, found, strict=True)))
            if one.state not in _PRINTED:  # 2
                raise SLIP_NOT_BOOKED()
            self._note(citizen, one)  # 3
        return self._printer.slip(
            self._facts(appointment_id, one),
            number=one.number,
            window=(one.starts_at, one.ends_at),
            code=self._codes.write(appointment_id, one.sequence),
            made_at=self._clock.now(),
        )

    def _facts(self, appointment_id: str, one: _Printed) -> dict[str, str]:
        return {
            "patient": self._patients.masked_name(one.person_id),
            "hospital": one.hospital,
            "place": f"{one.campus} {one.address}",
            "department": one.department,
            "doctor": f"{one.practitioner} {one.title}",
            "fee": f"{one.fee // 100}.{one.fee % 100:02}",
            "appointment": appointment_id,
        }

    def _note(self, citizen: Citizen, one: _Printed) -> None:
        own = one.person_id == citizen.person_id
        actor = (
            Actor(kind="self", id=citizen.thumbprint, name="本人")
            if own
            else Actor(kind="family", id=str(one.mandate_id), name="亲属")
        )
        self._accesses.record(
            person_id=one.person_id,
            actor=actor,
            action=actions.APPOINTMENT_READ,
            purpose=PURPOSE,
            fields=("appointment",),
        )
