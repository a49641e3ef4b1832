"""What certificates ask of others."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Protocol

from app.documents.records import (
    ArchivedDocument,
    DocumentType,
    Logged,
    MadeDocument,
    Order,
    Qr,
    Titles,
    Verdict,
)

Finder = Callable[[str], Logged | None]
"""Finds what we issued by the SHA-256 of the whole file, 64 hex digits."""


class PersonFacts(Protocol):
    """What is read of a person; the identity service has its own record of it."""

    @property
    def citizen_number(self) -> str:
        """18 characters."""
        ...

    @property
    def name(self) -> str:
        """As registered."""
        ...


class MaskedName(Protocol):
    """How a person is named to others."""

    @property
    def name(self) -> str:
        """Such as 张*, whatever the length."""
        ...


class Persons(Protocol):
    """Knows persons."""

    def identity_of(self, person_id: str) -> PersonFacts:
        """The citizen number and name of a person who exists."""
        ...


class Holders(Protocol):
    """Knows how a holder is named to others."""

    def masked(self, person_id: str) -> MaskedName:
        """Fit to be shown to anybody who checks."""
        ...


class SourceRecord(Protocol):
    """What a department said about a person."""

    @property
    def exchange_id(self) -> str:
        """The exchange it came by."""
        ...

    @property
    def records(self) -> tuple[dict[str, Any], ...]:
        """The fields asked for, of each record; none is an answer too where several may be."""
        ...

    @property
    def record(self) -> dict[str, Any]:
        """The fields asked for, of the only record.

        Raises:
            ValueError: there is none, or more than one.
        """
        ...

    @property
    def live(self) -> bool:
        """Whether the department said it just now."""
        ...

    @property
    def record_version(self) -> str:
        """Changes when the record does."""
        ...

    @property
    def as_of(self) -> datetime:
        """When it was true."""
        ...


class RecordSource(Protocol):
    """One department's data."""

    def lookup(
        self,
        *,
        citizen_number: str,
        name: str,
        fields: tuple[str, ...],
        purpose: str,
        case_id: str,
        person_id: str | None,
        kept: bool,
    ) -> SourceRecord | None:
        """The fields asked for, or None when the department knows nobody of that name and number.

        Raises:
            DomainError: 502 or 503, naming the source.
        """
        ...


class Workbench(Protocol):
    """Makes and judges documents; `app.documents.making` is the real one."""

    def types(self) -> tuple[DocumentType, ...]:
        """All types, by code."""
        ...

    def type(self, code: str) -> DocumentType:
        """One type.

        Raises:
            DomainError: CERTIFICATE_TYPE_UNKNOWN with pointer `/type`.
        """
        ...

    def titles(self, code: str) -> Titles:
        """What a type is called; its code where the type is gone."""
        ...

    def new_check_code(self) -> str:
        """Draw a check code."""
        ...

    def normal_check_code(self, typed: str) -> str:
        """A typed check code as it was printed.

        Raises:
            DomainError: CHECK_CODE_MALFORMED.
        """
        ...

    def make(self, order: Order) -> MadeDocument:
        """Make and sign a document.

        Raises:
            DomainError: a kind of `app.documents.errors`.
        """
        ...

    def check_url(self, pdf: bytes) -> str:
        """The address in the QR of a file of ours.

        Raises:
            DomainError: CERTIFICATE_NOT_MADE, where the file states none.
        """
        ...

    def check(self, pdf: bytes, *, find: Finder, now: datetime) -> Verdict:
        """Judge an upload.

        Raises:
            DomainError: BUSY.
        """
        ...

    def judge(self, logged: Logged | None, *, now: datetime, qr: Qr | None = None) -> Verdict:
        """Judge what our log says, without a file; None: our log does not know it.

        A QR that was scanned is believed by its signature alone.
        """
        ...


class Archivist(Protocol):
    """Upgrades files for the long term."""

    def upgrade(self, pdf: bytes, *, now: datetime) -> ArchivedDocument:
        """The same document with a trusted time and all that proves it.

        Raises:
            NotArchived: with the reason, and whether trying again is of no use.
        """
        ...


class AuthorityDesk(Protocol):
    """What those who certify the departments publish (DER unless it says PEM)."""

    def issuing_der(self) -> bytes:
        """The issuing authority's certificate."""
        ...

    def issued_pem(self) -> bytes:
        """Every certificate it ever made."""
        ...

    def issuing_list(self, *, now: datetime) -> bytes:
        """The list of those it revoked."""
        ...

    def root_list(self, *, now: datetime) -> bytes:
        """The list of what the root revoked."""
        ...


class ListWriter(Protocol):
    """Writes status lists; `app.documents.making` is the real one."""

    def status_list(self, states: Mapping[int, str], *, size: int) -> dict[str, object]:
        """The member `status_list` of a Token Status List.

        Args:
            states: by place; a place without one is valid.
            size: places.
        """
        ...


class ByAddress(Protocol):
    """Limits how often something may be done; `app.core.limits.RateLimits`."""

    def hit(self, name: str, *keys: str) -> None:
        """Count one use.

        Raises:
            DomainError: TOO_MANY_REQUESTS.
        """
        ...
