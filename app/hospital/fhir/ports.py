"""What the FHIR facade needs of others."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from app.core.access.principals import Terminal
from app.core.statements import Tx
from app.hospital.policy import BookingPolicy


class Presence(Protocol):
    """Somebody who stood before a terminal."""

    @property
    def presentation_id(self) -> str:
        """Of the code that was shown."""
        ...

    @property
    def person_id(self) -> str:
        """Whose card it is: the patient."""
        ...

    @property
    def purpose(self) -> str:
        """A national purpose."""
        ...

    @property
    def mandate_id(self) -> str | None:
        """By which somebody else showed the code, who is `agent_id`."""
        ...

    @property
    def agent_id(self) -> str | None:
        """Who that was."""
        ...


class Presences(Protocol):
    """Believes presence tokens; the card's service implements it."""

    def verify(self, token: str, terminal: Terminal) -> Presence:
        """Tell who was present.

        Raises:
            DomainError: PRESENCE_INVALID, PRESENCE_EXPIRED, CARD_FROZEN, CARD_LOST, CODE_REVOKED.
        """
        ...

    def require_usable(self, tx: Tx, presentation_id: str) -> None:
        """Hold the card of a presentation in its active state until the transaction ends.

        Raises:
            DomainError: CARD_FROZEN, CARD_LOST or CODE_REVOKED.
        """
        ...


class Mandates(Protocol):
    """Family mandates; the family service implements it."""

    def hold(self, tx: Tx, *, mandate_id: str, agent_id: str, purpose: str) -> object:
        """Hold a mandate of this agent for this purpose until the transaction ends.

        Raises:
            DomainError: why it does not count.
        """
        ...


class Patients(Protocol):
    """Patients as a partner may know them; identity and card implement it."""

    def alias(self, person_id: str, merchant_id: str) -> str:
        """The pairwise name of a person at a merchant: the `sub` of their presence tokens."""
        ...

    def masked_name(self, person_id: str) -> str:
        """The family name, the rest hidden."""
        ...


class Rules(Protocol):
    """The rules of booking of each hospital."""

    def for_hospital(self, hospital_id: str) -> BookingPolicy:
        """The policy in force now."""
        ...


class Succession(Protocol):
    """Who comes next for a place: the waitlist."""

    def vacated(self, tx: Tx, unit_id: str, session_id: str, now: datetime) -> None:
        """Let the waitlist have a place that was left free, in the transaction that freed it."""
        ...


class Refunds(Protocol):
    """Fees that were paid to us."""

    def owe(self, tx: Tx, appointment_id: str, now: datetime) -> None:
        """Give back what was paid for an appointment, once the transaction has committed."""
        ...
