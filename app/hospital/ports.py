"""What appointments need of others: the rules, conduct, the waitlist."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from app.core.statements import Tx
from app.hospital.policy import BookingPolicy


class Rules(Protocol):
    """The rules of booking of each hospital."""

    def for_hospital(self, hospital_id: str) -> BookingPolicy:
        """The policy in force now: the hospital's own, or else the city's."""
        ...


class Succession(Protocol):
    """Who comes next for a place: the waitlist."""

    def vacated(self, tx: Tx, unit_id: str, session_id: str, now: datetime) -> None:
        """Let the waitlist have a place that was left free, in the transaction that freed it.

        Called after the place is FREE and before anybody else can see that it is. The place may
        still be FREE afterwards: nobody waited for it.
        """
        ...


class Conduct(Protocol):
    """How people have kept their appointments."""

    def may_book(self, tx: Tx, person_id: str, hospital_id: str, now: datetime) -> None:
        """Refuse a person who is restricted.

        Raises:
            DomainError: they are; with `retry_after` or a member that says until when.
        """
        ...

    def cancelled_late(self, tx: Tx, appointment_id: str, person_id: str, now: datetime) -> None:
        """Count a cancellation after its deadline."""
        ...

    def no_show(self, tx: Tx, appointment_id: str, person_id: str, now: datetime) -> None:
        """Count an appointment that nobody came to."""
        ...
