"""The check of a receipt that is open to everybody: is it ours, and is it still how things are?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core.clock import Clock
from app.core.database import Database
from app.core.fields import FieldCipher
from app.core.jose.errors import JoseRefused, Reason
from app.core.jose.tokens import PublicRing, TokenPolicy, verify_token
from app.core.limits import RateLimits
from app.settlement.models.purchase import Adjustment, Settlement
from app.settlement.receipts.service.making import TYPE, audience
from app.settlement.states import SettlementState

MOST_BYTES: Final = 60 * 1024
"""Of a receipt; one of a hundred lines has two thirds of that."""
RATE: Final = "checks"
_LEEWAY: Final = timedelta(minutes=1)  # between the clocks of our own machines
_STATED: Final[Mapping[str, type]] = MappingProxyType(
    {
        **dict.fromkeys(("settlement", "msgid", "status", "holder", "terminal"), str),
        **dict.fromkeys(("merchant", "rule", "split"), dict),
        **dict.fromkeys(("lines", "trace", "refunds", "adjustments"), list),
        **dict.fromkeys(("iat", "returned", "bought_at"), int),
    }
)
"""What a receipt has to state, besides what every token does."""
_CODES: Final[Mapping[Reason, str]] = MappingProxyType(
    {
        Reason.TOO_LARGE: "RECEIPT_TOO_LARGE",
        Reason.MALFORMED: "RECEIPT_MALFORMED",
        Reason.DUPLICATE_MEMBER: "RECEIPT_DUPLICATE_MEMBER",
        Reason.TYPE: "RECEIPT_TYPE",
        Reason.ALGORITHM: "RECEIPT_ALGORITHM",
        Reason.HEADER_MEMBER: "RECEIPT_HEADER",
        Reason.KEY_ID: "RECEIPT_KEY_UNKNOWN",
        Reason.KEY: "RECEIPT_KEY_UNKNOWN",
        Reason.SIGNATURE: "RECEIPT_SIGNATURE_WRONG",
        Reason.CLAIM_MISSING: "RECEIPT_INCOMPLETE",
        Reason.CLAIM_TYPE: "RECEIPT_CONTENTS_WRONG",
        Reason.ISSUER: "RECEIPT_ISSUER",
        Reason.AUDIENCE: "RECEIPT_AUDIENCE",
        Reason.EXPIRED: "RECEIPT_EXPIRED",
        Reason.NOT_YET_VALID: "RECEIPT_NOT_YET_VALID",
    }
)
OK: Final = "OK"
UNKNOWN: Final = "RECEIPT_SETTLEMENT_UNKNOWN"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How the purchase of a genuine receipt stands now."""

    settlement_id: str
    status: str
    merchant: str
    """As the holder knew it then."""
    bought_at: datetime
    total: int
    """Fen."""
    returned: int
    since: Sequence[str]
    """What happened after the receipt was made: refunded, reversed, adjusted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SettlementReceiptCheck:
    """What a check found."""

    code: str
    """OK, or why it is not genuine."""
    standing: Standing | None
    """Of a genuine one."""
    checked_at: datetime


class SettlementReceiptChecks:
    """Judges receipts for anybody who asks."""

    def __init__(
        self,
        *,
        issuer: str,
        ring: PublicRing,
        clock: Clock,
        database: Database,
        cipher: FieldCipher,
        limits: RateLimits,
    ) -> None:
        """Take the ring receipts are signed with, and the ports; `limits` knows "checks"."""
        self._ring = ring
        self._clock = clock
        self._database = database
        self._cipher = cipher
        self._limits = limits
        self._policy: Final = TokenPolicy(
            typ=TYPE,
            algorithms=frozenset({"ES256"}),
            issuer=issuer,
            audience=audience(issuer),
            required=frozenset(_STATED),
            leeway=_LEEWAY,
            max_bytes=MOST_BYTES,
        )

    def check(self, text: str, *, address: str) -> SettlementReceiptCheck:
        """Check what somebody holds for a receipt.

        1. The address may check.
        2. It is a receipt of ours, unchanged and not too old.
        3. Only then it is looked up how the purchase stands: a stranger without a receipt learns
           of none, and whoever has one learns nothing that is not about it.

        Raises:
            DomainError: TOO_MANY_REQUESTS.
        """
        self._limits.hit(RATE, self._cipher.index("address", address).hex())  # 1
        now = self._clock.now()
        try:
            token = verify_token(text, policy=self._policy, ring=self._ring, now=now)
            _require_types(token.claims)  # 2
        except JoseRefused as refused:
            code = _CODES[refused.reason]
            return SettlementReceiptCheck(code=code, standing=None, checked_at=now)
        with self._database.transaction() as tx:
            standing = _stated(tx, token.claims)  # 3
        code = UNKNOWN if standing is None else OK
        return SettlementReceiptCheck(code=code, standing=standing, checked_at=now)


def _require_types(claims: Mapping[str, object]) -> None:
    if not all(isinstance(claims[name], kind) for name, kind in _STATED.items()):
        raise JoseRefused(Reason.CLAIM_TYPE)


def _stated(tx: Session, claims: Mapping[str, Any]) -> Standing | None:
    return standing_of(
        tx,
        str(claims["settlement"]),
        returned=claims["returned"],
        adjustments=len(claims["adjustments"]),
    )


def standing_of(
    tx: Session, settlement_id: str, *, returned: int, adjustments: int
) -> Standing | None:
    """How a purchase stands now; None: there is no such one.

    Args:
        tx: the transaction.
        settlement_id: which.
        returned: fen that had come back when the receipt was made.
        adjustments: how many there were then.
    """
    one = tx.get(Settlement, settlement_id)
    if one is None:
        return None
    query = select(func.count()).where(Adjustment.settlement_id == one.id)
    changed = one.returned_total != returned
    reversed_now = changed and one.state is SettlementState.REVERSED
    happened = {
        "refunded": changed and not reversed_now,
        "reversed": reversed_now,
        "adjusted": (tx.scalar(query) or 0) > adjustments,
    }
    return Standing(
        settlement_id=one.id,
        status=one.state.value,
        merchant=one.merchant_name,
        bought_at=one.created_at,
        total=one.total,
        returned=one.returned_total,
        since=[name for name, did in happened.items() if did],
    )
