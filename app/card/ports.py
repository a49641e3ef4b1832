"""What the card's service needs of others."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from sqlalchemy.orm import Session


class HolderIdentity(Protocol):
    """Who holds a card, in clear."""

    @property
    def name(self) -> str:
        """As in the population registry."""
        ...

    @property
    def citizen_number(self) -> str:
        """18 characters (GB 11643)."""
        ...


class Holders(Protocol):
    """Knows persons; the identity service implements it."""

    def identity_of(self, person_id: str) -> HolderIdentity:
        """The identity of a person."""
        ...

    def sealed(self, person: str) -> str:
        """SQL that selects the identity of a person, sealed; null where there is no such person.

        Args:
            person: SQL, the person's id.
        """
        ...

    def opened(self, person_id: str, sealed: Sequence[bytes]) -> HolderIdentity:
        """The identity that was selected so."""
        ...


class Register(Protocol):
    """Knows persons by what the state calls them."""

    def person_of(self, citizen_number: str) -> str | None:
        """The person's id, or None when nobody of that number ever passed a verification."""
        ...


class Citizens(Protocol):
    """Finds persons by what the state calls them; the identity service behind it."""

    def find(self, *, citizen_number: str, name: str) -> str | None:
        """The id of a person who verified their face once, or None; number and name must fit."""
        ...


class HeldMandate(Protocol):
    """A mandate that cannot be revoked before the transaction under way ends."""

    @property
    def principal_id(self) -> str:
        """Whose card may be used."""
        ...

    @property
    def agent_name(self) -> str:
        """Masked, for the principal's log."""
        ...

    @property
    def principal_name(self) -> str:
        """Masked, for the agent's log."""
        ...

    @property
    def expires_at(self) -> datetime:
        """No code lives longer."""
        ...


class Mandates(Protocol):
    """Family mandates; the family service implements it."""

    def hold(self, tx: Session, *, mandate_id: str, agent_id: str, purpose: str) -> HeldMandate:
        """Hold a mandate of this agent for this purpose.

        Raises:
            DomainError: why it does not count.
        """
        ...


class CodePictures(Protocol):
    """Draws a code for a phone's screen."""

    def qr(self, code: str) -> str:
        """An `<svg>` element with the code as a QR code."""
        ...

    def code128(self, code: str) -> str:
        """An `<svg>` element with the code as Code 128."""
        ...


class PaperSheets(Protocol):
    """Draws codes for paper."""

    def sheet(self, codes: Sequence[str], *, heading: str, notes: Sequence[str]) -> str:
        """An `<svg>` element of one A4 page: each code as QR code and digits.

        Args:
            codes: 1 to 10.
            heading: at the top.
            notes: lines beside each code.
        """
        ...


class Uses(Protocol):
    """Counts uses against a rate (`app.core.limits.RateLimits`)."""

    def hit(self, name: str, *keys: str) -> None:
        """Count one use under each key.

        Raises:
            DomainError: TOO_MANY_REQUESTS.
        """
        ...

    def check(self, name: str, *keys: str) -> None:
        """Refuse if a key has used up its rate, without counting.

        Raises:
            DomainError: TOO_MANY_REQUESTS.
        """
        ...

    def check_each(self, *uses: tuple[str, str]) -> None:
        """As `check`, for a key of each of several rates: name of the rate, and the key.

        Raises:
            DomainError: TOO_MANY_REQUESTS.
        """
        ...
