"""A person's agreements, page by page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select

from app.audit import actions
from app.audit.service import AccessLog, Actor
from app.core.access.principals import Citizen
from app.core.database import Database
from app.family.errors import FAMILY_UNKNOWN
from app.family.models import FamilyAgreement
from app.family.ports import Persons
from app.family.service.rows import read
from app.family.service.views import AgreementView, AgreementViews
from app.family.states import AgreementKind


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementsPage:
    """Some agreements, newest first, and the cursor of the next page."""

    items: Sequence[AgreementView]
    next: str | None


class FamilyReading:
    """What a person sees."""

    def __init__(
        self, *, database: Database, accesses: AccessLog, persons: Persons, views: AgreementViews
    ) -> None:
        """Take the ports."""
        self._database = database
        self._accesses = accesses
        self._persons = persons
        self._views = views

    def one(self, citizen: Citizen, agreement_id: str, *, kind: AgreementKind) -> AgreementView:
        """One of the person's agreements, or an offer to them.

        Raises:
            DomainError: FAMILY_UNKNOWN.
        """
        with self._database.transaction() as tx:
            row = read(tx, agreement_id)
            if row is None or row.kind != kind or not self._views.concerns(row, citizen.person_id):
                raise FAMILY_UNKNOWN()
            self._record(citizen, kind)
            return self._views.view(row, citizen.person_id)

    def page(
        self, citizen: Citizen, *, kind: AgreementKind, before: str | None, limit: int
    ) -> AgreementsPage:
        """The person's agreements and the offers to them, newest first.

        Args:
            citizen: who looks.
            kind: mandates or mutual aid.
            before: cursor: the last id of the page before.
            limit: agreements a page; one holds fewer where a wrong name was given with the number.
        """
        row = FamilyAgreement
        number = self._persons.identity_of(citizen.person_id).citizen_number
        query = select(row).where(
            row.kind == kind.value,
            or_(
                row.grantor_id == citizen.person_id,
                row.other_hash == self._persons.hash_of(number),
            ),
        )
        if before is not None:
            query = query.where(row.id < before)
        with self._database.transaction() as tx:
            found = tx.scalars(query.order_by(row.id.desc()).limit(limit + 1)).all()
            self._record(citizen, kind)
            items = [
                self._views.view(one, citizen.person_id)
                for one in found[:limit]
                if self._views.concerns(one, citizen.person_id)
            ]
        return AgreementsPage(items=items, next=found[limit - 1].id if len(found) > limit else None)

    def _record(self, citizen: Citizen, kind: AgreementKind) -> None:
        self._accesses.record(
            person_id=citizen.person_id,
            actor=Actor(kind="self", id=citizen.thumbprint, name="本人"),
            action=actions.FAMILY_LISTED,
            purpose=f"family:{kind}",
        )
