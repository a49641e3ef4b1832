"""A department's feed of changes, however it is read."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What somebody would be told under a contract is another thing now."""

    number: int
    """Position in the feed; it only grows."""
    contract: str
    """Name and version."""
    subject: str = field(repr=False)
    """Citizen number, or code of an organisation."""
    record_version: str
    """The new one, as an answer under the contract names it."""
    changed_at: datetime
    """By the department's clock, whole seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangePage:
    """Some changes, oldest first."""

    changes: tuple[Change, ...]
    last: int
    """What to ask after next."""
    more: bool
    """Whether there is more already."""


class ChangeFeed(Protocol):
    """Reads one department's feed."""

    def page(self, *, after: int) -> ChangePage:
        """The changes that follow a number.

        Raises:
            ExchangeFailed: nothing usable came back.
        """
        ...


class Subjects(Protocol):
    """Knows whom a citizen number belongs to; the identity service's persons."""

    def person_of(self, citizen_number: str) -> str | None:
        """The person's id, or None when we know nobody of that number."""
        ...
