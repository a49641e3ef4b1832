"""What an exchange asks of others, and what it gives."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question about one person, for one case."""

    citizen_number: str
    name: str
    fields: tuple[str, ...]
    """Members of the record that are needed, nothing more."""
    purpose: str
    """Why: a purpose of the contract, optionally `purpose:detail`."""
    case_id: str
    """Opaque id of what the data are needed for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A question as its contract puts it, and what binds whoever carries it."""

    question: Question = field(repr=False)
    contract: str
    """Name and version, such as `population-person/1.0.0`."""
    body: bytes = field(repr=False)
    """The question as JSON."""
    path: str
    """Of the contract: below the base address, the view, or the files' prefix."""
    single: bool
    """Whether the answer holds one record or nobody, instead of any number of records."""
    answer_limit: int
    """Largest answer in bytes."""
    timeout_s: float
    """For all tries together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeRecord:
    """What a department said about a person."""

    exchange_id: str
    """Row of `exchanges` that this came from: the lineage of every field."""
    records: tuple[dict[str, Any], ...]
    """The fields that were asked for, as JSON values; one the department lacks may be null. Empty
    where several records were possible and there are none."""
    record_version: str
    """Changes at the department when the record does."""
    as_of: datetime
    """When the record was true, by the department's clock."""
    live: bool = True
    """Whether the department said it just now; False of one kept from an earlier answer."""

    @property
    def record(self) -> dict[str, Any]:
        """The only record.

        Raises:
            ValueError: there is none, or more than one.
        """
        (only,) = self.records
        return only


class Connector(Protocol):
    """Carries one request to a department and brings its answer."""

    def ask(self, request: Request) -> bytes:
        """Carry a request, return an answer in its contract's envelope, as JSON.

        Raises:
            ExchangeFailed: nothing usable came back.
        """
        ...
