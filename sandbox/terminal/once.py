"""A write whose answer may be lost, and that must take effect once.

The rules an integrator copies:

1. The write is in the book, on the disk, before it is sent.
2. A refusal that names its cause is final: the system answers the same message so for ever.
   401, 403, 429, 5xx and BALANCE_MOVED say nothing final; 401 is answered by signing in.
3. After anything that is no answer, ask by `msgid` over a new connection before anything else.
   COMMITTED and PENDING are the answer; REJECTED is final; NEVER_SEEN allows the same message,
   never one of another name.
4. Where no answer is to be had, the write stays open: neither done nor undone. No goods, no money.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sandbox.phone.http import Refused, UnreachableError
from sandbox.terminal.book import Book, Write
from sandbox.terminal.purchases import Purchases

_TRIES = 4
_MOST_WAIT_S = 10.0
_PASSING = {401, 403, 429}
_NOT_SIGNED_IN = 401
_FIRST_FAULT = 500
_LOST = (UnreachableError, ValueError, KeyError)  # the last two: an answer nobody can read
_VOIDED = "CASH_NOT_PAID"
_SIGN = {"settle": 1, "refund": -1, "reverse": -1}
HELD = "PENDING"


class StillOpenError(Exception):
    """Nobody knows yet what became of a write. Its ``msgid`` stays in the book."""

    def __init__(self, msgid: str) -> None:
        """Keep the name."""
        super().__init__(msgid)
        self.msgid = msgid


class _FinalError(Exception):
    """A refusal that says so of this write."""

    def __init__(self, refused: Refused) -> None:
        super().__init__()
        self.refused = refused


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a write led to."""

    write: Write
    status: str
    """COMMITTED, or PENDING until the customer has paid the cash part."""
    reply: dict[str, Any] = field(repr=False)
    """The settlement or the refund."""


class Once:
    """Does writes."""

    def __init__(
        self,
        *,
        purchases: Purchases,
        book: Book,
        sign_in: Callable[[], None],
        sleep: Callable[[float], None],
    ) -> None:
        """Take the till, its book, what signs it in, and what waits for some seconds."""
        self._purchases = purchases
        self._book = book
        self._sign_in = sign_in
        self._sleep = sleep
        self._token_ended = False

    def do(self, write: Write) -> Outcome:
        """Send a new write.

        Raises:
            Refused: it has no effect.
            StillOpenError: nobody knows.
        """
        self._book.begin(write)  # 1
        return self._pursue(write, ask=False)

    def resume(self, write: Write) -> Outcome:
        """Go on with a write of the book, whatever stopped it; otherwise as ``do``."""
        return self._pursue(write, ask=True)

    def _pursue(self, write: Write, *, ask: bool) -> Outcome:
        doubt, wait, told = ask, 0.0, None
        for _ in range(_TRIES):
            self._sleep(min(wait, _MOST_WAIT_S))
            try:
                return self._tried(write, ask=doubt)
            except _FinalError as final:  # 2
                self._book.end(write.msgid)
                raise final.refused from None
            except Refused as refused:
                told, wait = refused, _wait_of(refused, wait)
                doubt = doubt or refused.status >= _FIRST_FAULT
            except _LOST:
                self._purchases.terminal.http.reconnect()  # 3
                doubt, wait = True, 2 * wait or 0.5
        if told is None or doubt:
            raise StillOpenError(write.msgid)  # 4
        self._book.end(write.msgid)
        raise told

    def _tried(self, write: Write, *, ask: bool) -> Outcome:
        if self._token_ended or not self._purchases.terminal.signed_in:
            self._sign_in()
            self._token_ended = False
        try:
            return (self._found(write) if ask else None) or self._sent(write)
        except Refused as refused:
            self._token_ended = refused.status == _NOT_SIGNED_IN
            raise

    def _sent(self, write: Write) -> Outcome:
        try:
            reply = self._purchases.send(write.path, write.body)
        except Refused as refused:
            if _is_final(refused):
                raise _FinalError(refused) from None
            raise
        held = reply.get("status") in {"HOLDING", "CASH_PENDING"}
        return self._ended(write, HELD if held else "COMMITTED", reply)

    def _found(self, write: Write) -> Outcome | None:
        """What the system knows of it; None where it may be sent again.

        What was refused or fenced can never take effect: sent again, it says why.
        """
        found = self._purchases.message(write.msgid)
        if found.get("code") == _VOIDED:
            raise _FinalError(Refused(status=409, code=_VOIDED, action="CANCEL"))
        if found["status"] not in {HELD, "COMMITTED"}:
            return None
        reply = self._purchases.settlement(found["settlement_id"])
        if write.kind != "settle":
            reply = _refund_of(reply, found["refund_id"])
        return self._ended(write, found["status"], reply)

    def _ended(self, write: Write, status: str, reply: dict[str, Any]) -> Outcome:
        if status != HELD:
            self._book.end(write.msgid, _entry(write, reply))
        return Outcome(write=write, status=status, reply=reply)


def _is_final(refused: Refused) -> bool:
    """Whether a refusal says that a write has no effect and never will."""
    passes = refused.status in _PASSING or refused.status >= _FIRST_FAULT
    return not passes and refused.code != "BALANCE_MOVED"


def _refund_of(settlement: dict[str, Any], refund_id: str) -> dict[str, Any]:
    """Return one refund of a settlement; ``KeyError`` if it names none."""
    return {one["id"]: one for one in settlement["refunds"]}[refund_id]  # type: ignore[no-any-return]


def _wait_of(refused: Refused, before: float) -> float:
    told = refused.members.get("retry_after")
    if isinstance(told, int) and told > 0:
        return float(told)
    return 0.0 if refused.status == _NOT_SIGNED_IN else 2 * before or 0.5


def _entry(write: Write, reply: dict[str, Any]) -> dict[str, Any]:
    """What the book keeps of it: figures, nothing of the customer."""
    split = reply.get("split", reply)
    sign = _SIGN[write.kind]
    names = ("total", "fund", "account", "mutual", "cash")
    return {
        "at": write.at,
        "kind": write.kind,
        "msgid": write.msgid,
        "settlement_id": reply["settlement_id"],
        "id": reply.get("id", reply["settlement_id"]),
        "sale": write.sale,
        **{name: sign * int(split[name]) for name in names},
    }
