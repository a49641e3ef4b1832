"""What calling a session off needs of others."""

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


class Fees(Protocol):
    """Fees that were paid for appointments.

    Both calls note what is to be done, in the transaction at hand; money moves after it. The
    places are locked, then the appointment; fees come last.
    """

    def refund(self, tx: Tx, appointment_id: str, now: datetime) -> int:
        """Have the whole fee go back; what is on its way goes back when it arrives.

        Returns:
            Fen that were paid; 0 where nothing was, or not yet.
        """
        ...

    def carry_over(self, tx: Tx, old_id: str, new_id: str, now: datetime) -> None:
        """Have what was paid for one appointment count for the one that replaces it."""
        ...


class Watcher(Protocol):
    """Whoever else keeps something about a session: waitlist entries, releases, points."""

    def session_stopped(self, tx: Tx, session_id: str, now: datetime) -> None:
        """Let go of it, in the transaction that calls the session off.

        All places of the session are locked, and blocked already.
        """
        ...
