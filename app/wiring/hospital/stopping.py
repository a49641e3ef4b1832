"""Calling sessions off, and what it asks of rules and fees."""

from __future__ import annotations

from datetime import datetime

from app.core.statements import Tx
from app.hospital.service.fees.rows import carry, owe_back, paid_for
from app.hospital.stopping.service.ordering import SessionsMeant
from app.hospital.stopping.service.previewing import StopPreview
from app.hospital.stopping.service.reading import StopReading
from app.hospital.stopping.service.stopping import ClinicStopping
from app.wiring.hospital.conduct import booking_rules
from app.wiring.hospital.waitlist import build_waitlist_watcher
from app.wiring.infrastructure import Infrastructure


class AppointmentFees:
    """Fees of appointments that a hospital ends (`app.hospital.stopping.ports.Fees`)."""

    def refund(self, tx: Tx, appointment_id: str, now: datetime) -> int:
        """Have the whole fee go back; returns the fen that were paid."""
        paid = paid_for(tx, appointment_id)
        owe_back(tx, appointment_id, now)
        return paid

    def carry_over(self, tx: Tx, old_id: str, new_id: str, now: datetime) -> None:  # noqa: ARG002
        """Have what was paid for one appointment count for the one that replaces it."""
        carry(tx, old_id, new_id)


def build_stopping(shared: Infrastructure) -> dict[type, object]:
    """Calling off, trying it, and reading what became of it."""
    database, clock, rules = shared.database, shared.clock, booking_rules(shared)
    return {
        SessionsMeant: SessionsMeant(database=database),
        ClinicStopping: ClinicStopping(
            database=database,
            clock=clock,
            rules=rules,
            fees=AppointmentFees(),
            watchers=[build_waitlist_watcher()],
        ),
        StopPreview: StopPreview(database=database, clock=clock, rules=rules),
        StopReading: StopReading(database=database),
    }
