"""What a split came to, in all and for each line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class LineSplit(NamedTuple):
    """One line's share of every component, fen. Lines add up to the basket's figures exactly.

    A named tuple, not a dataclass: baskets have many lines, and it is made in a sixth of the time.
    """

    code: str
    total: int
    """Amount of the line: own + over + self_first + in_scope, and fund + person."""
    own: int
    over: int
    self_first: int
    in_scope: int
    deductible: int
    fund: int
    person: int
    account: int
    """Own account and mutual aid together."""
    mutual: int
    cash: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """Who pays what of a basket, fen.

    total = own + over + self_first + in_scope = fund + person; person = account + cash;
    mutual is part of account.
    """

    total: int
    own: int
    """Class C (丙类自费)."""
    over: int
    """Above the limit price (超限价)."""
    self_first: int
    """The share of class B that is paid first (先行自付)."""
    in_scope: int
    """What the rule looks at (范围内)."""
    deductible: int
    """Of what is in scope: below the deductible, so the person's."""
    fund: int
    """Paid by the fund (统筹基金)."""
    person: int
    """The person's part: all the rest."""
    account: int
    """Of it from the own account and mutual aid."""
    mutual: int
    """Of that from mutual aid."""
    cash: int
    lines: tuple[LineSplit, ...]
    """In the order of the basket."""

    @property
    def beyond(self) -> int:
        """In scope above the deductible: how far the person moves on in the bands."""
        return self.in_scope - self.deductible

    @property
    def own_account(self) -> int:
        """From the person's own account alone."""
        return self.account - self.mutual
