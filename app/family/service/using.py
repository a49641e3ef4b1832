"""Mandates at the commit of a purchase, and at the showing of a code."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit import actions
from app.core.clock import Clock
from app.core.errors import ErrorKind
from app.family.errors import (
    MANDATE_AMOUNT,
    MANDATE_EXPIRED,
    MANDATE_MERCHANT,
    MANDATE_NOT_YOURS,
    MANDATE_PURPOSE,
    MANDATE_REVOKED,
    refuse_use,
)
from app.family.models import FamilyAgreement
from app.family.service.consuming import consume, give_back
from app.family.service.notes import FamilyNotes
from app.family.service.rows import read
from app.family.states import AgreementKind, AgreementState


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldMandate:
    """A mandate that cannot be revoked before the caller's transaction ends."""

    principal_id: str
    agent_name: str
    """Masked, as the principal's log names the agent."""
    principal_name: str
    """Masked."""
    expires_at: datetime


class MandateUse:
    """Uses mandates within the transactions of other services."""

    def __init__(self, *, clock: Clock, notes: FamilyNotes) -> None:
        """Take the ports."""
        self._clock = clock
        self._notes = notes

    def check_at_commit(
        self,
        tx: Session,
        *,
        mandate_id: str,
        principal_id: str,
        agent_id: str,
        purpose: str,
        amount: int,
        merchant_kind: str,
    ) -> str:
        """Judge a purchase by its mandate and take the amount from it, in one statement.

        1. The mandate is between these two. 2. It was not revoked. 3. Its time is not over. 4. It
        is for this purpose. 5. It is for merchants of this kind. 6. The amount is within what is
        allowed for a purchase and left for the year.

        Call it in the transaction that commits the purchase (`Database.transaction`): the row of
        the mandate stays locked until then, and both people's logs are written with it.

        Args:
            tx: the caller's transaction.
            mandate_id: of the code that was shown.
            principal_id: whose card it is.
            agent_id: who showed it.
            purpose: a national purpose.
            amount: fen the principal pays, above 0.
            merchant_kind: of the terminal's merchant; empty is never allowed.

        Returns:
            The id of the use, which a refund gives back to.

        Raises:
            DomainError: MANDATE_NOT_YOURS, _REVOKED, _EXPIRED, _PURPOSE, _MERCHANT or _AMOUNT,
                each with the member `action`.
        """
        row, now = FamilyAgreement, self._clock.now()
        conditions = (
            row.id == mandate_id,
            row.kind == AgreementKind.MANDATE.value,
            row.grantor_id == principal_id,  # 1
            row.other_id == agent_id,  # 1
            row.purposes.contains([purpose]),  # 4
            row.merchant_kinds.contains([merchant_kind]),  # 5
            row.purchase_limit >= amount,  # 6
        )
        used = consume(tx, amount=amount, now=now, conditions=conditions)  # 2, 3, 6
        if used is None:
            found, parties = read(tx, mandate_id), (principal_id, agent_id)
            raise refuse_use(_refusal(found, parties, purpose, merchant_kind, now))
        self._notes.both(used.agreement, by=agent_id, action=actions.FAMILY_USED, purpose=purpose)
        return used.id

    def give_back(self, tx: Session, *, use_id: str, amount: int) -> None:
        """Give back what a refund returns; both people's logs say so.

        Args:
            tx: the caller's transaction.
            use_id: what `check_at_commit` returned.
            amount: fen, above 0.

        Raises:
            DomainError: GIVEN_BACK_TOO_MUCH.
        """
        self._notes.given_back(give_back(tx, use_id=use_id, amount=amount))

    def hold(
        self,
        tx: Session,
        *,
        mandate_id: str,
        agent_id: str,
        purpose: str,
        merchant_kind: str | None = None,
    ) -> HeldMandate:
        """Hold a mandate, as for showing a code: nobody can revoke it before the transaction ends.

        1. The caller is its agent. 2. It was not revoked. 3. Its time is not over. 4. It is for
        this purpose. 5. It is for merchants of this kind, where the kind is known already; the
        amount, and an unknown kind, are judged at commit.

        Raises:
            DomainError: MANDATE_NOT_YOURS, _REVOKED, _EXPIRED, _PURPOSE or _MERCHANT.
        """
        query = (
            select(FamilyAgreement)
            .where(
                FamilyAgreement.id == mandate_id,
                FamilyAgreement.kind == AgreementKind.MANDATE.value,
                FamilyAgreement.other_id == agent_id,  # 1
            )
            .with_for_update(read=True)
            .execution_options(populate_existing=True)
        )
        row = tx.scalars(query).one_or_none()
        if row is None:
            raise MANDATE_NOT_YOURS()
        ended = _ended(row, self._clock.now())  # 2, 3
        if ended is not None:
            raise ended()
        if purpose not in row.purposes:  # 4
            raise MANDATE_PURPOSE()
        if merchant_kind is not None and merchant_kind not in row.merchant_kinds:  # 5
            raise MANDATE_MERCHANT()
        return HeldMandate(
            principal_id=row.grantor_id,
            agent_name=self._notes.actor(row, agent_id).name,
            principal_name=self._notes.actor(row, row.grantor_id).name,
            expires_at=row.expires_at,
        )

    def represent(
        self, tx: Session, *, mandate_id: str, agent_id: str, purpose: str, merchant_kind: str
    ) -> HeldMandate:
        """Let an agent act where nothing is paid; both people's logs say so.

        1. to 5. as `hold`.

        Call it in the transaction that commits the act (`Database.transaction`): the mandate cannot
        be revoked before that ends.

        Raises:
            DomainError: what `hold` raises.
        """
        held = self.hold(
            tx,
            mandate_id=mandate_id,
            agent_id=agent_id,
            purpose=purpose,
            merchant_kind=merchant_kind,
        )
        row = tx.get_one(FamilyAgreement, mandate_id)
        self._notes.both(row, by=agent_id, action=actions.FAMILY_USED, purpose=purpose)
        return held

    def held_by(
        self, tx: Session, agent_id: str, *, purpose: str, merchant_kind: str
    ) -> frozenset[str]:
        """The mandates by which somebody may act for others now, at merchants of a kind."""
        query = select(FamilyAgreement.id).where(
            FamilyAgreement.kind == AgreementKind.MANDATE.value,
            FamilyAgreement.other_id == agent_id,
            FamilyAgreement.state == AgreementState.ACTIVE,
            FamilyAgreement.expires_at > self._clock.now(),
            FamilyAgreement.purposes.contains([purpose]),
            FamilyAgreement.merchant_kinds.contains([merchant_kind]),
        )
        return frozenset(tx.scalars(query))


def _ended(row: FamilyAgreement, now: datetime) -> ErrorKind | None:
    if row.state is AgreementState.REVOKED:
        return MANDATE_REVOKED
    if row.state is not AgreementState.ACTIVE or row.expires_at <= now:
        return MANDATE_EXPIRED
    return None


def _refusal(
    row: FamilyAgreement | None,
    parties: tuple[str, str],
    purpose: str,
    merchant_kind: str,
    now: datetime,
) -> ErrorKind:
    """Why a mandate was not used: the first of the numbered conditions that does not hold."""
    if row is None or row.kind != AgreementKind.MANDATE:
        return MANDATE_NOT_YOURS
    if (row.grantor_id, row.other_id) != parties:  # 1
        return MANDATE_NOT_YOURS
    ended = _ended(row, now)  # 2, 3
    if ended is not None:
        return ended
    if purpose not in row.purposes:  # 4
        return MANDATE_PURPOSE
    return MANDATE_AMOUNT if merchant_kind in row.merchant_kinds else MANDATE_MERCHANT  # 5, 6
