"""A till without a network: it checks codes by documents it fetched before, and keeps its sales."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum, unique
from typing import Any

from codes import presentation
from codes.checking import NORMAL, Tolerance, check
from codes.presentation import PREFIX
from codes.results import Reason, Verdict
from sandbox.phone.http import Refused
from sandbox.terminal.journal import Journal
from sandbox.terminal.known import Known
from sandbox.terminal.sales import Line, Sales, Taken

__all__ = ("KEYS", "REVOCATIONS", "Line", "NotServedError", "OfflineTill", "Own", "Taken")

KEYS = "/.well-known/card-keys"
REVOCATIONS = "/.well-known/card-revocations"
MOST_UPLOADS = 50
_MOST_LINES = 50
_MOST_FEN_A_LINE = 100_000_00
_NOT_UNDERSTOOD = {400, 413, 422}

Send = Callable[[list[dict[str, Any]]], Sequence[Mapping[str, Any]]]
"""Posts up to fifty uploads and returns their outcomes in order."""


@unique
class Own(StrEnum):
    """Why this till itself does not serve a code that may be good."""

    ALREADY_TAKEN = "ALREADY_TAKEN"
    OVER_CAP = "OVER_CAP"
    OVER_TILL_LIMIT = "OVER_TILL_LIMIT"
    """Too much waits to be uploaded."""
    TOO_LONG = "TOO_LONG"
    """More lines, or more on a line, than can be uploaded."""
    NEEDS_NETWORK = "NEEDS_NETWORK"
    """An online code, without a network."""
    MAYBE_USED = "MAYBE_USED"
    """The code was sent and the answer lost: it may be used up."""


class NotServedError(Exception):
    """The till does not serve this code; ``reason`` says why."""

    def __init__(self, reason: Reason | Own) -> None:
        """Keep the reason."""
        super().__init__(reason.value)
        self.reason = reason


class OfflineTill:
    """What a till needs without a network. Everything it trusts is published and signed."""

    def __init__(
        self,
        *,
        purposes: Collection[str],
        tolerance: Tolerance = NORMAL,
        journal: Journal | None = None,
        known: Known | None = None,
        most_waiting_fen: int | None = None,
    ) -> None:
        """Take the purposes it asks for. Without ``known`` it knows no keys and accepts nothing.

        Args:
            purposes: it asks for.
            tolerance: of clocks, and of the list's age.
            journal: keeps its sales through a power cut; None: they live in memory.
            known: what it fetched before.
            most_waiting_fen: what may be sold in all before an upload; None: no limit.
        """
        self._purposes = frozenset(purposes)
        self._tolerance = tolerance
        self._most_waiting_fen = most_waiting_fen
        self.known = known or Known()
        self._keys = self.known.keys
        self.sales = Sales(journal)

    @property
    def delta_age(self) -> timedelta:
        """How old the list of revocations may be."""
        return self._tolerance.delta_age

    @property
    def pending(self) -> Sequence[Taken]:
        """Sales that wait to be uploaded, oldest first."""
        return self.sales.waiting

    def refresh(
        self, keys: Mapping[str, Any], fetch_piece: Callable[[int], bytes], *, now: datetime
    ) -> None:
        """Learn the issuer's keys and all revocations; what was known stays if a piece is bad.

        Args:
            keys: the JWK set of ``KEYS``, fetched over TLS.
            fetch_piece: fetches ``REVOCATIONS`` with this ``since``.
            now: by the till's clock.

        Raises:
            MalformedError: the keys are none.
            PieceRefused: a piece is not the issuer's, or not the next.
        """
        self.known = self.known.refreshed(keys, fetch_piece, now=now)
        self._keys = self.known.keys

    def look(self, code: str, *, now: datetime, purpose: str | None = None) -> Verdict:
        """Check a code without taking it, for one purpose or any the till asks for."""
        return check(
            code,
            keys=self._keys,
            revocations=self.known.revocations,
            now=now,
            purposes=self._purposes if purpose is None else self._purposes & {purpose},
            tolerance=self._tolerance,
        )

    def admit(self, code: str, *, now: datetime, purpose: str | None = None) -> Verdict:
        """Check a code that somebody shows.

        1. It is an offline code.
        2. It is good by what is published.
        3. This till has not served its credential before.

        Raises:
            NotServedError: with the reason of the first check that failed.
        """
        if not code.startswith(PREFIX):  # 1
            raise NotServedError(Own.NEEDS_NETWORK)
        verdict = self.look(code, now=now, purpose=purpose)  # 2
        if verdict.reason is not None:
            raise NotServedError(verdict.reason)
        if self.sales.knows(verdict.alias or b""):  # 3
            raise NotServedError(Own.ALREADY_TAKEN)
        return verdict

    def sell(
        self,
        code: str,
        *,
        sale_id: str,
        lines: Sequence[Line],
        at: datetime,
        asked: Sequence[Mapping[str, Any]] = (),
    ) -> Taken:
        """Keep a sale on a code that was admitted; on the disk when this returns.

        1. The upload will be understood.
        2. The till has not served the credential since, nor heard that it is revoked.
        3. The sale is within the credential's cap.
        4. All that waits is within the till's own limit.

        Raises:
            NotServedError: with the reason of the first check that failed.
        """
        credential = presentation.read(code).issued.credential
        taken = Taken(
            alias=credential.alias,
            code=code,
            sale_id=sale_id,
            lines=tuple(lines),
            at=at.isoformat(timespec="seconds"),
            asked=tuple(asked),
        )
        self._require_upload(taken)  # 1
        if self.sales.knows(taken.alias):  # 2
            raise NotServedError(Own.ALREADY_TAKEN)
        if taken.alias in self.known.revocations.aliases:
            raise NotServedError(Reason.REVOKED)
        if taken.amount_fen > credential.cap_fen:  # 3
            raise NotServedError(Own.OVER_CAP)
        waiting = sum(one.amount_fen for one in self.pending) + taken.amount_fen
        if self._most_waiting_fen is not None and waiting > self._most_waiting_fen:  # 4
            raise NotServedError(Own.OVER_TILL_LIMIT)
        self.sales.keep(taken)
        return taken

    def take(self, code: str, *, sale_id: str, lines: Sequence[Line], now: datetime) -> Verdict:
        """Check a code and keep a sale on it: ``admit`` and ``sell`` at once.

        Raises:
            NotServedError: as these.
        """
        verdict = self.admit(code, now=now)
        self.sell(code, sale_id=sale_id, lines=lines, at=now)
        return verdict

    def upload(self, send: Send, again: Sequence[Taken] = ()) -> list[Mapping[str, Any]]:
        """Bring in what was taken; a sale waits until it has an outcome, so a repeat is safe.

        Outcomes are on the disk batch by batch: where the line breaks, the rest waits.

        Args:
            send: sends a batch, returns its outcomes.
            again: sales that were accepted before, to be told of once more.

        Returns:
            All outcomes, in the order of the sales.
        """
        outcomes: list[Mapping[str, Any]] = []
        for batch in _batches([*self.pending, *again], MOST_UPLOADS):
            told = self._judged(batch, send)
            self.sales.judge(told)
            outcomes += told
        return outcomes

    def _judged(self, batch: Sequence[Taken], send: Send) -> list[Mapping[str, Any]]:
        """Send a batch; one that is not understood is halved until the cause stands alone."""
        try:
            answered = send([one.to_json() for one in batch])
        except Refused as refused:
            if refused.status not in _NOT_UNDERSTOOD:
                raise
            if len(batch) > 1:
                half = len(batch) // 2
                return self._judged(batch[:half], send) + self._judged(batch[half:], send)
            return [_as_outcome(batch[0], refused)]
        if [one["sale_id"] for one in answered] != [one.sale_id for one in batch]:
            message = "the answer names other sales than were sent"
            raise ValueError(message)
        return list(answered)

    def _require_upload(self, taken: Taken) -> None:
        too_dear = any(line.amount_fen > _MOST_FEN_A_LINE for line in taken.lines)
        if too_dear or not 0 < len(taken.lines) <= _MOST_LINES:
            raise NotServedError(Own.TOO_LONG)


def _batches(sales: Sequence[Taken], most: int) -> list[Sequence[Taken]]:
    return [sales[n : n + most] for n in range(0, len(sales), most)]


def _as_outcome(taken: Taken, refused: Refused) -> Mapping[str, Any]:
    return {
        "sale_id": taken.sale_id,
        "verdict": refused.code,
        "detail": refused.detail,
        "action": refused.action or "CONTACT",
    }
