"""What goes to and fro: types, orders, documents, verdicts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """A person who asks for their own certificates."""

    person_id: str
    level: str
    """Assurance level of the face verification behind the token."""
    device: str
    """Thumbprint of the key of the device they use."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Titles:
    """The same words in both languages."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentType:
    """A type of certificate."""

    code: str
    titles: Titles
    legal_basis: Titles
    level: str
    """Least assurance level of the applicant's verification."""
    validity_days: int
    needs: Mapping[str, tuple[str, ...]]
    """For each source, the fields of its records that are needed: all that is asked for."""
    sources: Mapping[str, Titles]
    """What each of these sources is called."""
    keepable: frozenset[str] = frozenset()
    """Those whose earlier answer will do while they fail; the certificate is then provisional."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What a source said."""

    records: tuple[Mapping[str, Any], ...] = field(repr=False)
    as_of: datetime
    live: bool
    """Whether it said so just now and in full."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is to be certified."""

    type_code: str
    certificate_id: str
    serial: str
    version: int
    check_code: str = field(repr=False)
    evidence: Mapping[str, Evidence]
    """By source."""
    issued_at: datetime
    """Whole seconds, UTC."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeDocument:
    """A signed certificate."""

    pdf: bytes = field(repr=False)
    sha256: str
    """Of the file, 64 hex digits."""
    number: str
    """Identifier in the form of GB/T 36904."""
    issued_at: datetime
    valid_until: datetime
    provisional: bool
    check_url: str = field(repr=False)
    """The address in the QR; it carries the check code."""
    signer: str
    """SHA-256 of the signing certificate, 64 hex digits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivedDocument:
    """A signed certificate with a trusted time and all that proves it."""

    pdf: bytes = field(repr=False)
    sha256: str
    """Of the file, 64 hex digits."""
    stamped_at: datetime
    """The trusted time of the signature."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Logged:
    """What our log says of a certificate, for judging it."""

    number: str
    state: str
    issued_at: datetime
    valid_until: datetime
    provisional: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Qr:
    """What the QR of a certificate carries."""

    certificate_id: str
    check_code: str = field(repr=False)
    """As it is printed."""
    token: str = field(repr=False)
    """Signed by us over both and the times."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One of the five questions."""

    ok: bool | None
    """None: not examined."""
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Five answers, kept apart: a signature may hold on a certificate that was withdrawn."""

    integrity: Part
    """Nothing was changed after signing."""
    issuer: Part
    """Signed by a department under our root."""
    status: Part
    """Neither suspended, superseded nor withdrawn."""
    freshness: Part
    """Within its time."""
    in_our_log: Part
    """We issued this very file."""
    valid: bool
    """The one answer: rely on it or not."""

    def parts(self) -> dict[str, Part]:
        """The five by name, in the order they are read."""
        return {
            "integrity": self.integrity,
            "issuer": self.issuer,
            "status": self.status,
            "freshness": self.freshness,
            "in_our_log": self.in_our_log,
        }
