"""Who is calling, once proven."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeVar

from flask import g

from app.core.errors import UNAUTHENTICATED

LEVELS: Final = ("L1", "L2", "L3")
"""Assurance levels of a face verification, weakest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Nobody:
    """A caller of a public route."""

    @property
    def owner(self) -> str:
        """Nobody owns nothing: public writes cannot be idempotent per caller."""
        return "public"


@dataclass(frozen=True, slots=True, kw_only=True)
class Phone:
    """A device that proved possession of its key (DPoP), nothing more."""

    thumbprint: str
    """RFC 7638 thumbprint of the device's public key."""

    @property
    def owner(self) -> str:
        """Whom idempotency keys of this caller belong to."""
        return f"phone:{self.thumbprint}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Citizen:
    """A person who holds a token bound to the calling device."""

    person_id: str
    thumbprint: str
    level: str
    """Assurance level of the face verification behind the token."""
    authenticated_at: datetime
    """When the face was verified."""
    client_id: str
    session_id: str
    """The token family: what a revocation ends."""
    scope: frozenset[str]

    @property
    def owner(self) -> str:
        """Whom idempotency keys of this caller belong to."""
        return f"citizen:{self.person_id}:{self.thumbprint}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Terminal:
    """A partner's terminal, such as a pharmacy's till."""

    terminal_id: str
    merchant_id: str
    merchant_name: str
    thumbprint: str
    purposes: frozenset[str]
    """National purposes the terminal may ask for."""
    scope: frozenset[str]
    merchant_kind: str = ""
    """Such as `pharmacy`; empty: unknown, which no family mandate allows."""
    merchant_region: str | None = None
    """Administrative division, six digits."""

    @property
    def owner(self) -> str:
        """Whom idempotency keys of this caller belong to."""
        return f"terminal:{self.terminal_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Operator:
    """Who keeps the system running."""

    operator_id: str
    name: str
    thumbprint: str
    scope: frozenset[str]
    """What it may do."""

    @property
    def owner(self) -> str:
        """Whom idempotency keys of this caller belong to."""
        return f"operator:{self.operator_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wallet:
    """A wallet that redeemed a credential offer: it may fetch that credential, nothing else."""

    offer_id: str
    thumbprint: str | None
    """Of the key its token is bound to; None where the wallet asked without DPoP."""

    @property
    def owner(self) -> str:
        """Whom idempotency keys of this caller belong to."""
        return f"wallet:{self.offer_id}"


Principal = Nobody | Phone | Citizen | Terminal | Operator | Wallet
P = TypeVar("P", Phone, Citizen, Terminal, Operator, Wallet)


def caller(kind: type[P]) -> P:
    """The proven caller of the current request.

    Raises:
        DomainError: UNAUTHENTICATED when the route's guard admits another kind of caller.
    """
    found = g.get("principal")
    if not isinstance(found, kind):
        raise UNAUTHENTICATED()
    return found
