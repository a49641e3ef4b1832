"""Calling sessions off, and what it asks of rules, fees, and whoever else keeps a session."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from app.core.statements import Tx
from app.hospital.policy import CITY, BookingPolicy
from app.hospital.service.directory import HospitalDirectory
from app.hospital.stopping.ports import Fees, Watcher
from app.hospital.stopping.service.ordering import SessionsMeant
from app.hospital.stopping.service.previewing import StopPreview
from app.hospital.stopping.service.reading import StopReading
from app.hospital.stopping.service.stopping import ClinicStopping
from app.wiring.infrastructure import Infrastructure


class CityRules:
    """The city's rules for every hospital (`app.hospital.stopping.ports.Rules`)."""

    def for_hospital(self, hospital_id: str) -> BookingPolicy:  # noqa: ARG002 - the port's
        """The same for all."""
        return CITY


class NoFees:
    """No fee is ever paid (`app.hospital.stopping.ports.Fees`)."""

    def refund(self, tx: Tx, appointment_id: str, now: datetime) -> int:  # noqa: ARG002
        """Nothing goes back."""
        return 0

    def carry_over(self, tx: Tx, old_id: str, new_id: str, now: datetime) -> None:
        """Nothing counts."""


def build_stopping(
    shared: Infrastructure, *, fees: Fees | None = None, watchers: Sequence[Watcher] = ()
) -> dict[type, object]:
    """Calling off, trying it, and reading what became of it.

    Args:
        shared: what every service stands on.
        fees: of appointments; None: none is ever paid.
        watchers: who else keeps something about a session.
    """
    database, clock, rules = shared.database, shared.clock, CityRules()
    return {
        HospitalDirectory: HospitalDirectory(database=database),
        SessionsMeant: SessionsMeant(database=database),
        ClinicStopping: ClinicStopping(
            database=database,
            clock=clock,
            rules=rules,
            fees=fees or NoFees(),
            watchers=watchers,
        ),
        StopPreview: StopPreview(database=database, clock=clock, rules=rules),
        StopReading: StopReading(database=database),
    }
