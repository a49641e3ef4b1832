"""The other parts of the hospital service, as appointments meet them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from app.core.errors import ErrorKind
from app.core.statements import Tx, rows
from app.hospital.policy import BookingPolicy
from tests.app.hospital.city import CITY

RESTRICTED = ErrorKind("RESTRICTED", 403, "限制预约。", "Restricted.")
NO_ADMISSION = ErrorKind("NO_ADMISSION", 403, "请先排队。", "Queue first.")


@dataclass
class FakeParts:
    """Rules, waitlist, conduct and rush in one; remembers what it was told."""

    policy: BookingPolicy = CITY
    restricted: frozenset[str] = frozenset()
    tickets: dict[str, str] = field(default_factory=dict)
    """Sessions with a rush, and the one ticket that is good for each."""
    vacancies: list[tuple[str, str]] = field(default_factory=list)
    """Places and the state they were found in."""
    late: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)

    def for_hospital(self, hospital_id: str) -> BookingPolicy:
        assert hospital_id
        return self.policy

    def vacated(self, tx: Tx, unit_id: str, session_id: str, now: datetime) -> None:
        assert session_id
        assert now.tzinfo
        query = "SELECT state FROM slot_units WHERE id = %(id)s"
        ((state,),) = rows(tx, query, {"id": unit_id})
        self.vacancies.append((unit_id, state))

    def may_book(self, tx: Tx, person_id: str, hospital_id: str, now: datetime) -> None:
        assert rows(tx, "SELECT 1") == [(1,)]
        assert hospital_id
        assert now.tzinfo
        if person_id in self.restricted:
            raise RESTRICTED()

    def cancelled_late(self, tx: Tx, appointment_id: str, person_id: str, now: datetime) -> None:
        assert rows(tx, "SELECT 1") == [(1,)]
        assert person_id
        assert now.tzinfo
        self.late.append(appointment_id)

    def no_show(self, tx: Tx, appointment_id: str, person_id: str, now: datetime) -> None:
        assert rows(tx, "SELECT 1") == [(1,)]
        assert person_id
        assert now.tzinfo
        self.missed.append(appointment_id)

    def require(
        self, tx: Tx, person_id: str, session_id: str, ticket: str | None, now: datetime
    ) -> bool:
        assert rows(tx, "SELECT 1") == [(1,)]
        assert person_id
        assert now.tzinfo
        if session_id not in self.tickets:
            return False
        if ticket != self.tickets[session_id]:
            raise NO_ADMISSION()
        return True
