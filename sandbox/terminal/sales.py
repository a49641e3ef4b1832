"""Sales that a till took without a network, and what became of each.

Two kinds of lines in a journal that is only added to: a sale, before the goods leave, and its
outcome, before the cashier hears of it. So a till that is stopped anywhere knows what still waits.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Self

from codes import presentation
from codes.errors import MalformedError
from codes.presentation import SLICE
from sandbox.terminal.journal import Journal, JournalError

ACCEPTED = "ACCEPTED"
UPLOAD_WITHIN = timedelta(hours=72)
_KEPT_FOR = timedelta(days=35)
_MAY_BE_PUT_RIGHT = {"PURPOSE_NOT_ALLOWED", "CODE_CLOCK_OFF"}
"""A terminal's purposes, a clock: the same upload may be accepted later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a sale."""

    item: str
    quantity: int
    amount_fen: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A code this till served, and what it sold on it."""

    alias: bytes
    code: str = field(repr=False)
    sale_id: str
    lines: tuple[Line, ...]
    at: str = ""
    """When it was sold, ISO 8601."""
    asked: tuple[Mapping[str, Any], ...] = ()
    """The basket as quotes want it, to settle it by once the code was accepted."""

    @property
    def amount_fen(self) -> int:
        """Sum of its lines, fen."""
        return sum(line.amount_fen for line in self.lines)

    @property
    def upload_until(self) -> datetime:
        """When an upload comes too late, UTC."""
        return presentation.read(self.code).slice_start + SLICE + UPLOAD_WITHIN

    def to_json(self) -> dict[str, Any]:
        """Write it as the upload wants it."""
        sale = {"sale_id": self.sale_id, "lines": [asdict(line) for line in self.lines]}
        return {"code": self.code, "sale": sale}

    @classmethod
    def from_json(cls, upload: Mapping[str, Any]) -> Self:
        """Read what ``to_json`` wrote, and what the journal knows besides."""
        sale = upload["sale"]
        return cls(
            alias=presentation.read(upload["code"]).issued.credential.alias,
            code=upload["code"],
            sale_id=sale["sale_id"],
            lines=tuple(Line(**line) for line in sale["lines"]),
            at=upload.get("at", ""),
            asked=tuple(upload.get("asked", ())),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Sale:
    """A sale and what became of it."""

    taken: Taken
    outcome: Mapping[str, Any] | None = None
    """As the system answered: ``verdict``, ``detail``, ``action``, ``presence_token``, …"""

    @property
    def verdict(self) -> str:
        """ACCEPTED, a refusal's code, or nothing yet."""
        return "" if self.outcome is None else str(self.outcome["verdict"])

    @property
    def waits(self) -> bool:
        """Whether it has to be uploaded, perhaps once more."""
        return self.outcome is None or self.verdict in _MAY_BE_PUT_RIGHT


class Sales:
    """What a till sold without a network; in memory only where it has no journal."""

    def __init__(self, journal: Journal | None) -> None:
        """Read the journal.

        Raises:
            JournalError: something in it is neither a sale nor an outcome.
        """
        self._journal = journal
        self._sales: dict[str, Sale] = {}
        try:
            for entry in journal.read() if journal else ():
                self._recall(entry)
        except (KeyError, TypeError, MalformedError):
            message = "an entry is neither a sale nor the outcome of one"
            raise JournalError(message) from None

    def __iter__(self) -> Iterator[Sale]:
        """Return all of them, oldest first."""
        return iter(tuple(self._sales.values()))

    @property
    def waiting(self) -> tuple[Taken, ...]:
        """Sales without an outcome that lasts, oldest first."""
        return tuple(one.taken for one in self if one.waits)

    def knows(self, alias: bytes) -> bool:
        """Whether this till has served a credential."""
        return any(one.taken.alias == alias for one in self)

    def find(self, sale_id: str) -> Sale:
        """Return one; ``KeyError`` if there is none."""
        return self._sales[sale_id]

    def keep(self, taken: Taken) -> None:
        """Keep a sale; it is on the disk when this returns."""
        if self._journal is not None:
            self._journal.add(_kept(taken))
        self._add(taken)

    def judge(self, outcomes: Sequence[Mapping[str, Any]]) -> None:
        """Note outcomes, each of the sale it names."""
        if self._journal is not None:
            self._journal.add(*({"judged": dict(one)} for one in outcomes))
        for one in outcomes:
            self._judge(one)

    def forget(self, *, now: datetime) -> None:
        """Drop what was judged and is older than the book looks back."""
        before = (now - _KEPT_FOR).isoformat()
        kept = [one for one in self if one.waits or one.taken.at >= before]
        if len(kept) < len(self._sales) and self._journal is not None:
            self._journal.replace(entry for one in kept for entry in _entries(one))
        self._sales = {one.taken.sale_id: one for one in kept}

    def _recall(self, entry: Mapping[str, Any]) -> None:
        if "kept" in entry:
            self._add(Taken.from_json(entry["kept"]))
        else:
            self._judge(entry["judged"])

    def _add(self, taken: Taken) -> None:
        self._sales[taken.sale_id] = Sale(taken=taken)

    def _judge(self, outcome: Mapping[str, Any]) -> None:
        sale_id = str(outcome["sale_id"])
        self._sales[sale_id] = replace(self._sales[sale_id], outcome=outcome)


def _kept(taken: Taken) -> dict[str, Any]:
    return {"kept": {**taken.to_json(), "at": taken.at, "asked": list(taken.asked)}}


def _entries(sale: Sale) -> list[dict[str, Any]]:
    judged = [] if sale.outcome is None else [{"judged": dict(sale.outcome)}]
    return [_kept(sale.taken), *judged]
