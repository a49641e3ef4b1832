"""What is known of a hospital while a file of its is taken in: read once, kept up by each line."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Final

from app.core.database import Database
from app.core.errors import ErrorKind
from app.hospital.planning.errors import (
    CAMPUS_NOT_KNOWN,
    DEPARTMENT_NOT_KNOWN,
    PRACTITIONER_NOT_KNOWN,
)

Row = tuple[object, ...]
_CAMPUSES: Final = """
SELECT external_id, id, name, address, latitude, longitude FROM campuses
WHERE hospital_id = %(hospital)s
"""
_DEPARTMENTS: Final = """
SELECT external_id, id, campus_id, name, state = 'ACTIVE' FROM departments
WHERE hospital_id = %(hospital)s
"""
_PRACTITIONERS: Final = """
SELECT external_id, id, name, title, state = 'ACTIVE' FROM practitioners
WHERE hospital_id = %(hospital)s
"""
_DIGESTS: Final = """
SELECT s.external_id, p.digest
FROM clinic_sessions s JOIN session_plans p ON p.session_id = s.id
WHERE s.hospital_id = %(hospital)s AND s.day >= %(today)s
"""
_UNKNOWN: Final[dict[str, ErrorKind]] = {
    "campus": CAMPUS_NOT_KNOWN,
    "department": DEPARTMENT_NOT_KNOWN,
    "practitioner": PRACTITIONER_NOT_KNOWN,
}


@dataclass(slots=True, kw_only=True)
class Entry:
    """A campus, department or practitioner: our id, and what it says."""

    id: str
    said: Row


@dataclass(slots=True, kw_only=True)
class Known:
    """By the hospital's own ids."""

    hospital_id: str
    campus: dict[str, Entry] = field(default_factory=dict)
    department: dict[str, Entry] = field(default_factory=dict)
    practitioner: dict[str, Entry] = field(default_factory=dict)
    digests: dict[str, str] = field(default_factory=dict)
    """Of the sessions to come, as the hospital said last."""

    def of(self, kind: str) -> dict[str, Entry]:
        """Those of a kind."""
        found: dict[str, Entry] = getattr(self, kind)
        return found

    def id_of(self, kind: str, external_id: str) -> str:
        """Our id.

        Raises:
            DomainError: CAMPUS_NOT_KNOWN, DEPARTMENT_NOT_KNOWN or PRACTITIONER_NOT_KNOWN.
        """
        found = self.of(kind).get(external_id)
        if found is None:
            raise _UNKNOWN[kind](pointer=f"/{kind}")
        return found.id


def known_of(database: Database, hospital_id: str, today: date) -> Known:
    """Read it."""
    names = {"hospital": hospital_id, "today": today}

    def entries(statement: str) -> dict[str, Entry]:
        return {
            str(external): Entry(id=str(own), said=tuple(said))
            for external, own, *said in database.look(statement, names)
        }

    return Known(
        hospital_id=hospital_id,
        campus=entries(_CAMPUSES),
        department=entries(_DEPARTMENTS),
        practitioner=entries(_PRACTITIONERS),
        digests=dict(database.look(_DIGESTS, names)),
    )
