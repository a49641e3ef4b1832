"""The states of a card, its tokens and its codes, and the moves between them.

The moves are data. The use cases take the sources of their conditional updates from here, and a
trigger built from the same tables refuses every other move inside the database.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final, TypeVar


class CardState(StrEnum):
    """A person's card."""

    ISSUED = "ISSUED"
    """Made, but on no device yet."""
    ACTIVE = "ACTIVE"
    FROZEN = "FROZEN"
    """By the holder, who can undo it."""
    LOST = "LOST"
    """Reported lost: every device is cut off; only a new card helps."""
    REISSUED = "REISSUED"
    """A new card has taken its place."""
    CANCELLED = "CANCELLED"


class CancelReason(StrEnum):
    """Why a card was cancelled, for good."""

    DEATH = "DEATH"
    """The person gets no other."""
    MOVED = "MOVED"
    """Out of the city; whoever comes back applies anew."""
    ISSUED_IN_ERROR = "ISSUED_IN_ERROR"


class TokenState(StrEnum):
    """A card on one device (签发号)."""

    PENDING = "PENDING"
    ACTIVE = "ACTIVE"
    STALE = "STALE"
    """The face behind it was verified too long ago."""
    REVOKED = "REVOKED"


class GrantState(StrEnum):
    """One code."""

    ISSUED = "ISSUED"
    CONSUMED = "CONSUMED"
    EXPIRED = "EXPIRED"
    SUPERSEDED = "SUPERSEDED"
    """A newer code of the same token, mode and purpose took its place."""
    REVOKED = "REVOKED"
    """Killed by a freeze or a loss."""


S = TypeVar("S", bound=StrEnum)
Moves = Mapping[S, frozenset[S]]

CARD_MOVES: Final[Moves[CardState]] = MappingProxyType(
    {
        CardState.ISSUED: frozenset({CardState.ACTIVE, CardState.CANCELLED}),
        CardState.ACTIVE: frozenset({CardState.FROZEN, CardState.LOST, CardState.CANCELLED}),
        CardState.FROZEN: frozenset({CardState.ACTIVE, CardState.LOST, CardState.CANCELLED}),
        CardState.LOST: frozenset({CardState.REISSUED, CardState.CANCELLED}),
        CardState.REISSUED: frozenset(),
        CardState.CANCELLED: frozenset(),
    }
)
TOKEN_MOVES: Final[Moves[TokenState]] = MappingProxyType(
    {
        TokenState.PENDING: frozenset({TokenState.ACTIVE, TokenState.REVOKED}),
        TokenState.ACTIVE: frozenset({TokenState.STALE, TokenState.REVOKED}),
        TokenState.STALE: frozenset({TokenState.ACTIVE, TokenState.REVOKED}),
        TokenState.REVOKED: frozenset(),
    }
)
GRANT_MOVES: Final[Moves[GrantState]] = MappingProxyType(
    {
        GrantState.ISSUED: frozenset(GrantState) - {GrantState.ISSUED},
        GrantState.CONSUMED: frozenset(),
        GrantState.EXPIRED: frozenset(),
        GrantState.SUPERSEDED: frozenset(),
        GrantState.REVOKED: frozenset(),
    }
)
OPEN_CARD: Final = (CardState.ISSUED, CardState.ACTIVE, CardState.FROZEN, CardState.LOST)
"""States of which a person has at most one card a scheme. A lost card counts until it is replaced,
so that nobody gets a second one beside it."""


def may_move(moves: Moves[S], old: S, new: S) -> bool:
    """Whether the table allows the move. Staying is no move."""
    return new in moves[old]


def sources(moves: Moves[S], new: S) -> tuple[S, ...]:
    """The states from which `new` can be reached in one move, in the table's order."""
    return tuple(old for old in moves if new in moves[old])
