"""Family agreements, and what they ask of persons, cards and the register of births."""

from __future__ import annotations

from typing import Final

from app.card.service.issuing import CardIssuing
from app.card.service.representing import MandateCodes
from app.exchange.cases import CaseSource
from app.family.errors import GUARDIANSHIP_UNAVAILABLE
from app.family.policy import FamilyPolicy
from app.family.ports import Parents
from app.family.service.answering import FamilyAnswering
from app.family.service.children import ChildMandates
from app.family.service.mutual_aid import MutualAid
from app.family.service.notes import FamilyNotes
from app.family.service.offering import FamilyOffering
from app.family.service.reading import FamilyReading
from app.family.service.sweeping import FamilySweep
from app.family.service.telling import FamilyTelling
from app.family.service.using import MandateUse
from app.family.service.views import AgreementViews
from app.identity.service.persons import PersonIdentity, Persons
from app.notifications.service.notices import Notices
from app.wiring.infrastructure import Infrastructure

_GUARDIANSHIP: Final = "guardianship:mandate"
_PARENTS: Final = ("father", "mother")
_FIELDS: Final = ("child", *_PARENTS)
_POLICY: Final = FamilyPolicy()


class RegisteredBirths:
    """Parents by the register of births (`app.family.ports.Births`)."""

    def __init__(self, source: CaseSource | None) -> None:
        """Take the source; None: not connected."""
        self._source = source

    def parents_of(self, *, citizen_number: str, name: str, case_id: str) -> Parents | None:
        """The parents of a child; None where no birth is registered."""
        if self._source is None:
            raise GUARDIANSHIP_UNAVAILABLE()
        found = self._source.lookup(
            citizen_number=citizen_number,
            name=name,
            fields=_FIELDS,
            purpose=_GUARDIANSHIP,
            case_id=case_id,
        )
        if found is None or not found.records:
            return None
        numbers = {
            record[parent]["citizen_number"]
            for record in found.records
            for parent in _PARENTS
            if record[parent] is not None
        }
        return Parents(citizen_numbers=frozenset(numbers), exchange_id=found.exchange_id)


class RecordedChildren:
    """Persons by a department's record alone (`app.family.ports.Children`)."""

    def __init__(self, shared: Infrastructure, persons: Persons) -> None:
        """Take the database and the persons."""
        self._database = shared.database
        self._persons = persons
        self._cards = CardIssuing(clock=shared.clock)

    def ensure(self, *, citizen_number: str, name: str) -> str:
        """The id of the child; made, with a card on no device, where there is none."""
        identity = PersonIdentity(citizen_number=citizen_number, name=name)
        with self._database.transaction() as tx:
            found = self._persons.find_or_create(identity)
            self._cards.ensure(tx, found.id)
        return found.id


def build_persons(shared: Infrastructure) -> Persons:
    """Persons, for parts that are built without the identity service around them."""
    return Persons(database=shared.database, cipher=shared.cipher, clock=shared.clock)


def build_views(shared: Infrastructure, persons: Persons) -> AgreementViews:
    """Agreements as the two see them."""
    return AgreementViews(persons=persons, cipher=shared.cipher, clock=shared.clock, policy=_POLICY)


def build_notes(shared: Infrastructure, persons: Persons) -> FamilyNotes:
    """Both people's logs, and the outbox."""
    return FamilyNotes(
        accesses=shared.accesses,
        outbox=shared.outbox,
        persons=persons,
        views=build_views(shared, persons),
        clock=shared.clock,
    )


def build_mandate_use(shared: Infrastructure, persons: Persons) -> MandateUse:
    """Mandates at commit and at the showing of codes: for the settlement and the card."""
    return MandateUse(clock=shared.clock, notes=build_notes(shared, persons))


def build_mutual_aid(shared: Infrastructure, persons: Persons) -> MutualAid:
    """Mutual aid, for the settlement."""
    return MutualAid(clock=shared.clock, notes=build_notes(shared, persons))


def build_family(
    shared: Infrastructure, *, persons: Persons, births: CaseSource | None
) -> dict[type, object]:
    """What people do with their agreements.

    Args:
        shared: what every service stands on.
        persons: knows persons.
        births: the register of births; None: not connected.
    """
    database, clock = shared.database, shared.clock
    notes = build_notes(shared, persons)
    views = build_views(shared, persons)
    offering = FamilyOffering(
        database=database,
        clock=clock,
        cipher=shared.cipher,
        persons=persons,
        limits=shared.limits,
        notes=notes,
        views=views,
        policy=_POLICY,
    )
    return {
        FamilyOffering: offering,
        FamilyAnswering: FamilyAnswering(
            database=database,
            clock=clock,
            notes=notes,
            views=views,
            codes=MandateCodes(clock=clock),
            policy=_POLICY,
        ),
        FamilyReading: FamilyReading(
            database=database, accesses=shared.accesses, persons=persons, views=views
        ),
        ChildMandates: ChildMandates(
            database=database,
            clock=clock,
            limits=shared.limits,
            persons=persons,
            births=RegisteredBirths(births),
            children=RecordedChildren(shared, persons),
            offering=offering,
            notes=notes,
            views=views,
            policy=_POLICY,
        ),
    }


def build_family_sweep(shared: Infrastructure) -> FamilySweep:
    """Housekeeping."""
    return FamilySweep(
        database=shared.database,
        clock=shared.clock,
        codes=MandateCodes(clock=shared.clock),
        policy=_POLICY,
    )


def build_family_telling(shared: Infrastructure) -> FamilyTelling:
    """The outbox's handler."""
    return FamilyTelling(
        database=shared.database,
        notes=build_notes(shared, build_persons(shared)),
        notices=Notices(database=shared.database, clock=shared.clock),
    )
