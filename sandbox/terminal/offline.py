"""A till without a network: it checks codes by documents it fetched before, and keeps its sales."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum, unique
from typing import Any, Self

from codes import presentation
from codes.checking import NORMAL, Tolerance, check
from codes.keys import IssuerKeys
from codes.results import Reason, Verdict
from codes.revocations import Revocations
from sandbox.terminal.journal import Journal

KEYS = "/.well-known/card-keys"
REVOCATIONS = "/.well-known/card-revocations"
MOST_UPLOADS = 50
_MOST_PIECES = 1000  # ten million revocations: a server that never comes to an end


@unique
class Own(StrEnum):
    """Why this till itself does not serve a code that is good."""

    ALREADY_TAKEN = "ALREADY_TAKEN"
    OVER_CAP = "OVER_CAP"


class NotServedError(Exception):
    """The till does not serve this code; ``reason`` says why."""

    def __init__(self, reason: Reason | Own) -> None:
        """Keep the reason."""
        super().__init__(reason.value)
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a sale."""

    item: str
    quantity: int
    amount_fen: int

    def to_json(self) -> dict[str, Any]:
        """Write it as the upload wants it."""
        return {"item": self.item, "quantity": self.quantity, "amount_fen": self.amount_fen}


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A code this till served, and what it sold on it."""

    alias: bytes
    code: str = field(repr=False)
    sale_id: str
    lines: tuple[Line, ...]

    def to_json(self) -> dict[str, Any]:
        """Write it as the upload wants it."""
        sale = {"sale_id": self.sale_id, "lines": [line.to_json() for line in self.lines]}
        return {"code": self.code, "sale": sale}

    @classmethod
    def from_json(cls, upload: Mapping[str, Any]) -> Self:
        """Read what ``to_json`` wrote."""
        sale = upload["sale"]
        return cls(
            alias=presentation.read(upload["code"]).issued.credential.alias,
            code=upload["code"],
            sale_id=sale["sale_id"],
            lines=tuple(Line(**line) for line in sale["lines"]),
        )


class OfflineTill:
    """What a till needs without a network. Everything it trusts is published and signed."""

    def __init__(
        self,
        *,
        purposes: Collection[str],
        tolerance: Tolerance = NORMAL,
        journal: Journal | None = None,
    ) -> None:
        """Take the purposes it asks for. It knows no keys yet, and so accepts nothing.

        ``journal`` keeps its sales through a power cut; None: they live in memory.
        """
        self._purposes = frozenset(purposes)
        self._tolerance = tolerance
        self._keys = IssuerKeys(by_id={})
        self._revocations = Revocations()
        self._journal = journal
        self._taken = [Taken.from_json(one) for one in (journal.read() if journal else ())]
        self._seen = {one.alias for one in self._taken}

    @property
    def pending(self) -> Sequence[Taken]:
        """Sales that wait to be uploaded, oldest first."""
        return tuple(self._taken)

    def refresh(self, keys: Mapping[str, object], fetch_piece: Callable[[int], bytes]) -> None:
        """Learn the issuer's keys and all revocations; what was known stays if a piece is bad.

        Args:
            keys: the JWK set of ``KEYS``, fetched over TLS.
            fetch_piece: fetches ``REVOCATIONS`` with this ``since``.

        Raises:
            MalformedError: the keys are none.
            PieceRefused: a piece is not the issuer's, or not the next.
        """
        known_keys, known = IssuerKeys.read(keys), self._revocations
        for _ in range(_MOST_PIECES):
            known = known.take(fetch_piece(known.upto), known_keys)
            if known.complete:
                break
        self._keys, self._revocations = known_keys, known

    def look(self, code: str, *, now: datetime) -> Verdict:
        """Check a code without taking it."""
        return check(
            code,
            keys=self._keys,
            revocations=self._revocations,
            now=now,
            purposes=self._purposes,
            tolerance=self._tolerance,
        )

    def take(self, code: str, *, sale_id: str, lines: Sequence[Line], now: datetime) -> Verdict:
        """Serve a code, and keep the sale for the upload.

        1. The code is good by what is published.
        2. This till has not served its credential before.
        3. The sale is within the credential's cap.

        Raises:
            NotServedError: with the reason of the first check that failed.
        """
        verdict = self.look(code, now=now)  # 1
        if verdict.reason is not None:
            raise NotServedError(verdict.reason)
        alias, cap = verdict.alias or b"", verdict.cap_fen or 0
        if alias in self._seen:  # 2
            raise NotServedError(Own.ALREADY_TAKEN)
        if sum(line.amount_fen for line in lines) > cap:  # 3
            raise NotServedError(Own.OVER_CAP)
        taken = Taken(alias=alias, code=code, sale_id=sale_id, lines=tuple(lines))
        if self._journal is not None:
            self._journal.add(taken.to_json())
        self._seen.add(alias)
        self._taken.append(taken)
        return verdict

    def upload(
        self, send: Callable[[list[dict[str, Any]]], Sequence[Mapping[str, Any]]]
    ) -> list[Mapping[str, Any]]:
        """Bring in what was taken; a sale is kept until it has an outcome, so a repeat is safe.

        Args:
            send: posts up to fifty uploads and returns their outcomes in order.

        Returns:
            All outcomes.
        """
        outcomes: list[Mapping[str, Any]] = []
        while self._taken:
            batch = self._taken[:MOST_UPLOADS]
            answered = send([one.to_json() for one in batch])
            outcomes += answered
            del self._taken[: len(batch)]
            if self._journal is not None:
                self._journal.replace(one.to_json() for one in self._taken)
        return outcomes
