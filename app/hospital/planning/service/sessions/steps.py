"""What a hospital does with single sessions: publish one, put another doctor into it."""

from __future__ import annotations

from typing import Final

from app.core.clock import Clock
from app.core.database import Database
from app.core.statements import Tx, changed, row
from app.hospital.errors import SESSION_UNKNOWN
from app.hospital.planning.errors import (
    PRACTITIONER_NOT_KNOWN,
    SESSION_ENDED,
    SESSION_HAS_APPOINTMENTS,
)
from app.hospital.planning.service.sessions.standing import Standing, standing
from app.hospital.planning.service.sessions.writing import publish
from app.hospital.states import SessionState

_EXTERNAL: Final = """
SELECT external_id FROM clinic_sessions
WHERE hospital_id = %(hospital)s AND (external_id = %(id)s OR id = %(id)s)
ORDER BY external_id = %(id)s DESC LIMIT 1
"""
_PRACTITIONER: Final = """
SELECT id FROM practitioners
WHERE hospital_id = %(hospital)s AND external_id = %(id)s AND state = 'ACTIVE'
"""
_SUBSTITUTE: Final = """
UPDATE clinic_sessions SET practitioner_id = %(practitioner)s WHERE id = %(session)s
"""
_OPEN: Final = frozenset({SessionState.DRAFT, SessionState.PUBLISHED})


class SessionSteps:
    """Takes them."""

    def __init__(self, *, database: Database, clock: Clock) -> None:
        """Take the ports."""
        self._database = database
        self._clock = clock

    def publish(self, hospital_id: str, session_id: str) -> str:
        """Let everybody see a draft; one that is published stays so. Returns our id of it.

        Args:
            hospital_id: whose.
            session_id: ours, or the hospital's own.

        Raises:
            DomainError: SESSION_UNKNOWN or SESSION_ENDED.
        """
        with self._database.direct() as tx:
            there = self._open(tx, hospital_id, session_id)
            if there.state == SessionState.DRAFT:
                publish(tx, there.id, self._clock.now())
        return there.id

    def substitute(self, hospital_id: str, session_id: str, practitioner: str) -> str:
        """Put another doctor into a session nobody has a place in. Returns our id of it.

        Its hospital's next file does not undo it unless it says something else of the session.

        Args:
            hospital_id: whose.
            session_id: ours, or the hospital's own.
            practitioner: the hospital's own id of whoever takes over.

        Raises:
            DomainError: SESSION_UNKNOWN, SESSION_ENDED, PRACTITIONER_NOT_KNOWN or
                SESSION_HAS_APPOINTMENTS.
        """
        with self._database.direct() as tx:
            there = self._open(tx, hospital_id, session_id)
            found = row(tx, _PRACTITIONER, {"hospital": hospital_id, "id": practitioner})
            if found is None:
                raise PRACTITIONER_NOT_KNOWN(pointer="/practitioner")
            if found[0] == there.practitioner_id:
                return there.id
            if there.live:
                raise SESSION_HAS_APPOINTMENTS(pointer="/practitioner")
            changed(tx, _SUBSTITUTE, {"practitioner": found[0], "session": there.id})
        return there.id

    def _open(self, tx: Tx, hospital_id: str, session_id: str) -> Standing:
        """The session under lock."""
        named = row(tx, _EXTERNAL, {"hospital": hospital_id, "id": session_id})
        if named is None:
            raise SESSION_UNKNOWN()
        there = standing(tx, hospital_id=hospital_id, external_id=named[0], lock=True)
        if there is None:
            raise SESSION_UNKNOWN()
        if there.state not in _OPEN or there.ends_at <= self._clock.now():
            raise SESSION_ENDED()
        return there
