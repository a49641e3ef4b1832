"""What stands in for the rules and the waitlist."""

from __future__ import annotations

from datetime import datetime

from app.core.statements import Tx
from app.hospital.policy import CITY, BookingPolicy


class CityRules:
    def for_hospital(self, _hospital_id: str) -> BookingPolicy:
        return CITY


class NobodyWaits:
    def vacated(self, _tx: Tx, _unit_id: str, _session_id: str, _now: datetime) -> None:
        pass
