"""What appointments need of others: the rules, the rush, conduct, the waitlist, fees, mandates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from app.core.access.principals import Citizen, Terminal
from app.core.statements import Tx
from app.hospital.policy import BookingPolicy


class Rules(Protocol):
    """The rules of booking of each hospital."""

    def for_hospital(self, hospital_id: str) -> BookingPolicy:
        """The policy in force now: the hospital's own, or else the city's."""
        ...


class Patients(Protocol):
    """What patients are called; the identity service implements it, through wiring."""

    def masked_name(self, person_id: str) -> str:
        """A name fit to be seen on a screen of the hospital."""
        ...


class Succession(Protocol):
    """Who comes next for a place: the waitlist."""

    def vacated(self, tx: Tx, unit_id: str, session_id: str, now: datetime) -> None:
        """Let the waitlist have a place that was left free, in the transaction that freed it.

        Called when the place is FREE and nobody else can see yet that it is. It may still be FREE
        afterwards: nobody waited for it.
        """
        ...


class Conduct(Protocol):
    """How people have kept their appointments."""

    def may_book(self, tx: Tx, person_id: str, hospital_id: str, now: datetime) -> None:
        """Refuse a person who is restricted.

        Raises:
            DomainError: they are.
        """
        ...

    def cancelled_late(self, tx: Tx, appointment_id: str, person_id: str, now: datetime) -> None:
        """Count a cancellation after its deadline."""
        ...

    def no_show(self, tx: Tx, appointment_id: str, person_id: str, now: datetime) -> None:
        """Count an appointment that nobody came to."""
        ...


class Admissions(Protocol):
    """Who may hold a place of a session that many want at once: the rush."""

    def require(
        self, tx: Tx, person_id: str, session_id: str, ticket: str | None, now: datetime
    ) -> bool:
        """Use an admission up where the session asks for one, in the transaction that holds.

        `person_id` is who asks and stood in line, also where they act for somebody else.

        Returns:
            True where an admission was used; False where the session asks for none.

        Raises:
            DomainError: the session asks for one, and the person has none.
        """
        ...


class Standing(StrEnum):
    """How the payment of a fee stands."""

    NONE = "NONE"
    """Nothing was asked for under its name, and whoever asks later is told the same."""
    UNDER_WAY = "UNDER_WAY"
    """Its cash part waits for the person, or for the payment provider."""
    PAID = "PAID"
    FAILED = "FAILED"
    """It was refused, or undone before anything was paid."""
    RETURNED = "RETURNED"
    """It was paid, and all of it went back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """A fee that somebody owes a hospital."""

    fee_id: str
    """Names the payment: however often it is asked for, it is made once."""
    hospital_id: str
    item_code: str
    """Of the fee, in the catalogue of what insurance pays."""
    amount: int
    """Fen, above 0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """What is known of a fee's payment."""

    standing: Standing
    settlement_id: str | None = None
    """What the person finds it by among their purchases."""
    cash_order_id: str | None = None
    """The order for the cash part, where it waits for the person."""


class Fees(Protocol):
    """Fees, paid as every purchase is; the settlement implements it, through the wiring.

    Called outside of transactions: each call is made of transactions of its own.
    """

    def pay(self, citizen: Citizen, bill: Bill, *, mandate_id: str | None) -> Payment:
        """Pay a fee by the card on the caller's phone, or tell how the payment stands.

        Args:
            citizen: who pays.
            bill: what for.
            mandate_id: by which they pay from the patient's card; None: they are the patient.

        Raises:
            DomainError: nothing was paid; the same call may be made again.
        """
        ...

    def look(self, bill: Bill, *, fence: bool) -> Payment:
        """How a payment stands.

        Args:
            bill: whose.
            fence: make sure that nothing can be paid under its name any more, where nothing was.
        """
        ...

    def give_back(self, bill: Bill, settlement_id: str) -> Payment:
        """Give a fee back that was paid, or tell that it went back already.

        Raises:
            DomainError: it could not be now; the same call may be made again.
        """
        ...


class Represented(Protocol):
    """A patient somebody acts for."""

    @property
    def principal_id(self) -> str:
        """The patient."""
        ...

    @property
    def agent_name(self) -> str:
        """Masked, as the patient's log names who acts."""
        ...


class Mandates(Protocol):
    """Family mandates for registration at hospitals; the family service implements it."""

    def represent(self, tx: Tx, *, mandate_id: str, agent_id: str) -> Represented:
        """The patient somebody may act for; the mandate stays until the transaction ends.

        Both people's logs say so.

        Raises:
            DomainError: MANDATE_NOT_YOURS, _REVOKED, _EXPIRED, _PURPOSE or _MERCHANT.
        """
        ...

    def held_by(self, tx: Tx, agent_id: str) -> frozenset[str]:
        """The mandates by which somebody may act for others now."""
        ...


class Codes(Protocol):
    """The card's codes at a desk or kiosk; the card implements it, through the wiring."""

    def read(self, terminal: Terminal, code: str) -> str:
        """Use a code of the purpose registration up; returns the id of whose card it is.

        Called outside of transactions: the code is used up whatever comes of it.

        Raises:
            DomainError: what `CodeDecoding.decode` refuses, with the member `action`.
        """
        ...
