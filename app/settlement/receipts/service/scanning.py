"""The check of a printed receipt by its QR: is it ours, and is it still how things are?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from app.core.clock import Clock
from app.core.database import Database
from app.core.fields import FieldCipher
from app.core.limits import RateLimits
from app.settlement.receipts.service.checking import RATE, Standing, standing_of
from app.settlement.receipts.service.codes import ReceiptCodes


@dataclass(frozen=True, slots=True, kw_only=True)
class ScannedReceipt:
    """What a scan found."""

    checked_at: datetime
    made_at: datetime | None = None
    """When the receipt was made; None: we did not write the code."""
    standing: Standing | None = None
    """Of a genuine one."""


class ScannedReceipts:
    """Judges QR codes for anybody who scans one."""

    def __init__(
        self,
        *,
        codes: ReceiptCodes,
        clock: Clock,
        database: Database,
        cipher: FieldCipher,
        limits: RateLimits,
    ) -> None:
        """Take the ports; `limits` knows "checks"."""
        self._codes = codes
        self._clock = clock
        self._database = database
        self._cipher = cipher
        self._limits = limits

    def check(self, settlement_id: str, state: str, code: str, *, address: str) -> ScannedReceipt:
        """Check what a QR holds.

        1. The address may check.
        2. We wrote it.
        3. Only then it is looked up how the purchase stands.

        Raises:
            DomainError: TOO_MANY_REQUESTS.
        """
        self._limits.hit(RATE, self._cipher.index("address", address).hex())  # 1
        now = self._clock.now()
        printed = self._codes.read(settlement_id, state, code)  # 2
        if printed is None:
            return ScannedReceipt(checked_at=now)
        with self._database.transaction() as tx:
            standing = standing_of(  # 3
                tx,
                printed.settlement_id,
                returned=printed.returned,
                adjustments=printed.adjustments,
            )
        made_at = datetime.fromtimestamp(printed.made_at, UTC)
        return ScannedReceipt(checked_at=now, made_at=made_at, standing=standing)
