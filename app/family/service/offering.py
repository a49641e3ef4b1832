"""Offering an agreement to somebody of the family."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.audit import actions
from app.core.access.principals import Citizen
from app.core.clock import Clock
from app.core.database import Database
from app.core.fields import FieldCipher
from app.core.ids import new_id
from app.family.errors import (
    FAMILY_EXISTS,
    FAMILY_TERMS_INVALID,
    FAMILY_TOO_MANY,
    FAMILY_WITH_ONESELF,
)
from app.family.models import FamilyAgreement
from app.family.policy import FamilyPolicy
from app.family.ports import Persons, Uses
from app.family.service.notes import FamilyNotes
from app.family.service.rows import civil_year, lapsed, read
from app.family.service.views import AgreementView, AgreementViews, place_of_name
from app.family.states import OPEN, AgreementKind, AgreementState, Basis

_PREFIX: Final = {AgreementKind.MANDATE: "mdt", AgreementKind.MUTUAL_AID: "aid"}
_LOCK: Final = "family:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What is agreed on, and with whom."""

    kind: AgreementKind
    yearly_limit: int
    """Fen."""
    expires_at: datetime
    citizen_number: str = field(default="", repr=False)
    """Of the agent or beneficiary."""
    name: str = field(default="", repr=False)
    """Likewise."""
    purchase_limit: int | None = None
    """Fen; of a mandate."""
    purposes: Collection[str] = ()
    """Of a mandate."""
    merchant_kinds: Collection[str] = ()
    """Of a mandate."""

    def require(self, now: datetime, policy: FamilyPolicy) -> None:
        """Refuse terms that no agreement may have.

        Raises:
            DomainError: FAMILY_TERMS_INVALID.
        """
        if not now < self.expires_at <= now + policy.longest:
            raise FAMILY_TERMS_INVALID(pointer="/expires_at")
        if self.purchase_limit is not None and self.purchase_limit > self.yearly_limit:
            raise FAMILY_TERMS_INVALID(pointer="/purchase_limit")


class FamilyOffering:
    """Makes offers."""

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        cipher: FieldCipher,
        persons: Persons,
        limits: Uses,
        notes: FamilyNotes,
        views: AgreementViews,
        policy: FamilyPolicy,
    ) -> None:
        """Take the ports; `limits` with the rate "family"."""
        self._database = database
        self._clock = clock
        self._cipher = cipher
        self._persons = persons
        self._limits = limits
        self._notes = notes
        self._views = views
        self._policy = policy

    def offer(self, citizen: Citizen, terms: Terms) -> AgreementView:
        """Offer an agreement; it counts once the other has accepted with a face of their own.

        1. The person is within their rate.
        2. The terms are within what may be agreed on.
        3. Nobody agrees with themselves.
        4. The person has not offered too many that are open.
        5. There is no such open agreement between the two.

        Whether anybody of that number is known stays untold. The route's guard must have asked for
        a fresh face.

        Raises:
            DomainError: TOO_MANY_REQUESTS, FAMILY_TERMS_INVALID, FAMILY_WITH_ONESELF,
                FAMILY_TOO_MANY or FAMILY_EXISTS.
        """
        self._limits.hit("family", citizen.person_id)  # 1
        terms.require(self._clock.now(), self._policy)  # 2
        other_hash = self._persons.hash_of(terms.citizen_number)
        own = self._persons.identity_of(citizen.person_id).citizen_number
        if other_hash == self._persons.hash_of(own):  # 3
            raise FAMILY_WITH_ONESELF(pointer="/citizen_number")
        with self._database.transaction() as tx:
            self._require_room(tx, citizen.person_id)  # 4
            row = self.insert(
                tx, grantor_id=citizen.person_id, terms=terms, state=AgreementState.OFFERED
            )  # 5
            self._notes.changed(row, by=citizen.person_id, action=actions.FAMILY_OFFERED)
        return self._views.view(row, citizen.person_id)

    def insert(
        self,
        tx: Session,
        *,
        grantor_id: str,
        terms: Terms,
        state: AgreementState,
        basis: Basis = Basis.CONSENT,
        other_id: str | None = None,
    ) -> FamilyAgreement:
        """Write an agreement down; one that time has ended makes room first.

        Raises:
            DomainError: FAMILY_EXISTS.
        """
        now, row = self._clock.now(), FamilyAgreement
        same = (
            row.kind == terms.kind.value,
            row.grantor_id == grantor_id,
            row.other_hash == self._persons.hash_of(terms.citizen_number),
        )
        tx.execute(
            update(row)
            .where(*same, lapsed(now, self._policy))
            .values(state=AgreementState.EXPIRED, state_changed_at=now)
            .execution_options(synchronize_session=False)
        )
        values = self._values(terms, now) | {
            "grantor_id": grantor_id,
            "state": state,
            "basis": basis.value,
            "other_id": other_id,
        }
        made = tx.scalar(insert(row).values(values).on_conflict_do_nothing().returning(row.id))
        found = None if made is None else read(tx, made)
        if found is None:
            raise FAMILY_EXISTS()
        return found

    def _values(self, terms: Terms, now: datetime) -> dict[str, Any]:
        agreement_id = new_id(_PREFIX[terms.kind], now)
        return {
            "id": agreement_id,
            "kind": terms.kind.value,
            "other_hash": self._persons.hash_of(terms.citizen_number),
            "other_name": self._cipher.seal(terms.name, place_of_name(agreement_id)),
            "purposes": sorted(set(terms.purposes)),
            "merchant_kinds": sorted(set(terms.merchant_kinds)),
            "purchase_limit": terms.purchase_limit,
            "yearly_limit": terms.yearly_limit,
            "spent": 0,
            "spent_year": civil_year(now),
            "created_at": now,
            "expires_at": terms.expires_at,
            "state_changed_at": now,
        }

    def _require_room(self, tx: Session, person_id: str) -> None:
        # Under a lock of the person, so that many at once do not get around the bound.
        tx.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(_LOCK + person_id, 0))))
        row = FamilyAgreement
        still_open = select(func.count()).where(
            row.grantor_id == person_id,
            row.state.in_(OPEN),
            ~lapsed(self._clock.now(), self._policy),
        )
        if tx.scalars(still_open).one() >= self._policy.most_open:
            raise FAMILY_TOO_MANY()
