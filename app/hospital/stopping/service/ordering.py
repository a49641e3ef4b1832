"""Which sessions a call means: all are known before the first is called off."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from app.core.database import Database
from app.hospital.errors import SESSION_UNKNOWN
from app.hospital.stopping.errors import STOP_TOO_MANY

MOST_SESSIONS: Final = 60
_NAMED: Final = """
SELECT id, external_id FROM clinic_sessions
WHERE hospital_id = %(hospital)s AND (id = ANY(%(names)s) OR external_id = ANY(%(names)s))
"""
_OF_DOCTOR: Final = """
SELECT s.id FROM clinic_sessions s JOIN practitioners p ON p.id = s.practitioner_id
WHERE s.hospital_id = %(hospital)s AND (p.id = %(doctor)s OR p.external_id = %(doctor)s)
  AND s.day = ANY(%(days)s) AND s.state <> 'CLOSED'
ORDER BY s.starts_at, s.id LIMIT %(most)s
"""


class SessionsMeant:
    """Finds a hospital's sessions by its own ids or ours."""

    def __init__(self, *, database: Database) -> None:
        """Take the database."""
        self._database = database

    def named(self, hospital_id: str, names: Sequence[str]) -> list[str]:
        """The ids of sessions, each once, in the order they were named.

        Raises:
            DomainError: SESSION_UNKNOWN with a pointer to the name.
        """
        values = {"hospital": hospital_id, "names": list(names)}
        known: dict[str, str] = {}
        for session_id, external_id in self._database.look(_NAMED, values):
            known[session_id] = session_id
            known.setdefault(external_id, session_id)
        for n, name in enumerate(names):
            if name not in known:
                raise SESSION_UNKNOWN(pointer=f"/session_ids/{n}")
        return list(dict.fromkeys(known[name] for name in names))

    def of_doctor(self, hospital_id: str, doctor: str, days: Sequence[date]) -> list[str]:
        """The ids of a doctor's sessions on some days, the earliest first; those over left out.

        Raises:
            DomainError: SESSION_UNKNOWN: there is none; STOP_TOO_MANY.
        """
        values = {
            "hospital": hospital_id,
            "doctor": doctor,
            "days": list(days),
            "most": MOST_SESSIONS + 1,
        }
        found = [str(one[0]) for one in self._database.look(_OF_DOCTOR, values)]
        if not found:
            raise SESSION_UNKNOWN(pointer="/doctor")
        if len(found) > MOST_SESSIONS:
            raise STOP_TOO_MANY(pointer="/days")
        return found
