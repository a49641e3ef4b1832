"""A slip at the hospital's desk: is it ours, and is it still how things are?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from app.audit import actions
from app.audit.service import AccessLog, Actor
from app.core.access.principals import Terminal
from app.core.database import Database
from app.core.statements import row
from app.hospital.slips.errors import SLIP_UNKNOWN
from app.hospital.slips.service.codes import SlipCodes
from app.hospital.slips.service.printing import PURPOSE

_READ: Final = """
SELECT a.person_id, a.id, a.state, a.sequence, u.number, d.name, p.name, a.starts_at, a.ends_at,
  s.external_id
FROM appointments AS a
JOIN departments AS d ON d.id = a.department_id
JOIN practitioners AS p ON p.id = a.practitioner_id
JOIN slot_units AS u ON u.id = a.unit_id
JOIN clinic_sessions AS s ON s.id = a.session_id
WHERE a.id = %(id)s AND a.hospital_id = %(hospital)s
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadSlip:
    """The appointment behind a slip, as it stands now. It names nobody."""

    appointment_id: str
    status: str
    current: bool
    """Nothing happened since the slip was printed."""
    number: int
    department: str
    practitioner: str
    starts_at: datetime
    ends_at: datetime
    session: str
    """The hospital's own id."""


class SlipDesk:
    """Reads slips.

    1. The code is ours: compared in constant time.
    2. The appointment is in this hospital; another's is as unknown as a forged one.
    3. The patient's log says who read it.
    """

    def __init__(self, *, database: Database, accesses: AccessLog, codes: SlipCodes) -> None:
        """Take the ports."""
        self._database = database
        self._accesses = accesses
        self._codes = codes

    def read(self, terminal: Terminal, hospital_id: str, code: str) -> ReadSlip:
        """The appointment behind a code.

        Raises:
            DomainError: SLIP_UNKNOWN.
        """
        written = self._codes.read(code)
        if written is None:  # 1
            raise SLIP_UNKNOWN()
        appointment_id, sequence = written
        with self._database.direct() as tx:
            found = row(tx, _READ, {"id": appointment_id, "hospital": hospital_id})
            if found is None:  # 2
                raise SLIP_UNKNOWN()
            person_id, appointment, status, now_at, *others = found
            self._accesses.record(  # 3
                person_id=person_id,
                actor=Actor(kind="terminal", id=terminal.terminal_id, name=terminal.merchant_name),
                action=actions.APPOINTMENT_READ,
                purpose=PURPOSE,
                fields=("appointment",),
            )
        number, department, practitioner, starts_at, ends_at, session = others
        return ReadSlip(
            appointment_id=appointment,
            status=status,
            current=now_at == sequence,
            number=number,
            department=department,
            practitioner=practitioner,
            starts_at=starts_at,
            ends_at=ends_at,
            session=session,
        )
