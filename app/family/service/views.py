"""An agreement as one of the two sees it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from app.core.clock import Clock
from app.core.fields import FieldCipher, Place
from app.family.models import FamilyAgreement
from app.family.policy import FamilyPolicy
from app.family.ports import Persons
from app.family.service.rows import civil_year
from app.family.states import OPEN, AgreementKind, AgreementState


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementView:
    """An agreement."""

    id: str
    kind: AgreementKind
    basis: str
    state: AgreementState
    role: Literal["grantor", "other"]
    """Which of the two looks."""
    counterpart: str = field(repr=False)
    """For the grantor the name they gave; for the other the grantor's, masked."""
    purposes: Sequence[str]
    merchant_kinds: Sequence[str]
    purchase_limit: int | None
    """Fen."""
    yearly_limit: int
    """Fen."""
    spent: int
    """Fen, this calendar year."""
    created_at: datetime
    expires_at: datetime


class AgreementViews:
    """Makes views, and judges who is named."""

    def __init__(
        self, *, persons: Persons, cipher: FieldCipher, clock: Clock, policy: FamilyPolicy
    ) -> None:
        """Take the ports."""
        self._persons = persons
        self._cipher = cipher
        self._clock = clock
        self._policy = policy

    def view(self, row: FamilyAgreement, person_id: str) -> AgreementView:
        """The view of one of the two."""
        grantor = person_id == row.grantor_id
        named = self.named(row) if grantor else self._persons.masked(row.grantor_id).name
        return AgreementView(
            id=row.id,
            kind=AgreementKind(row.kind),
            basis=row.basis,
            state=self.state(row),
            role="grantor" if grantor else "other",
            counterpart=named,
            purposes=tuple(row.purposes),
            merchant_kinds=tuple(row.merchant_kinds),
            purchase_limit=row.purchase_limit,
            yearly_limit=row.yearly_limit,
            spent=row.spent if row.spent_year == civil_year(self._clock.now()) else 0,
            created_at=row.created_at,
            expires_at=row.expires_at,
        )

    def state(self, row: FamilyAgreement) -> AgreementState:
        """The state with time taken into account, whether or not a sweep has come by."""
        now = self._clock.now()
        unanswered = (
            row.state is AgreementState.OFFERED
            and row.created_at <= now - self._policy.answer_within
        )
        over = row.expires_at <= now or unanswered
        return AgreementState.EXPIRED if over and row.state in OPEN else row.state

    def concerns(self, row: FamilyAgreement, person_id: str) -> bool:
        """Whether somebody is one of the two: the grantor, who accepted, or who is named.

        Named is whose number *and* name the grantor gave, so that a slip of the pen shows an
        offer to nobody.
        """
        if person_id in {row.grantor_id, row.other_id}:
            return True
        if row.other_id is not None:
            return False
        identity = self._persons.identity_of(person_id)
        same_number = self._persons.hash_of(identity.citizen_number) == row.other_hash
        return same_number and identity.name == self.named(row)

    def named(self, row: FamilyAgreement) -> str:
        """The name the grantor gave."""
        return self._cipher.open_text(row.other_name, place_of_name(row.id))


def place_of_name(agreement_id: str) -> Place:
    """Where the sealed name of an agreement lives."""
    return Place(FamilyAgreement.__tablename__, "other_name", agreement_id)
