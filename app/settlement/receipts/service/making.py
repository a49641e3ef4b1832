"""Signing a receipt for whoever was party to a purchase: the holder, and the till that settled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from app.audit import actions
from app.audit.service import AccessLog, Actor
from app.core.access.principals import Citizen, Terminal
from app.core.clock import Clock
from app.core.database import Database
from app.core.jose.tokens import sign_token
from app.core.keys.provider import SigningRing
from app.settlement.errors import SETTLEMENT_NOT_DONE, SETTLEMENT_UNKNOWN
from app.settlement.models.purchase import Settlement
from app.settlement.receipts.ports import Aliases
from app.settlement.receipts.service.claims import claims_of
from app.settlement.service.reading import Purchase, PurchaseReading
from app.settlement.states import OPEN, SettlementState

TYPE: Final = "settlement-receipt+jwt"
LASTS: Final = timedelta(days=3 * 365)
"""The ordinary period of limitation (Civil Code, article 188); the ring's keys stay published as
long, since receipts of verifications do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedReceipt:
    """A receipt, and what a page of it needs besides."""

    text: str = field(repr=False)
    """Compact JWS."""
    claims: Mapping[str, Any] = field(repr=False)
    """What it states."""
    names: Sequence[tuple[str, str]] = field(repr=False)
    """Of the goods, line by line, Chinese and English: they are not among the claims."""


def audience(issuer: str) -> str:
    """Whom receipts are for: whoever asks the public check."""
    return f"{issuer}/settlement-receipts"


class SettlementReceipts:
    """Makes receipts. Each states the purchase as it stands when it is made."""

    def __init__(
        self,
        *,
        issuer: str,
        ring: SigningRing,
        clock: Clock,
        database: Database,
        accesses: AccessLog,
        reading: PurchaseReading,
        aliases: Aliases,
    ) -> None:
        """Take the ring to sign with, the issuer to name, and the ports."""
        self._issuer = issuer
        self._ring = ring
        self._clock = clock
        self._database = database
        self._accesses = accesses
        self._reading = reading
        self._aliases = aliases

    def for_holder(self, citizen: Citizen, settlement_id: str) -> SignedReceipt:
        """The receipt of a purchase of the caller's.

        Raises:
            DomainError: PURCHASE_UNKNOWN; SETTLEMENT_NOT_DONE: nothing is paid yet, or ever.
        """
        return self._signed(self._reading.of_holder(citizen, settlement_id))

    def for_terminal(self, terminal: Terminal, settlement_id: str) -> SignedReceipt:
        """The receipt of a purchase that the caller settled.

        1. It is of the caller's merchant, and this very terminal settled it: another till of the
           same merchant is told that there is no such settlement.
        2. It is done.
        3. The holder's log says that it was read.

        Raises:
            DomainError: SETTLEMENT_UNKNOWN or SETTLEMENT_NOT_DONE.
        """
        with self._database.transaction():
            purchase = self._reading.of_merchant(terminal, settlement_id)
            if purchase.settlement.terminal_id != terminal.terminal_id:  # 1
                raise SETTLEMENT_UNKNOWN()
            signed = self._signed(purchase)  # 2
            self._accesses.record(  # 3
                person_id=purchase.settlement.person_id,
                actor=Actor(kind="terminal", id=terminal.terminal_id, name=terminal.merchant_name),
                action=actions.PURCHASE_READ,
                purpose="card",
                fields=("purchase",),
            )
        return signed

    def _signed(self, purchase: Purchase) -> SignedReceipt:
        one, now = purchase.settlement, self._clock.now()
        _require_done(one)
        holder = self._aliases.alias(person_id=one.person_id, merchant_id=one.merchant_id)
        claims = {
            "iss": self._issuer,
            "aud": audience(self._issuer),
            "iat": _seconds(now),
            "exp": _seconds(now + LASTS),
            **claims_of(purchase, holder=holder),
        }
        return SignedReceipt(
            text=sign_token(claims, typ=TYPE, key=self._ring.active),
            claims=claims,
            names=[(one["names"]["zh"], one["names"]["en"]) for one in purchase.content["lines"]],
        )


def _require_done(settlement: Settlement) -> None:
    if settlement.state in OPEN or settlement.state is SettlementState.VOIDED:
        raise SETTLEMENT_NOT_DONE()


def _seconds(at: datetime) -> int:
    return int(at.timestamp())
