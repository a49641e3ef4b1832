"""Settlement: quotes, the ledger, refunds, the cash part."""

from __future__ import annotations

import secrets
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from functools import cache

from app.card.service.presence_reading import PresenceReader
from app.identity.service.persons import PersonIdentity, Persons
from app.settlement.benefits.catalogue import Catalogue
from app.settlement.benefits.rules import RuleBook
from app.settlement.chs.answering import Answering
from app.settlement.chs.facade import NationalFacade
from app.settlement.ports import CashPayments, Mandates, MutualAid
from app.settlement.service.cash.outcomes import CashOutcomes
from app.settlement.service.cash.saga import CashSaga
from app.settlement.service.enrolment.crediting import AccountCrediting
from app.settlement.service.enrolment.importing import EnrolmentImport
from app.settlement.service.enrolment.records import born_of
from app.settlement.service.finding import ItemFinding
from app.settlement.service.ledger.accounts import Accounts
from app.settlement.service.looking_up import LookingUp
from app.settlement.service.purchase.messages import Messages
from app.settlement.service.purchase.telling import Telling
from app.settlement.service.purchase.year import YearRecomputing
from app.settlement.service.quoting.pricing import Pricing
from app.settlement.service.quoting.quotes import Quoting
from app.settlement.service.quoting.sweeping import QuoteSweep
from app.settlement.service.reading import PurchaseReading
from app.settlement.service.returning.refunds import Refunding
from app.settlement.service.settling.settling import Settling
from app.wiring.family import build_mandate_use, build_mutual_aid, build_persons
from app.wiring.infrastructure import Infrastructure
from app.wiring.payments import build_payments


@dataclass(frozen=True, slots=True, kw_only=True)
class InsuredPersons:
    """Persons as settlement knows them (`app.settlement.ports.Insured`)."""

    persons: Persons

    def register(self, citizen_number: str, name: str) -> str:
        """The id of a person, made where they have none yet."""
        identity = PersonIdentity(citizen_number=citizen_number, name=name)
        return self.persons.find_or_create(identity).id

    def born(self, person_id: str) -> date:
        """The birthday of a person."""
        return born_of(self.persons.identity_of(person_id).citizen_number)


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """What family agreed on."""

    mandates: Mandates
    mutual: MutualAid


def build_family_use(shared: Infrastructure) -> Family:
    """Mandates and mutual aid as the family service keeps them."""
    persons = build_persons(shared)
    return Family(
        mandates=build_mandate_use(shared, persons), mutual=build_mutual_aid(shared, persons)
    )


def build_settlement(
    shared: Infrastructure,
    *,
    persons: Persons,
    family: Family | None = None,
    payments: CashPayments | None = None,
) -> dict[type, object]:
    """The terminal's side, the holder's side, and the national envelope over the same services.

    Args:
        shared: the shared parts.
        persons: knows citizen numbers.
        family: mandates and mutual aid; None: those of the family service.
        payments: the payment provider; None: tills collect the cash part themselves.
    """
    family = family or build_family_use(shared)
    presences, messages = build_presences(shared), _messages(shared)
    quoting = _quoting(shared, persons=persons, family=family, presences=presences)
    telling = Telling(accesses=shared.accesses)
    settling = Settling(
        clock=shared.clock,
        messages=messages,
        quoting=quoting,
        pricing=pricing(),
        presences=presences,
        mandates=family.mandates,
        mutual=family.mutual,
        telling=telling,
        saga=None if payments is None else build_saga(shared, payments=payments, family=family),
    )
    refunding = Refunding(
        clock=shared.clock,
        messages=messages,
        years=YearRecomputing(pricing=pricing()),
        mandates=family.mandates,
        mutual=family.mutual,
        telling=telling,
    )
    reading = PurchaseReading(database=shared.database, accesses=shared.accesses)
    return {
        Quoting: quoting,
        Settling: settling,
        Refunding: refunding,
        LookingUp: LookingUp(database=shared.database, messages=messages),
        PurchaseReading: reading,
        ItemFinding: ItemFinding(clock=shared.clock, catalogue=catalogue()),
        NationalFacade: NationalFacade(
            presences=presences,
            quoting=quoting,
            settling=settling,
            refunding=refunding,
            messages=messages,
            reading=reading,
        ),
        Answering: Answering(clock=shared.clock, below=secrets.randbelow),
    }


def _messages(shared: Infrastructure) -> Messages:
    return Messages(database=shared.database, clock=shared.clock)


def build_presences(shared: Infrastructure) -> PresenceReader:
    """Believes presence tokens."""
    return PresenceReader(
        database=shared.database,
        clock=shared.clock,
        issuer=shared.settings.public_url,
        ring=shared.keys.signing("presence"),
    )


def _quoting(
    shared: Infrastructure, *, persons: Persons, family: Family, presences: PresenceReader
) -> Quoting:
    return Quoting(
        database=shared.database,
        clock=shared.clock,
        accesses=shared.accesses,
        accounts=Accounts(database=shared.database, clock=shared.clock),
        pricing=pricing(),
        presences=presences,
        insured=InsuredPersons(persons=persons),
        mutual=family.mutual,
    )


def build_saga(
    shared: Infrastructure, *, payments: CashPayments, family: Family | None = None
) -> CashSaga:
    """What brings cash orders to their end; also hears the provider's notifications."""
    family = family or build_family_use(shared)
    outcomes = CashOutcomes(
        clock=shared.clock,
        years=YearRecomputing(pricing=pricing()),
        mandates=family.mandates,
        mutual=family.mutual,
        telling=Telling(accesses=shared.accesses),
    )
    return CashSaga(
        database=shared.database, clock=shared.clock, payments=payments, outcomes=outcomes
    )


def build_crediting(shared: Infrastructure) -> AccountCrediting:
    """Puts money into own accounts."""
    return AccountCrediting(
        database=shared.database,
        clock=shared.clock,
        accounts=Accounts(database=shared.database, clock=shared.clock),
    )


def build_enrolment(shared: Infrastructure) -> EnrolmentImport:
    """Takes insurance offices' files."""
    persons = Persons(database=shared.database, cipher=shared.cipher, clock=shared.clock)
    places = {(rule.data.region, rule.data.scheme) for rule in rule_book().all()}
    return EnrolmentImport(
        database=shared.database,
        clock=shared.clock,
        insured=InsuredPersons(persons=persons),
        crediting=build_crediting(shared),
        places=places,
    )


def connected_payments(shared: Infrastructure, closing: ExitStack) -> CashPayments | None:
    """The payment provider that the settings name, or None."""
    return None if shared.settings.payments_url is None else build_payments(shared, closing)


def build_quote_sweep(shared: Infrastructure) -> QuoteSweep:
    """Forgets quotes that nobody settled."""
    return QuoteSweep(database=shared.database, clock=shared.clock)


@cache
def rule_book() -> RuleBook:
    """The benefit rules, read once a process."""
    return RuleBook()


@cache
def catalogue() -> Catalogue:
    """What may be sold, read once a process."""
    return Catalogue()


@cache
def pricing() -> Pricing:
    """Rules and catalogue, read once a process."""
    return Pricing(rules=rule_book(), catalogue=catalogue())
