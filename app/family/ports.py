"""What the family service needs of others."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from sqlalchemy.orm import Session


class PersonFacts(Protocol):
    """Who somebody is, in clear."""

    @property
    def name(self) -> str:
        """As in the population registry."""
        ...

    @property
    def citizen_number(self) -> str:
        """18 characters (GB 11643)."""
        ...


class Persons(Protocol):
    """Knows persons; the identity service implements it."""

    def hash_of(self, citizen_number: str) -> bytes:
        """The keyed hash a citizen number is looked up by, 32 bytes."""
        ...

    def known(self, citizen_hash: bytes) -> str | None:
        """The id of the person behind a keyed hash, or None."""
        ...

    def identity_of(self, person_id: str) -> PersonFacts:
        """Number and name of a person, in clear."""
        ...

    def masked(self, person_id: str) -> PersonFacts:
        """Number and name of a person, fit to be shown to others."""
        ...


class Uses(Protocol):
    """Counts uses against a rate (`app.core.limits.RateLimits`)."""

    def hit(self, name: str, *keys: str) -> None:
        """Count one use under each key.

        Raises:
            DomainError: TOO_MANY_REQUESTS.
        """
        ...


class ShownCodes(Protocol):
    """The codes that agents show; the card's service implements it."""

    def end(self, tx: Session, mandate_id: str) -> None:
        """End every code and device of a mandate, in its own transaction."""
        ...


class Children(Protocol):
    """Persons that have no phone: known by a department's record alone."""

    def ensure(self, *, citizen_number: str, name: str) -> str:
        """The id of the person; made, with a card on no device, where there is none."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Parents:
    """Whom the register of births names as parents."""

    citizen_numbers: frozenset[str] = field(repr=False)
    exchange_id: str
    """Which exchange said so."""


class Births(Protocol):
    """The register of births."""

    def parents_of(self, *, citizen_number: str, name: str, case_id: str) -> Parents | None:
        """The parents of a child of this number and name, or None when it is not registered.

        Raises:
            DomainError: as the exchange, or GUARDIANSHIP_UNAVAILABLE.
        """
        ...
