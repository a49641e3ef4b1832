"""What a merchant has on another day than we, around midnight: late, until both days are in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import any_, select, update
from sqlalchemy.orm import Session

from app.settlement.reconciliation.models import Difference
from app.settlement.reconciliation.service.recording import Found, listed
from app.settlement.reconciliation.states import OPEN, Compared, DifferenceClass, DifferenceState

_ONE_SIDED = frozenset({DifferenceClass.LATE, DifferenceClass.MISSING_THERE})
Rows = Mapping[str, Sequence[Difference]]


def without_pairs(
    tx: Session, found: Sequence[Found], day: date, *, now: datetime
) -> Sequence[Found]:
    """Leave out what another day's run explains, and close what that run had opened.

    Two of a kind make a pair: one run did not name what we have on its day, another named it on a
    day on which we do not have it, and both have the same figures. Then the books are equal over
    both days, and stay so when either day is sent again.
    """
    wanted = [one.key for one in found if one.kind in _ONE_SIDED]
    rows = _rows(tx, wanted)
    left = []
    for one in found:
        pair = _pair(one, rows.get(one.key, ()), day) if one.kind in _ONE_SIDED else None
        if pair is None:
            left.append(one)
        elif pair.state in OPEN:
            _close(tx, pair.id, day, now)
    return left


def _pair(one: Found, rows: Sequence[Difference], day: date) -> Difference | None:
    for row in rows:
        if row.state is DifferenceState.EQUAL:
            if (
                row.other_day is not None
                and row.ours == one.ours
                and day in {row.day, row.other_day}
            ):
                return row
        elif row.day != day and row.ours == one.ours and _complements(row.theirs, one):
            return row
    return None


def _complements(theirs: Mapping[str, object] | None, one: Found) -> bool:
    """Exactly one of them was named by the merchant, with our figures."""
    named = theirs if one.theirs is None else one.theirs
    return (theirs is None) != (one.theirs is None) and named == one.ours


def _rows(tx: Session, keys: Sequence[str]) -> Rows:
    query = select(Difference).where(
        Difference.compared == Compared.MERCHANT,
        Difference.key == any_(listed(keys)),
        Difference.state.in_((*OPEN, DifferenceState.EQUAL)),
    )
    found: dict[str, list[Difference]] = defaultdict(list)
    for row in tx.scalars(query):
        found[row.key].append(row)
    return found


def _close(tx: Session, difference_id: str, other_day: date, now: datetime) -> None:
    tx.execute(
        update(Difference)
        .where(Difference.id == difference_id, Difference.state.in_(OPEN))
        .values(state=DifferenceState.EQUAL, closed_at=now, other_day=other_day)
        .execution_options(synchronize_session=False)
    )
