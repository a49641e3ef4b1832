"""What a difference is, and the states it goes through."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class DifferenceClass(StrEnum):
    """How two books differ about one thing."""

    LATE = "late"
    """One side has it on another day, or has not finished it yet. It mostly passes by itself."""
    MISSING_HERE = "missing_here"
    """The other book has it, ours has not."""
    MISSING_THERE = "missing_there"
    """Ours has it, the other book has not."""
    AMOUNT = "amount"
    """Both have it, with other figures."""
    DUPLICATE = "duplicate"
    """One of them has it more than once."""


class Compared(StrEnum):
    """Which books were compared."""

    MERCHANT = "merchant"
    """A merchant's day with our settlements and refunds."""
    LEDGER = "ledger"
    """Settlements with what was posted for them."""
    REFUND = "refund"
    """Refunds with what was posted for them."""
    ENTRIES = "entries"
    """Ledger transactions with their own entries."""
    CASH = "cash"
    """Cash orders with their settlements."""
    PAYMENT = "payment"
    """What the payment provider told us with our cash orders."""
    PROVIDER = "provider"
    """What the payment provider says when asked with our cash orders."""
    YEAR = "year"
    """Accumulators with the settlements of their year."""
    BALANCE = "balance"
    """Balances with their entries."""


class DifferenceState(StrEnum):
    """What became of it."""

    OPEN = "OPEN"
    PROPOSED = "PROPOSED"
    """An operator wants it booked against suspense; another one has to agree."""
    BOOKED = "BOOKED"
    """Closed by a booking against suspense."""
    EQUAL = "EQUAL"
    """Closed because a later comparison found both books equal."""


_S = DifferenceState
MOVES: Final[Mapping[DifferenceState, frozenset[DifferenceState]]] = MappingProxyType(
    {
        _S.OPEN: frozenset({_S.PROPOSED, _S.EQUAL}),
        _S.PROPOSED: frozenset({_S.OPEN, _S.BOOKED, _S.EQUAL}),
        _S.BOOKED: frozenset(),
        _S.EQUAL: frozenset(),
    }
)
OPEN: Final = (DifferenceState.OPEN, DifferenceState.PROPOSED)
"""Not closed yet."""


class Owner(StrEnum):
    """Who has to look into it first."""

    MERCHANT = "merchant"
    CITY = "city"


def owner_of(compared: Compared, kind: DifferenceClass) -> Owner:
    """Whose it is: a merchant's own book explains what only it has, or has twice."""
    theirs = {DifferenceClass.MISSING_HERE, DifferenceClass.DUPLICATE, DifferenceClass.LATE}
    return Owner.MERCHANT if compared is Compared.MERCHANT and kind in theirs else Owner.CITY
