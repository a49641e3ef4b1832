"""Why the core refused. Plain exceptions: the service above gives them a status and words."""

from __future__ import annotations

from datetime import date
from enum import StrEnum, unique


@unique
class Reason(StrEnum):
    """Stable names of what is wrong with a basket or with what it is held against."""

    NO_LINES = "no_lines"
    TOO_MANY_LINES = "too_many_lines"
    CODE = "code"
    """Empty, or longer than any code."""
    CATEGORY = "category"
    """Not a class of the catalogue."""
    AMOUNT = "amount"
    """Not a whole number of fen from 1 to `MOST_LINE_FEN`."""
    QUANTITY = "quantity"
    """Not a whole number from 1 to `MOST_QUANTITY`."""
    UNIT_PRICE = "unit_price"
    """Not a whole number of fen from 1 to `MOST_LINE_FEN`."""
    LIMIT = "limit"
    """Not a whole number of fen, or given for a line of class C, which has none."""
    SELF_FIRST = "self_first"
    """Not basis points below the whole, or given for a line that is not of class B."""
    BANDS = "bands"
    """None, too many, not ascending, or the last one has an end."""
    STANDING = "standing"
    """A balance or a remainder that is negative or beyond all bounds."""
    AGE = "age"
    """Not whole years from 0 to `OLDEST`."""
    UNITS = "units"
    """More units taken back than are left, or none."""


class BenefitsError(Exception):
    """Any refusal of this package."""


class BasketRefused(BenefitsError):  # noqa: N818 - reads as what happened
    """Numbers that cannot be split; the message holds the reason alone, never a number."""

    def __init__(self, reason: Reason) -> None:
        """Keep the reason."""
        super().__init__(reason.value)
        self.reason = reason


class RuleMissing(BenefitsError):  # noqa: N818 - as above
    """No rule is in force for this region, scheme, kind of visit and day: nothing is paid."""

    def __init__(self, *, region: str, scheme: str, visit: str, on: date) -> None:
        """Keep what was looked for."""
        super().__init__(f"no rule for {region}/{scheme}/{visit} on {on.isoformat()}")


class ItemUnknown(BenefitsError):  # noqa: N818 - as above
    """The catalogue has no item of this code or barcode."""


class ItemNotInForce(BenefitsError):  # noqa: N818 - as above
    """The catalogue has the item, but not on this day."""

    def __init__(self, code: str, *, on: date) -> None:
        """Keep which item, and when."""
        super().__init__(f"{code} is not in force on {on.isoformat()}")
        self.code = code


class DataRefused(BenefitsError):  # noqa: N818 - as above
    """A file of data cannot be used; the words name it and the member at fault, never a value."""

    def __init__(self, file: str, reason: str) -> None:
        """Keep which and why."""
        super().__init__(f"{file}: {reason}")
        self.file = file
        self.reason = reason
