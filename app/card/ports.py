"""What the card's service needs of others."""

from __future__ import annotations

from typing import Protocol


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


class Register(Protocol):
    """Knows persons by what the state calls them."""

    def person_of(self, citizen_number: str) -> str | None:
        """The person's id, or None when nobody of that number ever passed a verification."""
        ...


class CodePictures(Protocol):
    """Draws a code for a phone's screen."""

    def qr(self, code: str) -> str:
        """An `<svg>` element with the code as a QR code."""
        ...

    def code128(self, code: str) -> str:
        """An `<svg>` element with the code as Code 128."""
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
