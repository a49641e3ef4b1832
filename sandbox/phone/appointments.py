"""What the phone shows of finding and booking a place at a hospital. Money is whole fen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A doctor's half-day that was found."""

    id: str
    hospital: str
    department: str
    practitioner: str
    starts_at: str
    fee: int
    free: int
    """Public places nobody has taken."""
    is_open: bool
    """Whether it can be booked now."""

    @classmethod
    def from_json(cls, reply: Mapping[str, Any]) -> Self:
        """Read one entry of a search."""
        return cls(
            id=reply["id"],
            hospital=reply["hospital"]["name"],
            department=reply["department"]["name"],
            practitioner=reply["practitioner"]["name"],
            starts_at=reply["starts_at"],
            fee=reply["fee"],
            free=reply["free"],
            is_open=reply["open"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Appointment:
    """A place that somebody has."""

    id: str
    status: str
    department: str
    number: int
    """The queue number."""
    fee: int

    @classmethod
    def from_json(cls, reply: Mapping[str, Any]) -> Self:
        """Read an appointment."""
        return cls(
            id=reply["id"],
            status=reply["status"],
            department=reply["department"],
            number=reply["number"],
            fee=reply["fee"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class FeePayment:
    """What came of paying a fee."""

    appointment: Appointment
    cash_order_id: str | None
    """The order for the cash part, where it waits for the person at the payment provider."""

    @classmethod
    def from_json(cls, reply: Mapping[str, Any]) -> Self:
        """Read the answer to a payment."""
        return cls(
            appointment=Appointment.from_json(reply["appointment"]),
            cash_order_id=reply.get("cash_order_id"),
        )
