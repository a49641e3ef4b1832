"""Writing differences down once, however often they are found, and closing those that are gone."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import TEXT, all_, any_, bindparam, cast, select, text, update
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Session

from app.core.ids import new_id
from app.outbox.service.posting import post_in
from app.settlement.reconciliation.models import Difference
from app.settlement.reconciliation.service.lines import Figures
from app.settlement.reconciliation.states import (
    OPEN,
    Compared,
    DifferenceClass,
    DifferenceState,
    owner_of,
)

FOUND: Final = "reconciliation.difference"
"""Topic of the outbox: a difference that is new, by its id."""
_AGAIN: Final = timedelta(minutes=1)
# One that is found with other figures than those a booking was proposed for is open again.
_WRITE: Final = text("""
INSERT INTO reconciliation_differences AS old
  (id, compared, kind, key, about, merchant_id, day, run_id, theirs, ours, amounts, owner, state,
   since, last_seen_at, seen)
VALUES (:id, :compared, :kind, :key, :about, :merchant, :day, :run, :theirs, :ours, :amounts,
  :owner, 'OPEN', :now, :now, 1)
ON CONFLICT (compared, key) WHERE state IN ('OPEN', 'PROPOSED') DO UPDATE SET
  kind = excluded.kind, about = excluded.about, day = excluded.day, run_id = excluded.run_id,
  theirs = excluded.theirs, ours = excluded.ours, amounts = excluded.amounts,
  owner = excluded.owner, seen = old.seen + 1, last_seen_at = excluded.last_seen_at,
  state = CASE WHEN old.amounts = excluded.amounts THEN old.state ELSE 'OPEN' END,
  proposed_by = CASE WHEN old.amounts = excluded.amounts THEN old.proposed_by END,
  proposed_at = CASE WHEN old.amounts = excluded.amounts THEN old.proposed_at END,
  reason = CASE WHEN old.amounts = excluded.amounts THEN old.reason END
WHERE old.last_seen_at <= :before OR old.amounts <> excluded.amounts OR old.kind <> excluded.kind
  OR old.run_id IS DISTINCT FROM excluded.run_id
RETURNING id
""").bindparams(
    *(bindparam(name, type_=JSONB(none_as_null=True)) for name in ("theirs", "ours", "amounts"))
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A difference as a comparison found it."""

    compared: Compared
    kind: DifferenceClass
    key: str
    about: str
    day: date
    theirs: Mapping[str, Any] | None
    ours: Mapping[str, Any] | None
    amounts: Mapping[str, int]
    """Theirs less ours, fen; never empty."""
    merchant_id: str | None = None
    run_id: str | None = None


def record(tx: Session, found: Sequence[Found], *, now: datetime) -> int:
    """Write differences down; one that is open already is seen again.

    What was booked with these very figures stays closed: the booking explains it. Each new one is
    told through the outbox, in this transaction.

    Returns:
        How many are new.
    """
    booked = _booked(tx, found)
    return sum(_write(tx, one, now) for one in found if _same(one) not in booked)


def close_equal(tx: Session, compared: Compared, keys: Collection[str], *, now: datetime) -> int:
    """Close what was found equal after all; returns how many were open."""
    if not keys:
        return 0
    change = _closing(now).where(
        Difference.compared == compared, Difference.key == any_(listed(keys))
    )
    return len(tx.scalars(change.returning(Difference.id)).all())


def close_gone(
    tx: Session, merchant_id: str, day: date, *, but: Collection[str], now: datetime
) -> int:
    """Close what an earlier run found on a merchant's day and this one did not."""
    change = _closing(now).where(
        Difference.merchant_id == merchant_id,
        Difference.day == day,
        Difference.key != all_(listed(but)),
    )
    return len(tx.scalars(change.returning(Difference.id)).all())


def listed(keys: Collection[str]) -> Any:  # noqa: ANN401 - an expression
    """Keys as one value, however many there are."""
    return cast(list(keys), ARRAY(TEXT))


def figures_of(figures: Figures | None) -> dict[str, int] | None:
    """Figures as they are written down."""
    return None if figures is None else asdict(figures)


def _closing(now: datetime) -> Any:  # noqa: ANN401 - an update that the caller narrows
    return (
        update(Difference)
        .where(Difference.state.in_(OPEN))
        .values(state=DifferenceState.EQUAL, closed_at=now)
        .execution_options(synchronize_session=False)
    )


def _booked(tx: Session, found: Sequence[Found]) -> set[tuple[str, str, str]]:
    query = select(Difference.compared, Difference.key, Difference.amounts).where(
        Difference.key == any_(listed([one.key for one in found])),
        Difference.state == DifferenceState.BOOKED,
    )
    return {(row.compared, row.key, _canonical(row.amounts)) for row in tx.execute(query)}


def _same(one: Found) -> tuple[str, str, str]:
    return one.compared, one.key, _canonical(one.amounts)


def _canonical(amounts: Mapping[str, int]) -> str:
    return repr(sorted(amounts.items()))


def _write(tx: Session, one: Found, now: datetime) -> bool:
    difference_id = new_id("dif", now)
    values = {
        "id": difference_id,
        "compared": one.compared.value,
        "kind": one.kind.value,
        "key": one.key,
        "about": one.about,
        "merchant": one.merchant_id,
        "day": one.day,
        "run": one.run_id,
        "theirs": None if one.theirs is None else dict(one.theirs),
        "ours": None if one.ours is None else dict(one.ours),
        "amounts": dict(one.amounts),
        "owner": owner_of(one.compared, one.kind).value,
        "now": now,
        "before": now - _AGAIN,
    }
    if tx.scalar(_WRITE, values) != difference_id:
        return False
    post_in(tx, FOUND, key=difference_id, payload={"difference": difference_id}, now=now)
    return True
