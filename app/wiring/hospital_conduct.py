"""The rules of booking."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from pathlib import Path

from app.core.statements import Tx
from app.hospital.conduct.rulebook import HOME, RuleBook, Version, read_versions
from app.hospital.ports import Conduct
from app.wiring.infrastructure import Infrastructure


class Unjudged:
    """Nobody's conduct is counted (`app.hospital.ports.Conduct`)."""

    def may_book(self, tx: Tx, person_id: str, hospital_id: str, now: datetime) -> None:
        """Everybody may."""

    def cancelled_late(self, tx: Tx, appointment_id: str, person_id: str, now: datetime) -> None:
        """Nothing is counted."""

    def no_show(self, tx: Tx, appointment_id: str, person_id: str, now: datetime) -> None:
        """Nothing is counted."""


def booking_rules(shared: Infrastructure) -> RuleBook:
    """The rules of booking, of the city and of hospitals that have their own."""
    return RuleBook(_versions(shared.settings.booking_rules or HOME), clock=shared.clock)


def build_conduct(shared: Infrastructure) -> Conduct:
    """How people have kept their appointments."""
    del shared
    return Unjudged()


@cache
def _versions(home: Path) -> tuple[Version, ...]:
    """Read once a process."""
    return read_versions(home)
