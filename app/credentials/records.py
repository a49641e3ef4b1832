"""What goes to and fro: kinds of credentials, orders, findings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """A person who asks for a credential of a certificate of theirs."""

    person_id: str
    level: str
    """Assurance level of the face verification behind the token."""
    device: str
    """Thumbprint of the key of the device they use."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The same words in both languages."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A claim a credential may hold."""

    path: tuple[str, ...]
    label: Words
    hidden: bool
    """Whether the holder decides each time if it is shown; what is not hidden is always there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialKind:
    """A kind of credential: one for each type of certificate."""

    code: str
    """The certificate type's, and the credential configuration's id."""
    vct: str
    """The type's URI, where what it means can be read."""
    titles: Words
    department: Words
    algorithm: str
    """`alg` of the department's signatures now."""
    claims: Sequence[Claim]


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialOrder:
    """What is to be attested to whom."""

    type_code: str
    file: bytes = field(repr=False)
    """The signed certificate: what it states is what the credential says."""
    holder: Mapping[str, str] = field(repr=False)
    """JWK of the holder's public key."""
    status: Mapping[str, Any] | None
    issued_at: datetime
    """Whole seconds, UTC."""
    expires_at: datetime
    provisional: bool
    """As it stands now; the file says how it was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedCredential:
    """A credential as it goes to a wallet."""

    text: str = field(repr=False)
    kid: str
    sha256: bytes
    """Of its signed part."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a presentation has to answer to."""

    types: Sequence[str]
    """Codes; every kind is wanted where there are none."""
    audience: str
    nonce: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What a presentation proves by itself, before anybody looks at our log."""

    type_code: str
    sha256: bytes
    """Of the signed part."""
    claims: Mapping[str, Any] = field(repr=False)
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """The first thing wrong with a presentation."""

    part: str
    """Which of the questions it is about."""
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One of the questions."""

    ok: bool | None
    """None: not examined, because an earlier answer was no."""
    code: str
