"""What settlement needs of others: the card, insured persons, family, the payment provider."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from sqlalchemy.orm import Session

from app.core.access.principals import Terminal
from app.core.statements import Tx


class Presence(Protocol):
    """Somebody who stood before a terminal."""

    @property
    def presentation_id(self) -> str:
        """Names the one time they showed their card."""
        ...

    @property
    def person_id(self) -> str:
        """Whose card it was."""
        ...

    @property
    def purpose(self) -> str:
        """The national purpose they chose."""
        ...

    @property
    def alias(self) -> str:
        """Their name at this merchant."""
        ...

    @property
    def mandate_id(self) -> str | None:
        """The family mandate by which somebody else showed the code."""
        ...

    @property
    def agent_id(self) -> str | None:
        """Who that was."""
        ...

    @property
    def amount_cap(self) -> int | None:
        """What a purchase may cost in all, fen, where the code was capped."""
        ...


class Presences(Protocol):
    """Believes presence tokens; the card's service implements it."""

    def verify(self, token: str, terminal: Terminal) -> Presence:
        """Tell who was present.

        Raises:
            DomainError: with the member `action`.
        """
        ...

    def require_usable(self, tx: Tx, presentation_id: str) -> None:
        """Hold the card in its active state until the transaction ends.

        Raises:
            DomainError: it is not active; with the member `action`.
        """
        ...


class Insured(Protocol):
    """Knows persons by their number; the identity service implements it, through the wiring."""

    def register(self, citizen_number: str, name: str) -> str:
        """The id of a person, made where they have none yet, in the transaction under way."""
        ...

    def born(self, person_id: str) -> date:
        """The birthday of a person.

        Raises:
            DomainError: NOT_FOUND.
        """
        ...


class CashStatus(Protocol):
    """What is known of money at the payment provider."""

    @property
    def state(self) -> str:
        """PENDING, PAID, FAILED, CLOSED, REFUNDED or UNKNOWN; nothing follows from the last."""
        ...

    @property
    def amount(self) -> int:
        """Fen."""
        ...

    @property
    def provider_ref(self) -> str:
        """The provider's name for it; may be empty."""
        ...

    @property
    def refund_id(self) -> str | None:
        """Of which refund it is told; None: of the order."""
        ...


class CashPayments(Protocol):
    """Takes and returns money at a provider. Called outside of transactions; idempotent by ids."""

    def create(self, order_id: str, amount: int) -> CashStatus:
        """Have an amount collected.

        Raises:
            DomainError: nothing is known.
        """
        ...

    def query(self, order_id: str) -> CashStatus:
        """Ask how an order stands.

        Raises:
            DomainError: nothing is known.
        """
        ...

    def close(self, order_id: str) -> CashStatus:
        """See to it that an order which is not paid cannot be.

        Raises:
            DomainError: nothing is known.
        """
        ...

    def refund(self, order_id: str, refund_id: str, amount: int) -> CashStatus:
        """Give an amount of an order back.

        Raises:
            DomainError: nothing is known.
        """
        ...


class Mandates(Protocol):
    """Family mandates (亲情账户); the family service implements it."""

    def check_at_commit(
        self,
        tx: Session,
        *,
        mandate_id: str,
        principal_id: str,
        agent_id: str,
        purpose: str,
        amount: int,
        merchant_kind: str,
    ) -> str:
        """Use an amount of a mandate up, in the caller's transaction; returns the use's id.

        Args:
            tx: the transaction.
            mandate_id: of the code that was shown.
            principal_id: whose card pays.
            agent_id: who showed the code.
            purpose: a national purpose.
            amount: fen that the principal pays.
            merchant_kind: such as pharmacy; empty is never allowed.

        Raises:
            DomainError: the mandate does not allow it; with the member `action`.
        """
        ...

    def give_back(self, tx: Session, *, use_id: str, amount: int) -> None:
        """Give back what a refund returns, fen above 0."""
        ...


class MutualAid(Protocol):
    """Family mutual aid (家庭共济); the family service implements it."""

    def available(self, tx: Tx, person_id: str) -> Sequence[tuple[str, int]]:
        """Who pays for a person, in order, each with what is left of the limit, fen."""
        ...

    def consume(self, tx: Session, *, payer_id: str, beneficiary_id: str, amount: int) -> str:
        """Count what a payer pays against their limit; returns the use's id.

        Raises:
            DomainError: the agreement no longer allows it; with the member `action`.
        """
        ...

    def give_back(self, tx: Session, *, use_id: str, amount: int) -> None:
        """Give back what a refund returns, fen above 0."""
        ...
