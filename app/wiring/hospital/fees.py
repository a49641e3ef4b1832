"""Fees of appointments by card and settlement, as a purchase at a till that is on the phone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import select, update

from app.card.service.decoding import CodeDecoding
from app.card.service.showing import CodeShowing
from app.core.access.principals import Citizen, Terminal
from app.core.clock import Clock
from app.core.database import Database
from app.core.errors import DomainError
from app.core.jose.jwk import write_public_key
from app.core.statements import Tx, rows
from app.hospital.errors import HOSPITAL_TAKES_NO_FEES
from app.hospital.models.places import Hospital
from app.hospital.ports import Bill, Payment, Standing
from app.hospital.service.booking.acting import PURPOSE
from app.hospital.service.fees.rows import due
from app.outbox.ports import Message, Postponed
from app.partners.service.onboarding import Onboarding
from app.settlement.errors import MSGID_FENCED, MSGID_REUSED, QUOTE_STALE, SETTLEMENT_REVERSED
from app.settlement.service.announcing import PurchaseAnnouncing
from app.settlement.service.looking_up import Found, LookingUp
from app.settlement.service.purchase.writing import PROVIDER, TILL
from app.settlement.service.quoting.pricing import Wanted
from app.settlement.service.quoting.quotes import Quoting
from app.settlement.service.reading import PurchaseReading
from app.settlement.service.returning.refunds import Refunding
from app.settlement.service.settling.settling import Order, Settling

ONLINE_SCOPE: Final = "hospital.online"
"""No route asks for it: the terminal that has it can do nothing over the API."""
_COUNTER: Final = """
SELECT terminal.id, terminal.state = 'ACTIVE' AND merchant.state = 'ACTIVE', merchant.id,
  merchant.name, merchant.kind, merchant.region
