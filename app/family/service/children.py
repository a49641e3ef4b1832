"""A mandate for a child without a phone, by a parent whom the register of births names."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from app.audit import actions
from app.core.access.principals import Citizen
from app.core.clock import Clock
from app.core.database import Database
from app.core.ids import new_id
from app.family.errors import CHILD_NOT_YOURS, CHILD_TOO_OLD
from app.family.policy import FamilyPolicy
from app.family.ports import Births, Children, Persons, Uses
from app.family.service.notes import FamilyNotes
from app.family.service.offering import FamilyOffering, Terms
from app.family.service.views import AgreementView, AgreementViews
from app.family.states import AgreementState, Basis

_CIVIL_TIME: Final = ZoneInfo("Asia/Shanghai")
_BORN: Final = slice(6, 14)
"""Where a citizen number holds the date of birth (GB 11643)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """Whom the mandate is for."""

    citizen_number: str = field(repr=False)
    name: str = field(repr=False)


class ChildMandates:
    """Makes mandates that rest on a birth record instead of two faces."""

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        limits: Uses,
        persons: Persons,
        births: Births,
        children: Children,
        offering: FamilyOffering,
        notes: FamilyNotes,
        views: AgreementViews,
        policy: FamilyPolicy,
    ) -> None:
        """Take the ports; `limits` with the rate "family"."""
        self._database = database
        self._clock = clock
        self._limits = limits
        self._persons = persons
        self._births = births
        self._children = children
        self._offering = offering
        self._notes = notes
        self._views = views
        self._policy = policy

    def make(self, citizen: Citizen, child: Child, terms: Terms) -> AgreementView:
        """Let a parent use their child's card; it counts at once.

        1. The person is within their rate.
        2. The child is under sixteen by their number, and stays so while the mandate lasts.
        3. The terms are within what may be agreed on.
        4. The register of births names the caller as mother or father, asked just now, before
        anything is locked. Not registered and another's child are refused alike.
        5. The child is made known, with a card on no device, where they are not.
        6. There is no such open mandate; both logs say that it was made.

        The route's guard must have asked for a fresh face.

        Args:
            citizen: the parent, who becomes the agent.
            child: the principal.
            terms: of a mandate; the parent is filled in as the other.

        Raises:
            DomainError: TOO_MANY_REQUESTS, CHILD_TOO_OLD, FAMILY_TERMS_INVALID, CHILD_NOT_YOURS,
                FAMILY_EXISTS, GUARDIANSHIP_UNAVAILABLE or what the exchange raises.
        """
        self._limits.hit("family", citizen.person_id)  # 1
        own = self._persons.identity_of(citizen.person_id)
        terms = replace(terms, citizen_number=own.citizen_number, name=own.name)
        self._require_young(child, terms.expires_at)  # 2
        terms.require(self._clock.now(), self._policy)  # 3
        self._require_parent(child, terms.citizen_number)  # 4
        with self._database.transaction() as tx:
            child_id = self._children.ensure(
                citizen_number=child.citizen_number, name=child.name
            )  # 5
            row = self._offering.insert(
                tx,
                grantor_id=child_id,
                terms=terms,
                state=AgreementState.ACTIVE,
                basis=Basis.BIRTH_RECORD,
                other_id=citizen.person_id,
            )  # 6
            self._notes.changed(row, by=citizen.person_id, action=actions.FAMILY_ACCEPTED)
        return self._views.view(row, citizen.person_id)

    def _require_young(self, child: Child, until: datetime) -> None:
        comes_of_age = _birthday(child.citizen_number, self._policy.child_until)
        if comes_of_age is None or comes_of_age <= self._clock.now():
            raise CHILD_TOO_OLD(pointer="/child/citizen_number")
        if until > comes_of_age:
            raise CHILD_TOO_OLD(pointer="/expires_at")

    def _require_parent(self, child: Child, own_number: str) -> None:
        parents = self._births.parents_of(
            citizen_number=child.citizen_number,
            name=child.name,
            case_id=new_id("gdn", self._clock.now()),
        )
        if parents is None or own_number not in parents.citizen_numbers:
            raise CHILD_NOT_YOURS()


def _birthday(citizen_number: str, years: int) -> datetime | None:
    """When somebody completes so many years; None where the number holds no date."""
    text = citizen_number[_BORN]
    try:
        born = datetime.strptime(text, "%Y%m%d").replace(tzinfo=_CIVIL_TIME)
    except ValueError:
        return None
    try:
        return born.replace(year=born.year + years)
    except ValueError:  # born on 29 February: the day after the 28th
        return born.replace(year=born.year + years, month=3, day=1)
