"""What a split is made of: the lines of a basket, the terms of a rule, where a person stands.

All money is whole fen, all ratios are basis points (10,000 = 100 %). Each value checks itself when
it is made, so that whoever holds one need not ask again.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum, unique
from typing import Final

from app.settlement.benefits.errors import BasketRefused, Reason

WHOLE_BP: Final = 10_000
MOST_LINES: Final = 100
MOST_QUANTITY: Final = 9_999
MOST_LINE_FEN: Final = 100_000_000
"""1,000,000.00 yuan, for one unit and for one line."""
MOST_FEN: Final = 10**12
"""Bound of every balance, remainder, band and cap: ten thousand million yuan."""
MOST_BANDS: Final = 16
LONGEST_CODE: Final = 40


@unique
class Category(StrEnum):
    """Class of an item in the catalogue of medical insurance."""

    A = "A"
    """甲: wholly in scope up to its limit price."""
    B = "B"
    """乙: a share is paid by the person first."""
    C = "C"
    """丙: the person's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One item of a basket, times its quantity."""

    code: str
    category: Category
    amount: int
    """Fen, unit price times quantity."""
    limit: int | None = None
    """Fen for the whole line: limit price times quantity. None where there is no limit."""
    self_first_bp: int = 0
    """Of class B: the share that is paid first (先行自付)."""

    def __post_init__(self) -> None:
        """Refuse what cannot be split.

        Raises:
            BasketRefused: CODE, CATEGORY, AMOUNT, LIMIT or SELF_FIRST.
        """
        # A text that reads "C" is not class C: it would be taken for one that the fund pays.
        if type(self.category) is not Category:
            raise BasketRefused(Reason.CATEGORY)
        if not 1 <= len(self.code) <= LONGEST_CODE:
            raise BasketRefused(Reason.CODE)
        if type(self.amount) is not int or not 1 <= self.amount <= MOST_LINE_FEN:
            raise BasketRefused(Reason.AMOUNT)
        if self.limit is not None and (
            self.category is Category.C or not is_fen(self.limit, least=1)
        ):
            raise BasketRefused(Reason.LIMIT)
        if type(self.self_first_bp) is not int or not 0 <= self.self_first_bp < WHOLE_BP:
            raise BasketRefused(Reason.SELF_FIRST)
        if self.self_first_bp and self.category is not Category.B:
            raise BasketRefused(Reason.SELF_FIRST)


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """A stretch of a year's spending in scope, and what the fund pays of it."""

    upto: int | None
    """Where it ends: fen in scope above the deductible since the year began. None: never."""
    ratio_bp: int
    """The fund's share."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a split needs of a rule."""

    bands: tuple[Band, ...]
    """Ascending; the last one never ends."""
    account_pays: bool
    """Whether the person's own account may pay their part (个人账户)."""
    mutual_pays: bool
    """Whether family mutual aid may (家庭共济)."""

    def __post_init__(self) -> None:
        """Refuse bands that leave a fen without a ratio, or give it two.

        Raises:
            BasketRefused: BANDS.
        """
        ends = [band.upto for band in self.bands]
        if not 1 <= len(ends) <= MOST_BANDS or ends[-1] is not None:
            raise BasketRefused(Reason.BANDS)
        before = 0
        for end in ends[:-1]:
            if end is None or not is_fen(end, least=before + 1):
                raise BasketRefused(Reason.BANDS)
            before = end
        if not all(_is_ratio(band.ratio_bp) for band in self.bands):
            raise BasketRefused(Reason.BANDS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a person stands at the moment of a purchase. Fen."""

    deductible_left: int
    """Of the year's deductible (起付线)."""
    cap_left: int
    """Of the year's cap (封顶线): what the fund may still pay."""
    account: int
    """Own account: what may be spent now."""
    mutual: int
    """Family mutual aid: what may be spent now."""
    beyond: int = 0
    """In scope above the deductible this year so far: where in the bands the person stands."""

    def __post_init__(self) -> None:
        """Refuse what no ledger can say.

        Raises:
            BasketRefused: STANDING.
        """
        figures = (self.deductible_left, self.cap_left, self.account, self.mutual, self.beyond)
        if not all(is_fen(figure) for figure in figures):
            raise BasketRefused(Reason.STANDING)


def is_fen(value: object, *, least: int = 0) -> bool:
    """Tell whether a value is a whole number of fen within bounds; True and 1.0 are not."""
    return type(value) is int and least <= value <= MOST_FEN


def line_amount(*, unit_price: int, quantity: int) -> int:
    """Return what a line costs, fen.

    Raises:
        BasketRefused: UNIT_PRICE, QUANTITY, or AMOUNT where the product is too large.
    """
    if type(unit_price) is not int or not 1 <= unit_price <= MOST_LINE_FEN:
        raise BasketRefused(Reason.UNIT_PRICE)
    if type(quantity) is not int or not 1 <= quantity <= MOST_QUANTITY:
        raise BasketRefused(Reason.QUANTITY)
    if unit_price * quantity > MOST_LINE_FEN:
        raise BasketRefused(Reason.AMOUNT)
    return unit_price * quantity


def _is_ratio(value: object) -> bool:
    return type(value) is int and 0 <= value <= WHOLE_BP
