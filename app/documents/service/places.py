"""A place in a status list for each certificate: random, and nobody else's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from app.core.ids import new_id
from app.documents.models import Certificate, StatusList

LIST_SIZE: Final = 1 << 17
"""Places of a new list: 32 KiB before it is packed."""
_TRIES: Final = 16
"""Draws before a list counts as full; one of 2^17 places then is so when about 6 in 10 are taken,
and until then a draw seldom has to be repeated."""
_OPENING: Final = "status-lists"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the status of a certificate is published."""

    status_list: str
    index: int


def place_of(row: Certificate) -> Place | None:
    """A certificate's place; None of one from before there were lists."""
    if row.status_list is None or row.status_index is None:
        return None
    return Place(status_list=row.status_list, index=row.status_index)


def allot(
    tx: Session, *, now: datetime, randbelow: Callable[[int], int], size: int = LIST_SIZE
) -> dict[str, str | int]:
    """Draw a place for a new certificate, which must be written in the same transaction.

    No counter is kept: all who issue would wait for one another at it. A place is held by a lock
    until the transaction ends, and only then looked up: two at once never get the same one, and
    what is rolled back leaves it free. The unique constraint stands behind this.

    Args:
        tx: of the issue.
        now: the moment of issue.
        randbelow: randomness that nobody can foresee.
        size: places of a list that has to be begun.

    Returns:
        The columns `status_list` and `status_index`.
    """
    newest = _newest(tx)
    index = None if newest is None else _draw(tx, newest, randbelow)
    if newest is None or index is None:
        newest, index = _begun(tx, newest, now=now, randbelow=randbelow, size=size)
    return {"status_list": newest.id, "status_index": index}


def _newest(tx: Session) -> StatusList | None:
    return tx.scalars(select(StatusList).order_by(StatusList.number.desc()).limit(1)).first()


def _draw(tx: Session, chosen: StatusList, randbelow: Callable[[int], int]) -> int | None:
    for _ in range(_TRIES):
        index = randbelow(chosen.size)
        if _held(tx, f"{chosen.id}/{index}") and not _taken(tx, chosen, index):
            return index
    return None


def _begun(
    tx: Session,
    full: StatusList | None,
    *,
    now: datetime,
    randbelow: Callable[[int], int],
    size: int,
) -> tuple[StatusList, int]:
    # One at a time: a second list begun beside it would have few certificates to hide among.
    tx.execute(select(func.pg_advisory_xact_lock(_number(_OPENING))))
    newest = _newest(tx)
    if newest is not None and (full is None or newest.id != full.id):
        index = _draw(tx, newest, randbelow)
        if index is not None:
            return newest, index
    made = StatusList(id=new_id("stl", now), size=size, created_at=now)
    tx.add(made)
    tx.flush()
    return made, randbelow(size)


def _held(tx: Session, name: str) -> bool:
    return bool(tx.scalar(select(func.pg_try_advisory_xact_lock(_number(name)))))


def _number(name: str) -> object:
    return func.hashtextextended(name, 0)


def _taken(tx: Session, chosen: StatusList, index: int) -> bool:
    taken = exists().where(Certificate.status_list == chosen.id, Certificate.status_index == index)
    return bool(tx.scalar(select(taken)))
