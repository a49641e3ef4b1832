"""The one statement that uses an agreement up, and what gives back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, case, select, update
from sqlalchemy.orm import Session

from app.core.ids import new_id
from app.family.errors import GIVEN_BACK_TOO_MUCH
from app.family.models import FamilyAgreement, FamilyUse
from app.family.service.rows import civil_year
from app.family.states import AgreementState

LARGEST: Final = 10_000_000
"""Fen a year that can be agreed on at most, as the table's check says."""
_BACK: Final = FamilyUse.given_back


@dataclass(frozen=True, slots=True, kw_only=True)
class Used:
    """What was taken."""

    id: str
    """Of the use: what a refund gives back to."""
    agreement: FamilyAgreement
    """As it is now, locked."""


def used_in(year: int) -> ColumnElement[int]:
    """Fen used in a year: what the row counts, or nothing where it still counts another year."""
    return case((FamilyAgreement.spent_year == year, FamilyAgreement.spent), else_=0)


def consume(
    tx: Session, *, amount: int, now: datetime, conditions: tuple[ColumnElement[bool], ...]
) -> Used | None:
    """Take an amount from an active agreement: one conditional update, which locks its row.

    A revocation that comes now waits for the caller's commit; one that came before is seen. The
    row stays locked until then, so that nothing is used of an agreement that has ended.

    Args:
        tx: the caller's transaction.
        amount: fen, above 0.
        now: the present moment.
        conditions: which agreement, and what must hold of it besides.

    Returns:
        What was taken, or None: some condition did not hold.
    """
    if amount <= 0:
        msg = "amount"
        raise ValueError(msg)
    if amount > LARGEST:
        return None
    year, row = civil_year(now), FamilyAgreement
    change = (
        update(row)
        .where(
            row.state == AgreementState.ACTIVE,
            row.expires_at > now,
            used_in(year) + amount <= row.yearly_limit,
            *conditions,
        )
        .values(spent=used_in(year) + amount, spent_year=year)
        .returning(row)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    agreement = tx.scalars(change).one_or_none()
    if agreement is None:
        return None
    use = FamilyUse(
        id=new_id("fus", now),
        agreement_id=agreement.id,
        at=now,
        year=year,
        amount=amount,
        given_back=0,
    )
    tx.add(use)
    tx.flush()
    return Used(id=use.id, agreement=agreement)


def give_back(tx: Session, *, use_id: str, amount: int) -> FamilyAgreement:
    """Give back what a refund returns, never more than the use took.

    It is there to be used again in the year it was taken from. An agreement that has ended is
    given back to all the same: its record stays right.

    Args:
        tx: the caller's transaction.
        use_id: what `consume` returned.
        amount: fen, above 0.

    Raises:
        DomainError: GIVEN_BACK_TOO_MUCH.
    """
    if amount <= 0:
        msg = "amount"
        raise ValueError(msg)
    change = (
        update(FamilyUse)
        .where(FamilyUse.id == use_id, _BACK + amount <= FamilyUse.amount)
        .values(given_back=_BACK + amount)
        .returning(FamilyUse.agreement_id, FamilyUse.year)
        .execution_options(synchronize_session=False)
    )
    found = tx.execute(change).one_or_none()
    if found is None:
        raise GIVEN_BACK_TOO_MUCH()
    row = FamilyAgreement
    tx.execute(
        update(row)
        .where(row.id == found.agreement_id, row.spent_year == found.year)
        .values(spent=row.spent - amount)
        .execution_options(synchronize_session=False)
    )
    return tx.scalars(
        select(row).where(row.id == found.agreement_id).execution_options(populate_existing=True)
    ).one()
