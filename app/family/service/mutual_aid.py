"""Mutual aid (家庭共济): a payer's own account pays for a beneficiary, up to a yearly limit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from sqlalchemy.orm import Session

from app.audit import actions
from app.core.clock import Clock
from app.core.statements import Tx, rows
from app.family.errors import MUTUAL_AID_NOT_AVAILABLE, refuse_use
from app.family.models import FamilyAgreement
from app.family.service.consuming import consume, give_back
from app.family.service.notes import FamilyNotes
from app.family.service.rows import civil_year
from app.family.states import AgreementKind

# Of a year that is not the one counted in the row nothing is used yet.
_AVAILABLE: Final = """
SELECT grantor_id, allowed FROM (
  SELECT id, grantor_id,
    yearly_limit - CASE WHEN spent_year = %(year)s THEN spent ELSE 0 END AS allowed
  FROM family_agreements
  WHERE kind = 'mutual_aid' AND other_id = %(person)s AND state = 'ACTIVE'
    AND expires_at > %(now)s) AS agreement
WHERE allowed > 0 ORDER BY id
"""


class AidLeft(NamedTuple):
    """What one payer's agreement still allows this year."""

    payer_id: str
    limit: int
    """Fen. What lies on the payer's account is the ledger's to say."""


class MutualAid:
    """Uses mutual aid within the transactions of the settlement."""

    def __init__(self, *, clock: Clock, notes: FamilyNotes) -> None:
        """Take the ports."""
        self._clock = clock
        self._notes = notes

    def available(self, tx: Tx, person_id: str) -> Sequence[AidLeft]:
        """Who may pay for a person and how much, the oldest agreement first.

        A look, not a hold: `consume` judges anew.

        Args:
            tx: the caller's transaction.
            person_id: the beneficiary.
        """
        now = self._clock.now()
        values = {"person": person_id, "now": now, "year": civil_year(now)}
        return [AidLeft(payer, limit) for payer, limit in rows(tx, _AVAILABLE, values)]

    def consume(self, tx: Session, *, payer_id: str, beneficiary_id: str, amount: int) -> str:
        """Take an amount from what a payer allows, in one statement; both logs say so.

        Call it in the transaction that commits the purchase (`Database.transaction`).

        Args:
            tx: the caller's transaction.
            payer_id: whose account pays.
            beneficiary_id: for whom.
            amount: fen, above 0.

        Returns:
            The id of the use, which a refund gives back to.

        Raises:
            DomainError: MUTUAL_AID_NOT_AVAILABLE with the member `action`.
        """
        row = FamilyAgreement
        conditions = (
            row.kind == AgreementKind.MUTUAL_AID.value,
            row.grantor_id == payer_id,
            row.other_id == beneficiary_id,
        )
        used = consume(tx, amount=amount, now=self._clock.now(), conditions=conditions)
        if used is None:
            raise refuse_use(MUTUAL_AID_NOT_AVAILABLE)
        purpose = f"family:{used.agreement.kind}"
        self._notes.both(
            used.agreement, by=beneficiary_id, action=actions.FAMILY_USED, purpose=purpose
        )
        return used.id

    def give_back(self, tx: Session, *, use_id: str, amount: int) -> None:
        """Give back what a refund returns; both logs say so.

        Args:
            tx: the caller's transaction.
            use_id: what `consume` returned.
            amount: fen, above 0.

        Raises:
            DomainError: GIVEN_BACK_TOO_MUCH.
        """
        self._notes.given_back(give_back(tx, use_id=use_id, amount=amount))
