"""A merchant's `msgid` names what it asked for, for ever.

Whoever inserts the row decides; the row is inserted in the transaction that does the work, so a
second request under the same name waits for the first and then finds what it led to. A fence is
such a row too: once it stands, nothing can be done under that name.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from psycopg.types.json import Jsonb

from app.core.access.principals import Terminal
from app.core.clock import Clock
from app.core.database import Database
from app.core.errors import DomainError, kind_of
from app.core.statements import Tx, row
from app.settlement.errors import BALANCE_MOVED, MSGID_FENCED, MSGID_REUSED
from app.settlement.models.message import SettlementMessage

COMMITTED: Final = "COMMITTED"
REJECTED: Final = "REJECTED"
FENCED: Final = "FENCED"
_TAKE: Final = """
INSERT INTO settlement_messages (merchant_id, msgid, kind, outcome, fingerprint, terminal_id,
  settlement_id, refund_id, problem, at)
VALUES (%(merchant)s, %(msgid)s, %(kind)s, %(outcome)s, %(fingerprint)s, %(terminal)s,
  %(settlement)s, %(refund)s, %(problem)s, %(now)s)
ON CONFLICT DO NOTHING RETURNING msgid
"""
_REPLAYED: Final = {"Idempotent-Replayed": "true"}
# Refusals that pass: the same request may well succeed later, so its name stays free.
_PASSING: Final = frozenset({401, 403, 429})
_FIRST_FAULT: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is asked under a name."""

    kind: str
    """settle, refund or reverse."""
    msgid: str
    settlement_id: str
    """The new one's, or the one that is given back from."""
    refund_id: str | None = None
    asked: Mapping[str, object] = field(repr=False)
    """What tells this request from another; JSON values in a fixed order."""

    @property
    def fingerprint(self) -> bytes:
        """SHA-256 of it."""
        text = repr((self.kind, sorted(self.asked.items())))
        return hashlib.sha256(text.encode()).digest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What a name stands for."""

    settlement_id: str
    refund_id: str | None
    replayed: bool
    """Whether it was done by an earlier request."""


class Undone(Exception):  # noqa: N818 - reads as what happened
    """Undoes the work of a request; the refusal is made after that, with the locks given back."""

    def __init__(self, explain: Callable[[], DomainError]) -> None:
        """Keep what makes the refusal."""
        super().__init__()
        self.explain = explain


class Messages:
    """Does things once a name."""

    def __init__(self, *, database: Database, clock: Clock) -> None:
        """Take the ports."""
        self._database = database
        self._clock = clock

    def once(self, terminal: Terminal, request: Request, work: Callable[[Tx], None]) -> Done:
        """Do the work of a request, or find what came of it.

        1. The name is taken in the transaction of the work; both stand or fall together.
        2. A refusal that is final is written under the name, unless another request was faster.
        3. A name that is taken answers as it did, if the request is the same.

        Args:
            terminal: who asks; names are the merchant's.
            request: what is asked.
            work: does it; runs at most once.

        Raises:
            DomainError: MSGID_REUSED, MSGID_FENCED, or the refusal of the work.
        """
        try:
            with self._database.direct() as tx:
                if self._take(tx, terminal, request, outcome=COMMITTED, problem=None):  # 1
                    work(tx)
                    return _done(request, replayed=False)
        except (DomainError, Undone) as raised:
            refused = raised.explain() if isinstance(raised, Undone) else raised
            if _passes(refused) or not self._reject(terminal, request, refused):  # 2
                raise refused from None
        return self._given(terminal, request)  # 3

    def find(self, terminal: Terminal, msgid: str, *, fence: bool) -> SettlementMessage | None:
        """What a name stands for, or None where nothing ever came under it.

        Args:
            terminal: who asks.
            msgid: the name.
            fence: take the name where it is free, so that nothing can ever come under it; this
                waits for a request that is under way.
        """
        with self._database.transaction() as tx:
            if fence and self._fence(tx, terminal, msgid):
                return None
            return tx.get(SettlementMessage, (terminal.merchant_id, msgid))

    def _take(
        self,
        tx: Tx,
        terminal: Terminal,
        request: Request,
        *,
        outcome: str,
        problem: dict[str, Any] | None,
    ) -> bool:
        done = outcome == COMMITTED
        values = {
            "merchant": terminal.merchant_id,
            "msgid": request.msgid,
            "kind": request.kind,
            "outcome": outcome,
            "fingerprint": request.fingerprint,
            "terminal": terminal.terminal_id,
            "settlement": request.settlement_id if done else None,
            "refund": request.refund_id if done else None,
            "problem": None if problem is None else Jsonb(problem),
            "now": self._clock.now(),
        }
        return row(tx, _TAKE, values) is not None

    def _fence(self, tx: Tx, terminal: Terminal, msgid: str) -> bool:
        values = {
            "merchant": terminal.merchant_id,
            "msgid": msgid,
            "kind": "fence",
            "outcome": FENCED,
            "fingerprint": None,
            "terminal": terminal.terminal_id,
            "settlement": None,
            "refund": None,
            "problem": None,
            "now": self._clock.now(),
        }
        return row(tx, _TAKE, values) is not None

    def _reject(self, terminal: Terminal, request: Request, refused: DomainError) -> bool:
        """Write a final refusal down. Returns whether another request had taken the name."""
        problem = {
            "kind": asdict(refused.kind),
            "pointer": refused.pointer,
            "members": dict(refused.members),
        }
        with self._database.separate() as tx:
            return not self._take(tx, terminal, request, outcome=REJECTED, problem=problem)

    def _given(self, terminal: Terminal, request: Request) -> Done:
        with self._database.separate() as tx:
            row = tx.get_one(SettlementMessage, (terminal.merchant_id, request.msgid))
        if row.outcome == FENCED:
            raise MSGID_FENCED()
        if row.fingerprint is None or bytes(row.fingerprint) != request.fingerprint:
            raise MSGID_REUSED()
        if row.problem is not None:
            raise refusal_of(row.problem)
        return Done(settlement_id=str(row.settlement_id), refund_id=row.refund_id, replayed=True)


def refusal_of(problem: Mapping[str, Any]) -> DomainError:
    """A refusal as it was written down."""
    kind = kind_of(problem["kind"])
    return kind(pointer=problem["pointer"], members=problem["members"], headers=_REPLAYED)


def _done(request: Request, *, replayed: bool) -> Done:
    return Done(settlement_id=request.settlement_id, refund_id=request.refund_id, replayed=replayed)


def _passes(refused: DomainError) -> bool:
    status = refused.kind.status
    return status in _PASSING or status >= _FIRST_FAULT or refused.kind is BALANCE_MOVED
