"""Settling a quote."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from psycopg import IntegrityError

from app.audit.service import Actor
from app.core.access.principals import Terminal
from app.core.clock import Clock
from app.core.errors import DomainError
from app.core.ids import new_id
from app.core.statements import Tx, composing
from app.settlement.errors import (
    BALANCE_MOVED,
    CASH_PROVIDER_ABSENT,
    MANDATE_REFUSED,
    PRESENCE_USED,
    QUOTE_STALE,
)
from app.settlement.ports import Mandates, MutualAid, Presences
from app.settlement.service.cash.orders import open_order
from app.settlement.service.cash.saga import CashSaga
from app.settlement.service.ledger import accounts as names
from app.settlement.service.ledger.posting import PENDING, POSTED, post
from app.settlement.service.purchase.messages import Done, Messages, Request, Undone
from app.settlement.service.purchase.telling import HELD, SETTLED, Happened, Telling
from app.settlement.service.purchase.writing import (
    NONE,
    PROVIDER,
    Agreed,
    UsedQuote,
    entries_for,
    write_settlement,
)
from app.settlement.service.purchase.year import Year, use
from app.settlement.service.quoting.pricing import Pricing
from app.settlement.service.quoting.quotes import Quoting
from app.settlement.service.quoting.standing import today
from app.settlement.service.reading import Made
from app.settlement.service.settling.quote_use import use_quote

_ONE_PAYMENT: Final = "uq_settlements_one_per_presentation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What a terminal asks for."""

    quote_id: str
    msgid: str
    cash: str
    """Who collects the cash part: the till or the provider."""
    mandate_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled(Done):
    """What came of an order."""

    made: Made | None
    """What this very request made; None where an earlier one did, and it has to be read."""


class _Stale(Exception):  # noqa: N818 - reads as what happened
    """Something has moved since the quote, of which a fresh one can be made."""

    def __init__(self, quote: UsedQuote) -> None:
        """Keep its id: the row is read again when this transaction is undone."""
        super().__init__()
        self.quote_id = quote.id


