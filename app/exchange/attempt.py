"""One exchange under way: filled in as it goes, then written down."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum, unique
from typing import Final

from app.exchange.contracts.contract import Contract, Found
from app.exchange.errors import ExchangeFailed, Failure
from app.exchange.ports import Question

_UNASKED: Final = frozenset({Failure.CIRCUIT_OPEN, Failure.CROWDED})


@unique
class Outcome(StrEnum):
    """What came of an exchange."""

    LIVE = "live"
    """The department told it just now."""
    NOT_FOUND = "not_found"
    """It told that it knows nobody of that number and name."""
    CACHED = "cached"
    """It was not asked, for it has failed or was crowded of late; an earlier answer served."""
    STALE = "stale"
    """It was asked and failed; an earlier answer served."""
    PARTIAL = "partial"
    """Part of an answer came, too little to be used."""
    FAILED = "failed"
    """Nothing came that can be used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """An answer of an earlier exchange, read again and still within its time."""

    exchange_id: str
    """What it came by."""
    found: Found


@dataclass(slots=True, kw_only=True)
class Attempt:
    """What is known of an exchange so far."""

    id: str
    contract: Contract
    """The one in force when it began, until its end."""
    question: Question
    person_id: str | None
    capability: str
    """What is to allow it; not yet believed."""
    kept: bool
    """Whether an earlier answer would do."""
    started: float
    permitted: bool = False
    """Whether the capability was spent on it."""
    request: bytes | None = None
    answer: bytes | None = None
    found: Found | None = None
    failed: ExchangeFailed | None = None
    earlier: Earlier | None = None

    @property
    def outcome(self) -> Outcome:
        """What came of it."""
        if self.failed is None:
            return Outcome.NOT_FOUND if self.found is None else Outcome.LIVE
        if self.earlier is not None:
            return Outcome.CACHED if self.failed.failure in _UNASKED else Outcome.STALE
        return Outcome.PARTIAL if self.failed.partial else Outcome.FAILED

    @property
    def told(self) -> Found | None:
        """What the caller gets: the live answer, or the earlier one in its place."""
        return self.found if self.earlier is None else self.earlier.found
