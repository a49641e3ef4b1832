"""The states of a settlement and of its cash, and the moves between them.

The moves are data: use cases take the sources of their conditional updates from here, and a trigger
refuses every other move inside the database.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final, TypeVar


class SettlementState(StrEnum):
    """One purchase."""

    HOLDING = "HOLDING"
    """Balances and accumulator are reserved; the payment provider has not answered yet."""
    CASH_PENDING = "CASH_PENDING"
    """The provider has the order; the person has not paid yet."""
    SETTLED = "SETTLED"
    PARTIALLY_REFUNDED = "PARTIALLY_REFUNDED"
    REVERSED = "REVERSED"
    VOIDED = "VOIDED"
    """Nothing was paid by anybody: the cash part failed or came too late."""


class CashState(StrEnum):
    """One order at the payment provider."""

    WANTED = "WANTED"
    """To be created; perhaps it was, and the answer was lost."""
    PENDING = "PENDING"
    PAID = "PAID"
    DROPPED = "DROPPED"
    """Failed or closed; nothing was paid."""
    LOST = "LOST"
    """The settlement was voided while the provider said nothing; it is still asked."""


class RefundState(StrEnum):
    """One return of cash through the payment provider."""

    WANTED = "WANTED"
    DONE = "DONE"


S = TypeVar("S", bound=StrEnum)
Moves = Mapping[S, frozenset[S]]
_S, _C = SettlementState, CashState

SETTLEMENT_MOVES: Final[Moves[SettlementState]] = MappingProxyType(
    {
        _S.HOLDING: frozenset({_S.CASH_PENDING, _S.SETTLED, _S.VOIDED}),
        _S.CASH_PENDING: frozenset({_S.SETTLED, _S.VOIDED}),
        _S.SETTLED: frozenset({_S.PARTIALLY_REFUNDED, _S.REVERSED}),
        _S.PARTIALLY_REFUNDED: frozenset({_S.REVERSED}),
        _S.REVERSED: frozenset(),
        _S.VOIDED: frozenset(),
    }
)
CASH_MOVES: Final[Moves[CashState]] = MappingProxyType(
    {
        _C.WANTED: frozenset({_C.PENDING, _C.PAID, _C.DROPPED, _C.LOST}),
        _C.PENDING: frozenset({_C.PAID, _C.DROPPED, _C.LOST}),
        _C.LOST: frozenset({_C.PAID, _C.DROPPED}),
        _C.DROPPED: frozenset({_C.PAID}),
        _C.PAID: frozenset(),
    }
)
OPEN: Final = (SettlementState.HOLDING, SettlementState.CASH_PENDING)
"""Neither done nor undone."""
STANDING: Final = (SettlementState.SETTLED, SettlementState.PARTIALLY_REFUNDED)
"""Done, with something left to give back."""


def sources(moves: Moves[S], new: S) -> tuple[S, ...]:
    """The states from which `new` can be reached in one move, in the table's order."""
    return tuple(old for old in moves if new in moves[old])
