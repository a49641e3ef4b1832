"""What credentials ask of others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from app.credentials.records import (
    Asker,
    CredentialKind,
    CredentialOrder,
    Fault,
    Shown,
    SignedCredential,
    Wanted,
)


class CertificateFacts(Protocol):
    """What is read of a certificate; the documents service has its own record of it."""

    @property
    def id(self) -> str:
        """Of the certificate."""
        ...

    @property
    def person_id(self) -> str:
        """Its holder."""
        ...

    @property
    def type(self) -> str:
        """Code of its type."""
        ...

    @property
    def status(self) -> str:
        """Its state, and `expired` as soon as its time is over; `valid` is the good one."""
        ...

    @property
    def valid_until(self) -> datetime:
        """No credential of it counts longer."""
        ...

    @property
    def provisional(self) -> bool:
        """Whether a department has yet to confirm what it states."""
        ...


class Certificates(Protocol):
    """Knows the certificates that were issued."""

    def of_holder(self, asker: Asker, certificate_id: str) -> CertificateFacts:
        """A certificate of this person.

        Raises:
            DomainError: NOT_FOUND, the same for an unknown id and for another's;
                INSUFFICIENT_USER_AUTHENTICATION where the type asks for a surer recognition.
        """
        ...

    def known(self, certificate_id: str) -> CertificateFacts:
        """A certificate that exists; its state stays what it is until the transaction ends."""
        ...

    def file(self, certificate_id: str) -> bytes:
        """The signed file of a certificate that exists."""
        ...


class StatusPlaces(Protocol):
    """Knows where in which published list a certificate's status stands."""

    def place(self, certificate_id: str) -> tuple[int, str] | None:
        """Index and address of the list (Token Status List); None where there is none."""
        ...


class Mint(Protocol):
    """Makes and reads credentials; `app.credentials.making` is the real one."""

    @property
    def issuer(self) -> str:
        """What credentials name as their issuer."""
        ...

    def kinds(self) -> tuple[CredentialKind, ...]:
        """All kinds, by code."""
        ...

    def kind(self, code: str) -> CredentialKind | None:
        """One kind, or None."""
        ...

    def published_keys(self) -> Sequence[Mapping[str, Any]]:
        """JWKs of every key a credential may have been signed with."""
        ...

    def issue(self, order: CredentialOrder) -> SignedCredential:
        """Make a credential.

        Raises:
            DomainError: CREDENTIAL_NOT_MADE.
        """
        ...

    def read(self, presentation: str, *, wanted: Wanted, now: datetime) -> Shown | Fault:
        """Judge a presentation by itself."""
        ...


class Limits(Protocol):
    """Limits how often something may be done; `app.core.limits.RateLimits`."""

    def hit(self, name: str, *keys: str) -> None:
        """Count one use.

        Raises:
            DomainError: TOO_MANY_REQUESTS.
        """
        ...
