"""A cashier's work, step by step, over the book: what commands and the guided sale are made of."""

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any, TypeVar

from sandbox.phone.http import Refused
from sandbox.terminal.book import Book, Write
from sandbox.terminal.client import NotSignedInError, Presentation, Terminal
from sandbox.terminal.once import Once, Outcome
from sandbox.terminal.purchases import SETTLEMENTS, Purchases

CHINA = timezone(timedelta(hours=8))
_NOT_SIGNED_IN = 401
T = TypeVar("T")
_FIGURES = ("total", "fund", "account", "mutual", "cash")


class NothingToDoError(Exception):
    """The step before this one is missing; the message says which."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """What a till did in a day, by its own book, fen."""

    day: str
    settlements: int
    refunds: int
    figures: Mapping[str, int]
    """total, fund, account, mutual and cash: settled less given back."""
    open: Sequence[Write] = field(repr=False)
    """What nobody knows the end of; a day with any of these is not closed."""


class Cashier:
    """Decodes, quotes, settles, gives back, looks up."""

    def __init__(
        self,
        *,
        purchases: Purchases,
        book: Book,
        clock: Callable[[], float],
        sleep: Callable[[float], None],
    ) -> None:
        """Take a till, its book, a wall clock (s since 1970), and what waits."""
        self.book = book
        self._purchases = purchases
        self._clock = clock
        self._once = Once(purchases=purchases, book=book, sign_in=self.sign_in, sleep=sleep)

    @property
    def terminal(self) -> Terminal:
        """The connection, for what changes no money."""
        return self._purchases.terminal

    def sign_in(self) -> None:
        """Fetch a token and note it."""
        self.book.keep(till={"token": self._purchases.sign_in()})

    def decode(self, code: str, purpose: str) -> Presentation:
        """Find out who stands here; a code is good for one decode."""
        shown = self.signed_in(lambda: self._purchases.terminal.decode(code, purpose))
        presence = {
            "token": shown.presence_token,
            "name": shown.name,
            "expires_at": shown.expires_at,
        }
        self.book.keep(presence=presence, quote=None)
        return shown

    def quote(self, lines: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
        """Ask what a basket costs them."""
        if self.book.presence is None or "token" not in self.book.presence:
            message = "decode a code first"
            raise NothingToDoError(message)
        token = self.book.presence["token"]
        quote = self.signed_in(lambda: self._purchases.quote(token, lines))
        sale = self.book.presence.get("sale", "")
        self.book.keep(quote={**quote, "asked": list(lines), "sale": sale})
        return quote

    def requote(self) -> Mapping[str, Any]:
        """Ask again what the basket of the last quote costs."""
        quote = self._quote
        if quote is None:
            message = "quote a basket first"
            raise NothingToDoError(message)
        return self.quote(quote["asked"])

    def settle(self, cash: str) -> Outcome:
        """Settle the last quote, once whatever happens.

        1. A write that is still open is brought to its end first; while it cannot be, nothing
           new. Where it settled this very quote, that is the answer.
        2. A quote that went stale is replaced by the fresh one: show it, then settle again.
        3. A presence that was used, or a quote that is over, is forgotten.
        """
        quote = self._quote
        resolved = self.resolve()  # 1
        if quote is None:
            message = "quote a basket first"
            raise NothingToDoError(message)
        outcome = _of_quote(resolved, quote["quote_id"])
        if outcome is not None:
            return outcome
        body = {"quote_id": quote["quote_id"], "cash": cash}
        try:
            outcome = self._write("settle", SETTLEMENTS, body, sale=quote.get("sale", ""))
        except Refused as refused:
            self._follow(refused, quote)
            raise
        self.book.keep(quote=None, presence=None)
        return outcome

    def refund(self, settlement_id: str, units: Sequence[tuple[int, int]]) -> Outcome:
        """Give units of lines back, or all that is left where none are named."""
        self.resolve()
        path = f"{SETTLEMENTS}/{settlement_id}"
        if not units:
            return self._write("reverse", f"{path}/reversal", {})
        lines = [{"n": n, "quantity": quantity} for n, quantity in units]
        return self._write("refund", f"{path}/refunds", {"lines": lines})

    def resolve(self) -> list[Outcome | Refused]:
        """Bring every open write to its end, as far as it can be; held ones stay open.

        Raises:
            StillOpenError: of one of them nobody knows.
        """
        found: list[Outcome | Refused] = []
        for write in self.book.open:
            try:
                found.append(self._once.resume(write))
            except Refused as refused:
                found.append(refused)
        quote = self._quote
        if quote is not None and _of_quote(found, quote["quote_id"]) is not None:
            self.book.keep(quote=None, presence=None)
        return found

    def message(self, msgid: str, *, fence: bool) -> Mapping[str, Any]:
        """Ask what became of a message; what is fenced is no longer open."""
        found = self.signed_in(lambda: self._purchases.message(msgid, fence=fence))
        if found["fenced"]:
            self.book.end(msgid)
        return found

    def day(self, day: str) -> Day:
        """Add a day up, yyyy-MM-dd, by the book."""
        done = [one for one in self.book.done if str(one["at"])[:10] == day]
        return Day(
            day=day,
            settlements=sum(one["kind"] == "settle" for one in done),
            refunds=sum(one["kind"] != "settle" for one in done),
            figures={name: sum(int(one[name]) for one in done) for name in _FIGURES},
            open=[one for one in self.book.open if one.at[:10] <= day],
        )

    def differences(self, day: str) -> list[str]:
        """Names of the day's messages that the system tells otherwise."""
        return [
            str(one["msgid"])
            for one in self.book.done
            if str(one["at"])[:10] == day and not self._agrees(one)
        ]

    def today(self) -> str:
        """Return the day it is in China."""
        return self.now().date().isoformat()

    def now(self) -> datetime:
        """Return the time in China."""
        return datetime.fromtimestamp(self._clock(), CHINA)

    @property
    def _quote(self) -> Mapping[str, Any] | None:
        """The last quote, if it came from the system."""
        quote = self.book.quote
        return quote if quote is not None and "quote_id" in quote else None

    def _agrees(self, one: Mapping[str, Any]) -> bool:
        found = self.signed_in(lambda: self._purchases.message(str(one["msgid"])))
        if found["status"] != "COMMITTED":
            return False
        told = self.signed_in(lambda: self._purchases.settlement(str(one["settlement_id"])))
        if one["kind"] == "settle":
            return all(told["split"][name] == one[name] for name in _FIGURES)
        refunds = {refund["id"]: refund for refund in told["refunds"]}
        refund = refunds.get(one["id"], {})
        return all(refund.get(name) == -int(one[name]) for name in _FIGURES)

    def _write(self, kind: str, path: str, body: dict[str, Any], sale: str = "") -> Outcome:
        at = self.now().isoformat(timespec="seconds")
        msgid = f"{at:.19}-{secrets.token_hex(6)}".replace(":", "").replace("T", ".")
        write = Write(
            kind=kind, msgid=msgid, path=path, body=body | {"msgid": msgid}, at=at, sale=sale
        )
        return self._once.do(write)

    def _follow(self, refused: Refused, quote: Mapping[str, Any]) -> None:
        fresh = refused.members.get("quote_id")
        if refused.code == "QUOTE_STALE" and fresh is not None:  # 2
            told = self.signed_in(lambda: self._purchases.read_quote(str(fresh)))
            self.book.keep(quote={**told, "asked": quote["asked"], "sale": quote.get("sale", "")})
        elif refused.action in {"RESCAN", "CANCEL", "QUERY"}:  # 3
            self.book.keep(quote=None, presence=None)

    def signed_in(self, call: Callable[[], T]) -> T:
        """Make a call that changes no money; sign in first, or once more, where needed."""
        try:
            return call()
        except NotSignedInError:
            self.sign_in()
        except Refused as refused:
            if refused.status != _NOT_SIGNED_IN:
                raise
            self.sign_in()
        return call()


def _of_quote(resolved: Sequence[Outcome | Refused], quote_id: str) -> Outcome | None:
    """Return what settled a quote, of what was resolved."""
    for one in resolved:
        if isinstance(one, Outcome) and one.write.body.get("quote_id") == quote_id:
            return one
    return None
