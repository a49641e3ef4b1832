"""What a continuous comparison is: rows in the order of their ids, and a judgement of each."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Row

from app.settlement.reconciliation.states import Compared, DifferenceClass

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
GRACE: Final = timedelta(minutes=2)
"""What one process wrote and another one takes up within seconds is not missed before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """How a row differs from the other book."""

    kind: DifferenceClass
    theirs: Mapping[str, Any] | None
    """Of the other book."""
    ours: Mapping[str, Any] | None
    amounts: Mapping[str, int]
    """Theirs less ours, fen; all nought where the amount is not what is wrong."""


Judge = Callable[[Row[Any], datetime], Verdict | None]
"""Judges a row at a moment; None: equal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """How rows are found; SQL."""

    id: str
    """What a row is called by."""
    after: str
    """Those after the row called :after, and not before :floor."""
    order: str


def by(column: str) -> Key:
    """Found by one column, in its order."""
    return Key(id=column, after=f"{column} > :after AND {column} >= :floor", order=column)


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One comparison. Its text says what is read of each row, once, whichever rows these are."""

    compared: Compared
    rows: str
    """SQL with `{page}` where the rows are chosen; each has `about`, its id, and is judged alone:
    what is compared is read in one statement, so in one snapshot."""
    key: Key
    """What rows are ordered and found by."""
    prefix: str | None
    """Of ids that carry their time; None: all rows are read, however old."""
    judge: Judge

    def page(self) -> str:
        """The text for the next rows: :after, :floor, :most."""
        key = self.key
        return self.rows.format(page=f"{key.after} ORDER BY {key.order} LIMIT :most")

    def again(self) -> str:
        """The text for rows by their ids: :ids, :most."""
        chosen = f"{self.key.id} = ANY(CAST(:ids AS text[]))"
        return self.rows.format(page=f"{chosen} LIMIT :most")

    def floor(self, since: datetime) -> str:
        """The least id of a moment: ids begin with their time (`app.core.ids`)."""
        if self.prefix is None:
            return ""
        milliseconds = (since - _EPOCH) // timedelta(milliseconds=1)
        text = base64.b32hexencode((milliseconds << 80).to_bytes(16, "big")).decode()
        return f"{self.prefix}_{text.rstrip('=').lower()}"


def less(theirs: Mapping[str, int], ours: Mapping[str, int]) -> dict[str, int]:
    """What differs, by component: theirs less ours."""
    return {name: theirs[name] - ours[name] for name in theirs if theirs[name] != ours[name]}
