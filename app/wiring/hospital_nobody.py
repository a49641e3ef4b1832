"""What stands in for parts of the hospital service that are not there."""

from __future__ import annotations

from datetime import datetime

from app.core.statements import Tx
from app.hospital.policy import CITY, BookingPolicy


class CityRules:
    """The city's rules for every hospital (`app.hospital.ports.Rules`)."""

    def for_hospital(self, _hospital_id: str) -> BookingPolicy:
        """The city's."""
        return CITY


class NobodyWaits:
    """No waitlist (`app.hospital.ports.Succession`)."""

    def vacated(self, _tx: Tx, _unit_id: str, _session_id: str, _now: datetime) -> None:
        """Leave the place free."""


class NothingCounts:
    """No points (`app.hospital.ports.Conduct`)."""

    def may_book(self, _tx: Tx, _person_id: str, _hospital_id: str, _now: datetime) -> None:
        """Everybody may."""

    def cancelled_late(
        self, _tx: Tx, _appointment_id: str, _person_id: str, _now: datetime
    ) -> None:
        """Count nothing."""

    def no_show(self, _tx: Tx, _appointment_id: str, _person_id: str, _now: datetime) -> None:
        """Count nothing."""


class NoQueue:
    """No rush (`app.hospital.ports.Admissions`)."""

    def require(
        self, _tx: Tx, _person_id: str, _session_id: str, _ticket: str | None, _now: datetime
    ) -> bool:
        """Ask for nothing."""
        return False
