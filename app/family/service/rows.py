"""Finding and moving agreements."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.orm import Session

from app.family.models import FamilyAgreement
from app.family.policy import FamilyPolicy
from app.family.states import OPEN, AgreementState, sources

_CIVIL_TIME: Final = ZoneInfo("Asia/Shanghai")


def civil_year(now: datetime) -> int:
    """The calendar year in China, by which limits are counted."""
    return now.astimezone(_CIVIL_TIME).year


def lapsed(now: datetime, policy: FamilyPolicy) -> ColumnElement[bool]:
    """What holds of an open agreement that time has ended."""
    row = FamilyAgreement
    unanswered = and_(
        row.state == AgreementState.OFFERED, row.created_at <= now - policy.answer_within
    )
    return and_(row.state.in_(OPEN), or_(row.expires_at <= now, unanswered))


def read(tx: Session, agreement_id: str) -> FamilyAgreement | None:
    """An agreement as it is now."""
    query = select(FamilyAgreement).where(FamilyAgreement.id == agreement_id)
    return tx.scalars(query.execution_options(populate_existing=True)).one_or_none()


def move(
    tx: Session,
    agreement_id: str,
    state: AgreementState,
    now: datetime,
    *conditions: ColumnElement[bool],
    other_id: str | None = None,
) -> FamilyAgreement | None:
    """Move an agreement by one conditional update, if the table of moves allows it.

    Args:
        tx: the transaction.
        agreement_id: which.
        state: where to.
        now: the present moment.
        conditions: what must hold besides.
        other_id: who accepted, where that is the move.

    Returns:
        The agreement after the move, or None: it did not happen.
    """
    accepted = {} if other_id is None else {"other_id": other_id}
    change = (
        update(FamilyAgreement)
        .where(FamilyAgreement.id == agreement_id, FamilyAgreement.state.in_(sources(state)))
        .where(*conditions)
        .values(state=state, state_changed_at=now, **accepted)
        .returning(FamilyAgreement.id)
        .execution_options(synchronize_session=False)
    )
    return None if tx.scalar(change) is None else read(tx, agreement_id)
