"""What a settlement asks of a payment provider and is told by it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy.orm import Session

from app.settlement.payments.errors import Doubt


class CashState(StrEnum):
    """How an order, or a refund, stands."""

    PENDING = "PENDING"
    """It was taken; nobody has paid yet."""
    PAID = "PAID"
    """Also while a part of it was refunded."""
    FAILED = "FAILED"
    """It will not be paid, or this refund not made."""
    CLOSED = "CLOSED"
    """It can no longer be paid."""
    REFUNDED = "REFUNDED"
    """All of the order; of a refund: this one was made."""
    UNKNOWN = "UNKNOWN"
    """Nothing may follow from this: neither that it was done nor that it was not. Ask again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CashStatus:
    """What is known of the money."""

    state: CashState
    amount: int
    """Fen: of the order, or of the refund. Always what we asked for, never what was said."""
    provider_ref: str
    """The provider's name for it; empty while none is known."""
    at: datetime
    """Since when, by the provider's clock; when it was asked, by ours, while UNKNOWN."""
    refund_id: str | None = None
    """Of a refund."""
    doubt: Doubt | None = None
    """Why it is UNKNOWN."""


class PaymentEvents(Protocol):
    """Hears what the provider told without being asked."""

    def on_event(self, tx: Session, order_id: str, status: CashStatus) -> None:
        """Take one event, once, in the order in which those of an order came.

        Args:
            tx: the transaction that marks the event as heard: what is written there counts once.
            order_id: ours.
            status: PAID, FAILED, or REFUNDED with its `refund_id`; never UNKNOWN.

        Raises:
            DomainError: it cannot be taken now; it comes again.
        """
        ...


class Provider(Protocol):
    """Carries one request to the provider and brings its answer."""

    def get(self, path: str) -> bytes:
        """Ask; the answer's body, JSON.

        Raises:
            Doubted: nothing usable came back.
        """
        ...

    def post(self, path: str, members: Mapping[str, object]) -> bytes:
        """Have something done; the answer's body, JSON.

        Raises:
            Doubted: nothing usable came back.
        """
        ...


class NoticeKeys(Protocol):
    """The keys that the provider signs notifications with."""

    def current(self) -> Sequence[Ed25519PublicKey]:
        """Those known by now.

        Raises:
            DomainError: UNAVAILABLE where none could be fetched yet; PAYMENTS_NOT_CONNECTED.
        """
        ...

    def renewed(self) -> Sequence[Ed25519PublicKey]:
        """Fetched anew, because none of the current ones fitted; at most so often.

        Raises:
            DomainError: as `current`.
        """
        ...