class Settling:
    """Settles quotes."""

    def __init__(
        self,
        *,
        clock: Clock,
        messages: Messages,
        quoting: Quoting,
        pricing: Pricing,
        presences: Presences,
        mandates: Mandates,
        mutual: MutualAid,
        telling: Telling,
        saga: CashSaga | None,
    ) -> None:
        """Take the ports; `saga` is None where no payment provider is connected."""
        self._clock = clock
        self._messages = messages
        self._quoting = quoting
        self._pricing = pricing
        self._presences = presences
        self._mandates = mandates
        self._mutual = mutual
        self._telling = telling
        self._saga = saga

    def settle(self, terminal: Terminal, order: Order) -> Settled:
        """Settle a quote, once a message.

        1. The message's name is free (`Messages.once`); all that follows is one transaction.
        2. The quote is this terminal's, in time, and used up by this one statement.
        3. The card is active, and stays so until the transaction ends.
        4. Rule and day are still those of the quote.
        5. The accumulator has not moved, its limits hold, and the person is insured where they
           were: one conditional update.
        6. A mandate, where one is named, and family agreements allow the amounts.
        7. No balance has moved or falls below zero: one conditional update each.
        8. A presentation pays at most once.

        Where the provider collects cash, all this is reserved and not yet done; the order goes
        out once it is committed. QUOTE_STALE carries a fresh quote's id, end and split.

        Raises:
            DomainError: as said; each is answered again to the same message.
        """
        if order.cash == PROVIDER and self._saga is None:
            raise CASH_PROVIDER_ABSENT()
        request = Request(
            kind="settle",
            msgid=order.msgid,
            settlement_id=new_id("stl", self._clock.now()),
            asked={
                "quote": order.quote_id,
                "cash": order.cash,
                "mandate": order.mandate_id,
                "terminal": terminal.terminal_id,
            },
        )
        made: list[Made] = []

        def work(tx: Tx) -> None:
            made.append(self._work(tx, terminal, order, request.settlement_id))

        done = self._messages.once(terminal, request, work)  # 1
        if order.cash == PROVIDER and self._saga is not None and not done.replayed:
            self._saga.start(done.settlement_id)
        return Settled(
            settlement_id=done.settlement_id,
            refund_id=done.refund_id,
            replayed=done.replayed,
            made=None if done.replayed else made[0],
        )

    def _work(self, tx: Tx, terminal: Terminal, order: Order, settlement_id: str) -> Made:
        try:
            with _translated():
                return self._settle(tx, terminal, order, settlement_id)
        except _Stale as stale:
            quote_id = stale.quote_id
            raise Undone(lambda: self._stale(terminal, quote_id)) from None

    def _settle(self, tx: Tx, terminal: Terminal, order: Order, settlement_id: str) -> Made:
        now = self._clock.now()
        quote = use_quote(tx, terminal, order.quote_id, settlement_id, now)  # 2
        self._presences.require_usable(tx, quote.presentation_id)  # 3
        self._require_fresh(quote, now)  # 4
        year = Year(person_id=quote.person_id, scheme=quote.scheme, year=quote.year)
        if not use(tx, year, _figures(quote, now)):  # 5
            raise _Stale(quote)
        agreed = self._agree(tx, terminal, quote, order)  # 6
        cash = quote.content["split"]["cash"]
        cash_by = order.cash if cash else NONE
        held = cash_by == PROVIDER
        txn_id = _post(tx, quote, cash_by=cash_by, about=settlement_id, now=now)  # 7
        write_settlement(  # 8
            tx,
            quote,
            settlement_id=settlement_id,
            merchant_name=terminal.merchant_name,
            msgid=order.msgid,
            agreed=agreed,
            cash_by=cash_by,
            hold_id=txn_id if held else None,
            now=now,
        )
        cash_order_id = None
        if held:
            with composing(tx) as joined:
                cash_order_id = open_order(joined, settlement_id, amount=cash, now=now)
        happened = Happened(
            event=HELD if held else SETTLED,
            settlement_id=settlement_id,
            person_id=quote.person_id,
            purpose=quote.purpose,
            by=Actor(kind="terminal", id=terminal.terminal_id, name=terminal.merchant_name),
        )
        self._telling.note(tx, happened, now=now)
        return Made(
            id=settlement_id,
            msgid=order.msgid,
            cash_by=cash_by,
            held=held,
            created_at=now,
            settled_at=None if held else now,
            content=quote.content,
            cash_order_id=cash_order_id,
        )

    def _require_fresh(self, quote: UsedQuote, now: datetime) -> None:
        day = today(now)
        if day != today(quote.created_at):
            raise _Stale(quote)
        in_force = self._pricing.rule_hash(
            region=quote.region, scheme=quote.scheme, purpose=quote.purpose, on=day
        )
        if in_force != quote.rule_hash:
            raise _Stale(quote)

    def _agree(self, tx: Tx, terminal: Terminal, quote: UsedQuote, order: Order) -> Agreed:
        """Use up what family agreed on; a code shown by a representative needs its mandate."""
        if order.mandate_id not in (None, quote.mandate_id):
            raise MANDATE_REFUSED(pointer="/mandate_id")
        use_id = None
        if quote.mandate_id is not None:
            with composing(tx) as session:
                use_id = self._mandates.check_at_commit(
                    session,
                    mandate_id=quote.mandate_id,
                    principal_id=quote.person_id,
                    agent_id=quote.agent_id or "",
                    purpose=quote.purpose,
                    amount=quote.content["split"]["total"],
                    merchant_kind=terminal.merchant_kind,
                )
        return Agreed(mandate_use_id=use_id, sources=self._sources(tx, quote))

    def _sources(self, tx: Tx, quote: UsedQuote) -> list[list[Any]]:
        found: list[list[Any]] = []
        for person, fen in quote.content["sources"]:
            use_id = None
            if person != quote.person_id:
                with composing(tx) as session:
                    use_id = self._mutual.consume(
                        session, payer_id=person, beneficiary_id=quote.person_id, amount=fen
                    )
            found.append([person, fen, use_id])
        return found

    def _stale(self, terminal: Terminal, quote_id: str) -> DomainError:
        fresh = self._quoting.again(terminal, quote_id)
        members = {
            "quote_id": fresh.id,
            "expires_at": fresh.expires_at.isoformat(),
            "split": fresh.content["split"],
        }
        return QUOTE_STALE(members=members)


def _post(tx: Tx, quote: UsedQuote, *, cash_by: str, about: str, now: datetime) -> str:
    """Write the ledger's transaction: the own account as it was seen, family as far as needed."""
    held = cash_by == PROVIDER
    try:
        return post(
            tx,
            entries_for(quote, cash_by=cash_by),
            kind="hold" if held else "settle",
            about=about,
            now=now,
            phase=PENDING if held else POSTED,
            seen={names.own(quote.person_id): quote.account_seen},
        )
    except DomainError as refused:
        if refused.kind is BALANCE_MOVED:
            raise _Stale(quote) from None
        raise


def _figures(quote: UsedQuote, now: datetime) -> dict[str, Any]:
    split, rule = quote.content["split"], quote.content["rule"]
    return {
        "version": quote.accumulator_version,
        "region": quote.region,
        "day": today(now),
        "seen": quote.account_seen,
        "deductible": split["deductible"],
        "fund": split["fund"],
        "in_scope": split["in_scope"],
        "deductible_limit": rule["deductible"],
        "fund_limit": rule["cap"],
    }


class _translated:  # noqa: N801 - reads as a word at its use
    """Names the refusals that the database makes."""

    def __enter__(self) -> None:
        """Nothing."""

    def __exit__(self, _: object, raised: BaseException | None, __: object) -> None:
        if isinstance(raised, IntegrityError) and raised.diag.constraint_name == _ONE_PAYMENT:
            raise PRESENCE_USED() from None
