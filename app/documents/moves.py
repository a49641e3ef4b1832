"""How a certificate's state may change after issue, and why; the library's table, for queries.

A test compares it with the library's and with the database's trigger.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from app.documents.models import EXPIRED, REVOKED, SUPERSEDED, SUSPENDED, VALID

_LIVE: Final = (VALID, SUSPENDED)
SOURCES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        VALID: (SUSPENDED,),
        SUSPENDED: (VALID,),
        SUPERSEDED: _LIVE,
        REVOKED: _LIVE,
        EXPIRED: _LIVE,
    }
)
"""For each state those it may follow, once the certificate is issued."""


class Reason(StrEnum):
    """Why a certificate's state changed: stable codes, told to holders and checkers."""

    NEW_VERSION = "NEW_VERSION"
    """Its holder asked for a newer one."""
    RECORD_CORRECTED = "RECORD_CORRECTED"
    """A department corrected the record it was made from."""
    ISSUED_IN_ERROR = "ISSUED_IN_ERROR"
    FRAUD = "FRAUD"
    KEY_COMPROMISED = "KEY_COMPROMISED"
    """The key that signed it may be in other hands."""
    HOLDER_ASKED = "HOLDER_ASKED"
    UNDER_REVIEW = "UNDER_REVIEW"
    RECORD_DISPUTED = "RECORD_DISPUTED"
    REVIEW_ENDED = "REVIEW_ENDED"
    CONFIRMED = "CONFIRMED"
    """Its department confirmed what a provisional one was made of. No move: its state stays."""
    NOT_CONFIRMED = "NOT_CONFIRMED"
    """Nobody confirmed a provisional one in time."""


REASONS: Final[Mapping[str, frozenset[Reason]]] = MappingProxyType(
    {
        VALID: frozenset({Reason.REVIEW_ENDED, Reason.HOLDER_ASKED}),
        SUSPENDED: frozenset({Reason.UNDER_REVIEW, Reason.RECORD_DISPUTED, Reason.HOLDER_ASKED}),
        SUPERSEDED: frozenset({Reason.NEW_VERSION, Reason.RECORD_CORRECTED}),
        REVOKED: frozenset(
            {
                Reason.RECORD_CORRECTED,
                Reason.ISSUED_IN_ERROR,
                Reason.FRAUD,
                Reason.KEY_COMPROMISED,
                Reason.HOLDER_ASKED,
                Reason.NOT_CONFIRMED,
            }
        ),
    }
)
"""For each state the reasons that may lead to it."""


def told_as(state: str, reason: str) -> str:
    """What a change is called to holders and partners: the new state, or that it was confirmed."""
    return "confirmed" if reason == Reason.CONFIRMED else state
