"""What a hospital asks about has to be its own; what is another's is as unknown as nothing."""

from __future__ import annotations

from typing import Final

from app.core.errors import ErrorKind
from app.core.statements import Tx, row
from app.hospital.errors import APPOINTMENT_UNKNOWN, SESSION_UNKNOWN

_SESSION: Final = "SELECT FROM clinic_sessions WHERE id = %(id)s AND hospital_id = %(hospital)s"
_APPOINTMENT: Final = "SELECT FROM appointments WHERE id = %(id)s AND hospital_id = %(hospital)s"


def require_session(tx: Tx, session_id: str, hospital_id: str) -> None:
    """Refuse a session that is not the hospital's.

    Raises:
        DomainError: SESSION_UNKNOWN.
    """
    _require(tx, _SESSION, session_id, hospital_id, SESSION_UNKNOWN)


def require_appointment(tx: Tx, appointment_id: str, hospital_id: str) -> None:
    """Refuse an appointment that is not the hospital's.

    Raises:
        DomainError: APPOINTMENT_UNKNOWN.
    """
    _require(tx, _APPOINTMENT, appointment_id, hospital_id, APPOINTMENT_UNKNOWN)


def _require(tx: Tx, statement: str, one: str, hospital_id: str, unknown: ErrorKind) -> None:
    if row(tx, statement, {"id": one, "hospital": hospital_id}) is None:
        raise unknown()
