"""National transactions as uses of the services that the JSON interface uses."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

from app.core.access.principals import Terminal
from app.core.errors import DomainError
from app.settlement.chs.figures import (
    Basket,
    cut,
    quoted,
    require_amount,
    settled,
    undone,
    wanted_of,
)
from app.settlement.chs.schemas import DonePart, QuotedPart
from app.settlement.errors import MSGID_FENCED, MSGID_REUSED, PRESENCE_USED
from app.settlement.ports import Presences
from app.settlement.service.purchase.messages import FENCED, Messages, refusal_of
from app.settlement.service.purchase.writing import TILL
from app.settlement.service.quoting.pricing import Wanted
from app.settlement.service.quoting.quotes import Quoting
from app.settlement.service.reading import Purchase, PurchaseReading
from app.settlement.service.returning.refunds import Refunding
from app.settlement.service.settling.settling import Order, Settling

_LINES: Final = "/lines"
Output = dict[str, Any]


class NationalFacade:
    """Pre-settles, settles and gives back. The till takes the cash part: the format knows no other.

    Every write is done once a `msgid`, for ever, by the services below.
    """

    def __init__(
        self,
        *,
        presences: Presences,
        quoting: Quoting,
        settling: Settling,
        refunding: Refunding,
        messages: Messages,
        reading: PurchaseReading,
    ) -> None:
        """Take the services."""
        self._presences = presences
        self._quoting = quoting
        self._settling = settling
        self._refunding = refunding
        self._messages = messages
        self._reading = reading

    def pre_settle(self, terminal: Terminal, basket: Basket) -> Output:
        """2206: a quote; nothing is reserved.

        Raises:
            DomainError: as `Quoting.quote`; INVALID_FIELD, CHS_TOTAL_DIFFERS.
        """
        with _located(basket.details_under):
            quote = self._quoting.quote(
                terminal, token=basket.person.mdtrt_cert_no, wanted=wanted_of(basket)
            )
        return {
            "setlinfo": quoted(quote.id, quote.content["split"]),
            "detlcutinfo": cut(quote.content["lines"], basket.details),
        }

    def settle(self, terminal: Terminal, msgid: str, part: QuotedPart) -> Output:
        """2207: settle a quote whose sum the caller repeats.

        Raises:
            DomainError: as `Settling.settle`; INVALID_FIELD, CHS_TOTAL_DIFFERS.
        """
        quote = self._reading.quote(terminal, part.mdtrt_id)
        total = quote.content["split"]["total"]
        require_amount(part.medfee_sumamt, total, "/input/data/medfee_sumamt")
        return {"setlinfo": settled(self._settled(terminal, msgid, quote.id).settlement)}

    def buy(self, terminal: Terminal, msgid: str, basket: Basket) -> Output:
        """2102: quote and settle at once.

        1. A message that was answered before is answered again, if it is the same.
        2. Otherwise its basket is quoted and settled.
        3. Where a twin of it was faster, its answer is this one's too.

        Raises:
            DomainError: as `Quoting.quote` and `Settling.settle`; INVALID_FIELD, CHS_TOTAL_DIFFERS.
        """
        wanted = wanted_of(basket)
        purchase = self._known(terminal, msgid, basket, wanted)  # 1
        if purchase is None:
            purchase = self._bought(terminal, msgid, basket, wanted)
        lines = cut(purchase.content["lines"], basket.details)
        return {"setlinfo": settled(purchase.settlement), "detlcutinfo": lines}

    def undo(self, terminal: Terminal, msgid: str, part: DonePart) -> Output:
        """2208 and 2103: all that is left comes back.

        Raises:
            DomainError: as `Refunding.reverse`.
        """
        done = self._refunding.reverse(terminal, part.setl_id, msgid=msgid)
        return {"setlinfo": undone(self._reading.refund(str(done.refund_id)))}

    def _bought(
        self, terminal: Terminal, msgid: str, basket: Basket, wanted: Sequence[Wanted]
    ) -> Purchase:
        with _located(basket.details_under):
            quote = self._quoting.quote(terminal, token=basket.person.mdtrt_cert_no, wanted=wanted)
        try:
            return self._settled(terminal, msgid, quote.id)  # 2
        except DomainError as refused:
            if refused.kind != MSGID_REUSED:
                raise
        twin = self._known(terminal, msgid, basket, wanted)  # 3
        if twin is None:
            raise MSGID_REUSED()
        return twin

    def _settled(self, terminal: Terminal, msgid: str, quote_id: str) -> Purchase:
        order = Order(quote_id=quote_id, msgid=msgid, cash=TILL)
        done = self._settling.settle(terminal, order)
        return self._reading.of_merchant(terminal, done.settlement_id)

    def _known(
        self, terminal: Terminal, msgid: str, basket: Basket, wanted: Sequence[Wanted]
    ) -> Purchase | None:
        """What an earlier message of this name led to, or None where nothing came of it yet."""
        row = self._messages.find(terminal, msgid, fence=False)
        if row is None:
            return None
        if row.outcome == FENCED:
            raise MSGID_FENCED()
        if row.problem is not None:
            raise refusal_of(row.problem)
        purchase = self._reading.of_merchant(terminal, str(row.settlement_id))
        if row.kind != "settle" or _lines_of(purchase) != _asked(wanted):
            raise MSGID_REUSED()
        self._require_same_person(terminal, basket, purchase)
        return purchase

    def _require_same_person(self, terminal: Terminal, basket: Basket, purchase: Purchase) -> None:
        """A token that has ended proves nothing: then the caller has to look the message up."""
        try:
            present = self._presences.verify(basket.person.mdtrt_cert_no, terminal)
        except DomainError:
            raise PRESENCE_USED() from None
        if present.presentation_id != purchase.settlement.presentation_id:
            raise MSGID_REUSED()


def _lines_of(purchase: Purchase) -> list[tuple[str | None, int, int]]:
    return [(line.code, line.quantity, line.unit_price) for line in purchase.lines]


def _asked(wanted: Sequence[Wanted]) -> list[tuple[str | None, int, int]]:
    return [(line.code, line.quantity, line.unit_price) for line in wanted]


@contextmanager
def _located(details_under: str) -> Iterator[None]:
    """Point at the envelope's member where a line is refused."""
    try:
        yield
    except DomainError as refused:
        if refused.pointer is not None and refused.pointer.startswith(_LINES):
            refused.pointer = f"/input/{details_under}{refused.pointer.removeprefix(_LINES)}"
        raise
