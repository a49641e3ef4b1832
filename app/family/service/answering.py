"""Accepting, declining and revoking: each one conditional update."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.audit import actions
from app.core.access.principals import Citizen
from app.core.clock import Clock
from app.core.database import Database
from app.family.errors import FAMILY_ENDED, FAMILY_UNKNOWN
from app.family.models import FamilyAgreement
from app.family.policy import FamilyPolicy
from app.family.ports import ShownCodes
from app.family.service.notes import FamilyNotes
from app.family.service.rows import lapsed, move, read
from app.family.service.views import AgreementView, AgreementViews
from app.family.states import AgreementKind, AgreementState


class FamilyAnswering:
    """What the two do with an agreement."""

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        notes: FamilyNotes,
        views: AgreementViews,
        codes: ShownCodes,
        policy: FamilyPolicy,
    ) -> None:
        """Take the ports."""
        self._database = database
        self._clock = clock
        self._notes = notes
        self._views = views
        self._codes = codes
        self._policy = policy

    def accept(self, citizen: Citizen, agreement_id: str, *, kind: AgreementKind) -> AgreementView:
        """Accept an offer; the agreement counts from now on.

        1. The caller is whom the grantor named, by number and name.
        2. One statement moves the offer, if it is still open and in time.

        Accepting once more changes nothing. The route's guard must have asked for a fresh face.

        Raises:
            DomainError: FAMILY_UNKNOWN or FAMILY_ENDED.
        """
        with self._database.transaction() as tx:
            row = self._named(tx, citizen, agreement_id, kind)  # 1
            if row.state is AgreementState.ACTIVE:
                return self._views.view(row, citizen.person_id)
            moved = self._move(tx, row, AgreementState.ACTIVE, other=citizen.person_id)  # 2
            self._notes.changed(moved, by=citizen.person_id, action=actions.FAMILY_ACCEPTED)
        return self._views.view(moved, citizen.person_id)

    def decline(self, citizen: Citizen, agreement_id: str, *, kind: AgreementKind) -> AgreementView:
        """Decline an offer. Declining once more changes nothing.

        Raises:
            DomainError: FAMILY_UNKNOWN or FAMILY_ENDED.
        """
        with self._database.transaction() as tx:
            row = self._named(tx, citizen, agreement_id, kind)
            if row.state is AgreementState.DECLINED:
                return self._views.view(row, citizen.person_id)
            moved = self._move(tx, row, AgreementState.DECLINED)
            self._notes.changed(moved, by=citizen.person_id, action=actions.FAMILY_DECLINED)
        return self._views.view(moved, citizen.person_id)

    def revoke(self, citizen: Citizen, agreement_id: str, *, kind: AgreementKind) -> AgreementView:
        """End an agreement at once, with every code shown by it, in one transaction.

        Either may: the grantor also an offer, the other once they accepted. A use that is being
        committed is waited for; the next finds the agreement ended. Revoking once more changes
        nothing.

        Raises:
            DomainError: FAMILY_UNKNOWN or FAMILY_ENDED.
        """
        with self._database.transaction() as tx:
            row = self._found(tx, citizen, agreement_id, kind)
            if citizen.person_id not in {row.grantor_id, row.other_id}:
                raise FAMILY_UNKNOWN()
            if row.state is AgreementState.REVOKED:
                return self._views.view(row, citizen.person_id)
            moved = self._move(tx, row, AgreementState.REVOKED)
            self._codes.end(tx, moved.id)
            self._notes.changed(moved, by=citizen.person_id, action=actions.FAMILY_REVOKED)
        return self._views.view(moved, citizen.person_id)

    def _found(
        self, tx: Session, citizen: Citizen, agreement_id: str, kind: AgreementKind
    ) -> FamilyAgreement:
        row = read(tx, agreement_id)
        if row is None or row.kind != kind or not self._views.concerns(row, citizen.person_id):
            raise FAMILY_UNKNOWN()
        return row

    def _named(
        self, tx: Session, citizen: Citizen, agreement_id: str, kind: AgreementKind
    ) -> FamilyAgreement:
        row = self._found(tx, citizen, agreement_id, kind)
        if row.grantor_id == citizen.person_id:
            raise FAMILY_UNKNOWN()
        return row

    def _move(
        self,
        tx: Session,
        row: FamilyAgreement,
        state: AgreementState,
        *,
        other: str | None = None,
    ) -> FamilyAgreement:
        now = self._clock.now()
        in_time = ~lapsed(now, self._policy)
        moved = move(tx, row.id, state, now, in_time, other_id=other)
        if moved is None:
            found = read(tx, row.id)
            # Somebody was quicker; where they did the same, there is nothing to refuse.
            if found is not None and found.state is state:
                return found
            raise FAMILY_ENDED()
        return moved