FROM hospitals AS hospital JOIN merchants AS merchant ON merchant.id = hospital.merchant_id
LEFT JOIN terminals AS terminal ON terminal.id = hospital.online_terminal_id
WHERE hospital.id = %(id)s
"""
# A settlement's name is the fee's id.
_FEES: Final = """
SELECT fee.id FROM settlements AS made JOIN appointment_fees AS fee ON fee.id = made.msgid
WHERE made.id = ANY(%(ids)s) ORDER BY fee.id
"""
_BACK: Final = ".back"
_OVERTAKEN: Final = (QUOTE_STALE, MSGID_REUSED, MSGID_FENCED)
"""Something moved between the quote and its settlement: another try may do."""
_BY_STATUS: Final = {
    "COMMITTED": Standing.PAID,
    "PENDING": Standing.UNDER_WAY,
    "REJECTED": Standing.FAILED,
    "NEVER_SEEN": Standing.NONE,
}


class OnlineCounters:
    """The terminal of each hospital that stands for it on its patients' phones."""

    def __init__(self, *, database: Database, onboarding: Onboarding) -> None:
        """Take the database, and what registers terminals."""
        self._database = database
        self._onboarding = onboarding

    def of(self, hospital_id: str, *, active: bool) -> Terminal:
        """The online counter of a hospital, registered at its first fee.

        Its key is made here and forgotten: nobody logs in as it.

        Args:
            hospital_id: whose.
            active: refuse where it or the hospital's merchant is suspended.

        Raises:
            DomainError: HOSPITAL_TAKES_NO_FEES.
        """
        found = self._found(hospital_id)
        if found[0] is None:
            self._open(hospital_id)
            found = self._found(hospital_id)
        terminal_id, is_active, merchant_id, name, kind, region = found
        if active and not is_active:
            raise HOSPITAL_TAKES_NO_FEES()
        return Terminal(
            terminal_id=str(terminal_id),
            merchant_id=merchant_id,
            merchant_name=name,
            merchant_kind=kind,
            merchant_region=region,
            thumbprint="",
            purposes=frozenset({PURPOSE}),
            scope=frozenset({ONLINE_SCOPE}),
        )

    def _found(self, hospital_id: str) -> tuple[str | None, bool, str, str, str, str | None]:
        ((terminal_id, active, merchant_id, name, kind, region),) = self._database.look(
            _COUNTER, {"id": hospital_id}
        )
        return terminal_id, bool(active), merchant_id, name, kind, region

    def _open(self, hospital_id: str) -> None:
        public = write_public_key(ec.generate_private_key(ec.SECP256R1()).public_key())
        query = select(Hospital).where(Hospital.id == hospital_id).with_for_update()
        with self._database.transaction() as tx:
            hospital = tx.scalars(query.execution_options(populate_existing=True)).one()
            if hospital.online_terminal_id is not None:
                return
            terminal_id = self._onboarding.add_terminal(
                merchant_id=hospital.merchant_id,
                jwks=[public],
                purposes={PURPOSE},
                scopes={ONLINE_SCOPE},
            )
            tx.flush()
            tx.execute(
                update(Hospital)
                .where(Hospital.id == hospital_id)
                .values(online_terminal_id=terminal_id)
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class CardFees:
    """Pays fees by the card (`app.hospital.ports.Fees`)."""

    counters: OnlineCounters
    showing: CodeShowing
    decoding: CodeDecoding
    quoting: Quoting
    settling: Settling
    refunding: Refunding
    looking_up: LookingUp
    reading: PurchaseReading

    def pay(self, citizen: Citizen, bill: Bill, *, mandate_id: str | None) -> Payment:
        """Pay a fee, or tell how the payment stands.

        1. The hospital takes fees now.
        2. What was done under the fee's name is told, and not done again.
        3. The phone shows a code of the patient's card, which is as at any till: the card is
           active and on this phone, the face was verified recently, or the mandate stands.
        4. The hospital's online counter reads it at once and quotes; the quote is settled under
           the fee's name. Two that come at once lead to one settlement.

        Raises:
            DomainError: HOSPITAL_TAKES_NO_FEES, or what card and settlement refuse.
        """
        terminal = self.counters.of(bill.hospital_id, active=True)  # 1
        known = self._look(terminal, bill, fence=False)  # 2
        if known.standing is not Standing.NONE:
            return known
        try:
            self._settle(terminal, citizen, bill, mandate_id)  # 3, 4
        except DomainError as refused:
            known = self._look(terminal, bill, fence=False)
            nothing = known.standing in {Standing.NONE, Standing.FAILED}
            if nothing and refused.kind not in _OVERTAKEN:
                raise
            return known
        return self._look(terminal, bill, fence=False)

    def _settle(
        self, terminal: Terminal, citizen: Citizen, bill: Bill, mandate_id: str | None
    ) -> None:
        code = self.showing.show(citizen, purpose=PURPOSE, mandate_id=mandate_id).code
        decoded = self.decoding.decode(terminal, code=code, purpose=PURPOSE)
        line = Wanted(code=bill.item_code, barcode=None, quantity=1, unit_price=bill.amount)
        quote = self.quoting.quote(terminal, token=decoded.presence_token, wanted=[line])
        cash = PROVIDER if quote.content["split"]["cash"] else TILL
        self.settling.settle(terminal, Order(quote_id=quote.id, msgid=bill.fee_id, cash=cash))

    def look(self, bill: Bill, *, fence: bool) -> Payment:
        """How a payment stands."""
        terminal = self.counters.of(bill.hospital_id, active=False)
        return self._look(terminal, bill, fence=fence)

    def give_back(self, bill: Bill, settlement_id: str) -> Payment:
        """Give a fee back, once."""
        terminal = self.counters.of(bill.hospital_id, active=False)
        try:
            self.refunding.reverse(terminal, settlement_id, msgid=bill.fee_id + _BACK)
        except DomainError as refused:
            if refused.kind.code != SETTLEMENT_REVERSED.code:  # by the hospital's own desk
                raise
        return Payment(standing=Standing.RETURNED, settlement_id=settlement_id)

    def _look(self, terminal: Terminal, bill: Bill, *, fence: bool) -> Payment:
        found = self.looking_up.message(terminal, bill.fee_id, fence=fence)
        standing = _BY_STATUS[found.status]
        if found.settlement_status == "REVERSED":
            standing = Standing.RETURNED
        return Payment(
            standing=standing,
            settlement_id=found.settlement_id,
            cash_order_id=self._order(terminal, found),
        )

    def _order(self, terminal: Terminal, found: Found) -> str | None:
        if found.status != "PENDING" or found.settlement_id is None:
            return None
        return self.reading.made(terminal, found.settlement_id).cash_order_id


class FeeNews:
    """Announces purchases as ever, and has the fees among them looked into.

    The settlement's messages have one handler; it knows nothing of hospitals.
    """

    def __init__(self, *, announcing: PurchaseAnnouncing, database: Database, clock: Clock) -> None:
        """Take the settlement's own handler."""
        self._announcing = announcing
        self._database = database
        self._clock = clock

    def __call__(self, message: Message, /) -> Postponed | None:
        """Handle one message."""
        postponed = self._announcing(message)
        with self._database.transaction() as tx:
            _tell(tx, [message], self._clock.now())
        return postponed

    def together(self, tx: Tx, messages: Sequence[Message], /) -> None:
        """Handle many."""
        self._announcing.together(tx, messages)
        _tell(tx, messages, self._clock.now())


def _tell(tx: Tx, messages: Sequence[Message], now: datetime) -> None:
    ids = [message.payload["settlement"] for message in messages]
    for (fee_id,) in rows(tx, _FEES, {"ids": ids}):
        due(tx, str(fee_id), now)
