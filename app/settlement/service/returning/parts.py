"""Which part of each line goes back, and to whom: pure arithmetic over rows that are held."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from app.settlement.benefits.errors import BasketRefused
from app.settlement.benefits.outcome import LineSplit
from app.settlement.benefits.refund import take_back
from app.settlement.errors import REFUND_TOO_LARGE
from app.settlement.models.purchase import COMPONENTS, Settlement, SettlementLine
from app.settlement.service.quoting.content import line_split

RETURNED: Final = "returned_"


@dataclass(frozen=True, slots=True, kw_only=True)
class Units:
    """Some units of one line."""

    n: int
    """Place in the basket, from 1."""
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What of a line goes back."""

    row: SettlementLine
    units: int
    split: LineSplit

    def told(self) -> dict[str, int]:
        """As the refund keeps it."""
        figures = {name: int(getattr(self.split, name)) for name in COMPONENTS}
        return {"n": self.row.n, "quantity": self.units, **figures}


def parts_of(rows: Sequence[SettlementLine], lines: Sequence[Units] | None) -> list[Part]:
    """The parts that are asked for; all that is left where no lines are named.

    Raises:
        DomainError: REFUND_TOO_LARGE.
    """
    by_place = {row.n: row for row in rows}
    found = []
    for n, quantity in sorted(_wanted(rows, lines).items()):
        row = by_place.get(n)
        if row is None:
            raise REFUND_TOO_LARGE(pointer="/lines")
        left = row.quantity - row.returned_quantity
        try:
            split = take_back(line_split(row, minus=RETURNED), units=quantity, left=left)
        except BasketRefused:
            raise REFUND_TOO_LARGE(pointer="/lines") from None
        found.append(Part(row=row, units=quantity, split=split))
    return found


def sum_of(parts: Sequence[Part]) -> LineSplit:
    """All parts together."""
    columns = zip(*(part.split[1:] for part in parts), strict=True)
    return LineSplit("", *map(sum, columns))


def accounts_of(settlement: Settlement, whole: LineSplit) -> dict[str, int]:
    """Which own accounts get what: the buyer's its part, family in the reverse of its order."""
    found: dict[str, int] = {}
    own_part = whole.account - whole.mutual
    if own_part:
        found[settlement.person_id] = own_part
    family = [(p, fen) for p, fen, _ in settlement.sources if p != settlement.person_id]
    before, left = settlement.returned_mutual, whole.mutual
    for person, fen in reversed(family):
        gone = min(before, fen)
        before -= gone
        part = min(left, fen - gone)
        left -= part
        if part:
            found[person] = part
    return found


def returned(row: Any, part: LineSplit) -> dict[str, int]:  # noqa: ANN401 - either table's row
    """The columns that say what came back, after this part too."""
    return {
        RETURNED + name: getattr(row, RETURNED + name) + getattr(part, name) for name in COMPONENTS
    }


def _wanted(rows: Sequence[SettlementLine], lines: Sequence[Units] | None) -> Mapping[int, int]:
    if lines is None:
        left = {row.n: row.quantity - row.returned_quantity for row in rows}
        return {n: quantity for n, quantity in left.items() if quantity}
    wanted: dict[int, int] = {}
    for units in lines:
        wanted[units.n] = wanted.get(units.n, 0) + units.quantity
    return wanted
