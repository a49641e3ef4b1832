"""A cashier's work without a network: going offline and back, selling, bringing in.

The same steps as with a network, so that a cashier learns one way: a code, a basket, a settlement.
Without a network the last one keeps the sale; who pays what is known after the upload.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from codes.errors import MalformedError
from codes.presentation import PREFIX
from codes.results import Verdict
from codes.revocations import PieceRefused
from sandbox.phone.http import Refused, UnreachableError
from sandbox.terminal.book import Book
from sandbox.terminal.offline import Line, NotServedError, OfflineTill, Own
from sandbox.terminal.sales import ACCEPTED, Sale, Taken
from sandbox.terminal.till import CHINA, Cashier, NothingToDoError

PURPOSES: Final = ("01101", "01301", "01302", "02121")
BY_CASHIER, BY_ITSELF = "cashier", "itself"
_TRY_AGAIN = timedelta(seconds=60)
_FRESH = timedelta(minutes=5)  # what the keys' Cache-Control says
_ADMITTED_FOR = timedelta(minutes=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Paths:
    """The files beside the book."""

    sales: Path
    known: Path

    @classmethod
    def beside(cls, book: Path) -> "Paths":
        """Name them after the book."""
        return cls(
            sales=book.with_name(f"{book.name}.sales"), known=book.with_name(f"{book.name}.known")
        )


class OfflineDesk:
    """What the till does where no answer comes."""

    def __init__(self, *, cashier: Cashier, till: OfflineTill, book: Book, known: Path) -> None:
        """Take the cashier with a network, what checks without one, and where to keep things."""
        self.till = till
        self._cashier = cashier
        self._book = book
        self._known = known
        till.sales.forget(now=self.now())

    @property
    def mode(self) -> Mapping[str, Any] | None:
        """Since when and by whom the till is offline (``since``, ``by``); None: it is not."""
        return self._book.till.get("offline")

    @property
    def tries_network(self) -> bool:
        """Whether a code is sent to the system first.

        Not where the cashier said so, and once a minute where the network was found gone.
        """
        mode = self.mode
        if mode is None:
            return True
        tried = datetime.fromisoformat(mode["tried"])
        return mode["by"] == BY_ITSELF and not timedelta(0) <= self.now() - tried < _TRY_AGAIN

    def go_offline(self, by: str) -> bool:
        """Note that the till is offline; return whether that is news."""
        now, mode = self.now().isoformat(), self.mode
        is_news = mode is None or (by == BY_CASHIER and mode["by"] != by)
        if is_news:
            mode = {"since": now, "by": by}
        self._book.keep(till={"offline": {**(mode or {}), "tried": now}})
        return is_news

    def go_online(self) -> None:
        """Note that the system is asked again."""
        self._book.keep(till={"offline": None})

    def answered(self) -> bool:
        """Note that an answer came; return whether that brought the till back.

        A cashier who went offline says when it is over.
        """
        if self.mode is None or self.mode["by"] == BY_CASHIER:
            return False
        self.go_online()
        return True

    def refresh(self) -> None:
        """Fetch keys and list, and keep them.

        Raises:
            UnreachableError, Refused: as every call.
            MalformedError, PieceRefused: what came is not the issuer's; what was known stays.
        """
        self._cashier.terminal.refresh(self.till, now=self.now())
        self.till.known.save(self._known)

    def keep_fresh(self) -> str | None:
        """Refresh what is older than five minutes; return why that failed, if it did."""
        if timedelta(0) <= self.now() - self.till.known.fetched_at < _FRESH:
            return None
        try:
            self.refresh()
        except (UnreachableError, Refused, MalformedError, PieceRefused, ValueError) as error:
            return str(error) or type(error).__name__
        return None

    def admit(self, code: str, purpose: str) -> Verdict:
        """Check a code, and note who stands here; nobody learns their name.

        Raises:
            NotServedError: with the reason.
        """
        verdict = self.till.admit(code, now=self.now(), purpose=purpose)
        until = self.now() + _ADMITTED_FOR
        told = {"code": code, "cap_fen": verdict.cap_fen, "until": until.isoformat()}
        self._book.keep(presence={"offline": told}, quote=None)
        return verdict

    def lost(self, code: str, error: UnreachableError) -> None:
        """Go on after a code was sent and no answer came.

        Raises:
            NotServedError: it may have arrived, and be used up: a sale on it might not count.
        """
        if error.sent and code.startswith(PREFIX):
            raise NotServedError(Own.MAYBE_USED)

    def basket(self, lines: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
        """Note what whoever was admitted buys; return ``total`` and ``cap``, fen.

        Raises:
            NothingToDoError: nobody was admitted in the last half hour.
        """
        admitted = self._admitted()
        total = sum(line.amount_fen for line in _sold(lines))
        told = {"lines": list(lines), "total": total, "cap": admitted["cap_fen"]}
        self._book.keep(quote={"offline": told})
        return told

    def sell(self) -> Taken:
        """Keep the sale of the last basket. After that the goods may leave.

        A till that was stopped after it kept a sale, and before it said so, says so now.

        Raises:
            NothingToDoError: a step is missing.
            NotServedError: with the reason.
        """
        basket = (self._book.quote or {}).get("offline")
        if basket is None:
            message = "quote a basket first"
            raise NothingToDoError(message)
        code, lines = str(self._admitted()["code"]), list(basket["lines"])
        kept = (one.taken for one in self.till.sales)
        same = next((one for one in kept if one.code == code and list(one.asked) == lines), None)
        taken = same or self._sold(code, lines)
        self._book.keep(quote=None, presence=None)
        return taken

    def _sold(self, code: str, lines: Sequence[Mapping[str, Any]]) -> Taken:
        now = self.now()
        return self.till.sell(
            code,
            sale_id=f"s-{now.astimezone(CHINA):%Y%m%d.%H%M%S}-{secrets.token_hex(4)}",
            lines=_sold(lines),
            at=now,
            asked=lines,
        )

    def _admitted(self) -> Mapping[str, Any]:
        """Return whose code was checked in the last half hour."""
        admitted: Mapping[str, Any] | None = (self._book.presence or {}).get("offline")
        if admitted is None or self.now() >= datetime.fromisoformat(admitted["until"]):
            message = "decode an offline code first"
            raise NothingToDoError(message)
        return admitted

    def upload(self) -> list[Sale]:
        """Bring in what waits; return each with its outcome, also where the line breaks later.

        What was accepted too long ago to be settled is asked for once more: the system answers as
        it did, and the time to settle begins anew.

        Raises:
            UnreachableError, Refused: some may be left; what has an outcome keeps it.
        """
        before = [one.sale_id for one in self.till.pending]
        terminal = self._cashier.terminal
        self.till.upload(
            lambda batch: self._cashier.signed_in(lambda: terminal.upload(batch)),
            again=[one.taken for one in self.unsettled if self._has_ended(one)],
        )
        return [self.till.sales.find(sale_id) for sale_id in before]

    def present(self, sale_id: str) -> Sequence[Mapping[str, Any]]:
        """Put whom an accepted sale was for before the till again; return its basket.

        Raises:
            NothingToDoError: no such sale, not accepted, or settled.
        """
        sale = next((one for one in self.till.sales if one.taken.sale_id == sale_id), None)
        outcome = {} if sale is None else sale.outcome or {}
        if sale is None or sale.verdict != ACCEPTED or self.settled(sale) is not None:
            message = f"{sale_id} is no sale that was accepted and is still to be settled"
            raise NothingToDoError(message)
        if self._has_ended(sale):
            message = f"{sale_id} was accepted too long ago: upload again"
            raise NothingToDoError(message)
        presence = {"token": outcome["presence_token"], "expires_at": outcome["expires_at"]}
        self._book.keep(presence={**presence, "name": "", "sale": sale_id}, quote=None)
        return sale.taken.asked

    def settled(self, sale: Sale) -> str | None:
        """Return the settlement that a sale led to, by the book."""
        done = (one for one in self._book.done if one.get("sale") == sale.taken.sale_id)
        return next((str(one["settlement_id"]) for one in done if one["kind"] == "settle"), None)

    @property
    def unsettled(self) -> list[Sale]:
        """Sales that were accepted, are not settled yet, and still can be."""
        return [one for one in self._accepted() if not self.is_missed(one)]

    @property
    def missed(self) -> list[Sale]:
        """Sales that were accepted and not settled while they could be."""
        return [one for one in self._accepted() if self.is_missed(one)]

    def is_missed(self, sale: Sale) -> bool:
        """Whether an accepted sale can neither be settled nor uploaded again."""
        return self._has_ended(sale) and self.now() >= sale.taken.upload_until

    def _has_ended(self, sale: Sale) -> bool:
        """Whether an accepted sale's presence token has ended."""
        return self.now() >= datetime.fromisoformat((sale.outcome or {})["expires_at"])

    def _accepted(self) -> list[Sale]:
        accepted = (one for one in self.till.sales if one.verdict == ACCEPTED)
        return [one for one in accepted if self.settled(one) is None]

    def now(self) -> datetime:
        """Return the till's time, UTC."""
        return self._cashier.now().astimezone(UTC)


def _sold(lines: Sequence[Mapping[str, Any]]) -> list[Line]:
    return [
        Line(
            item=str(one.get("code") or one["barcode"]),
            quantity=int(one["quantity"]),
            amount_fen=int(one["quantity"]) * int(one["unit_price_fen"]),
        )
        for one in lines
    ]
