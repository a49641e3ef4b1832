"""Appointments: holding, paying, cancelling, rescheduling, attending, and what time does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TypeVar

from app.card.service.decoding import CodeDecoding
from app.card.service.presence_reading import PresenceReader
from app.card.service.showing import CodeShowing
from app.core.access.principals import Terminal
from app.hospital.ports import Admissions, Conduct, Rules, Succession
from app.hospital.service.attending import Attending
from app.hospital.service.booking.acting import PURPOSE, ActingPeople
from app.hospital.service.booking.cancelling import Cancelling
from app.hospital.service.booking.holding import Holding
from app.hospital.service.booking.paying import Paying
from app.hospital.service.booking.rescheduling import Rescheduling
from app.hospital.service.directory import HospitalDirectory
from app.hospital.service.fees.following import FeeFollowing
from app.hospital.service.fees.rows import FEE_DUE
from app.hospital.service.reading import AppointmentReading
from app.hospital.service.sweeping import AppointmentSweep
from app.identity.service.persons import Persons
from app.outbox.ports import Topic
from app.settlement.service.looking_up import LookingUp
from app.settlement.service.quoting.quotes import Quoting
from app.settlement.service.reading import PurchaseReading
from app.settlement.service.returning.refunds import Refunding
from app.settlement.service.settling.settling import Settling
from app.wiring.card import build_card
from app.wiring.family import build_persons
from app.wiring.hospital.conduct import booking_rules, build_conduct_points
from app.wiring.hospital.fees import CardFees, OnlineCounters
from app.wiring.hospital.mandates import build_mandates
from app.wiring.hospital.rush import build_admissions
from app.wiring.hospital.waitlist import build_succession
from app.wiring.infrastructure import Infrastructure
from app.wiring.partners import build_online_onboarding
from app.wiring.settlement import build_presences, build_settlement

Services = Mapping[type, object]
S = TypeVar("S")
_KIND: Final = "hospital"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hooks:
    """The other parts of the hospital service."""

    rules: Rules
    succession: Succession
    conduct: Conduct
    admissions: Admissions


def hooks(shared: Infrastructure) -> Hooks:
    """The rules, the waitlist, conduct and the rush, as the system has them."""
    return Hooks(
        rules=booking_rules(shared),
        succession=build_succession(shared),
        conduct=build_conduct_points(shared),
        admissions=build_admissions(shared),
    )


class DeskCodes:
    """The card's codes at a hospital's desk (`app.hospital.ports.Codes`)."""

    def __init__(self, *, decoding: CodeDecoding, presences: PresenceReader) -> None:
        """Take the card's side."""
        self._decoding = decoding
        self._presences = presences

    def read(self, terminal: Terminal, code: str) -> str:
        """Use a code up; returns the id of whose card it is."""
        decoded = self._decoding.decode(terminal, code=code, purpose=PURPOSE)
        return self._presences.verify(decoded.presence_token, terminal).person_id


def build_appointments(
    shared: Infrastructure, services: Services, *, persons: Persons, parts: Hooks | None = None
) -> dict[type, object]:
    """What patients and desks do.

    Args:
        shared: what every service stands on.
        services: with the card's and the settlement's.
        persons: knows persons.
        parts: the other parts of the hospital service; None: `hooks`.
    """
    found = parts or hooks(shared)
    mandates = build_mandates(shared, persons)
    people = ActingPeople(mandates=mandates, accesses=shared.accesses)
    codes = DeskCodes(decoding=_of(services, CodeDecoding), presences=build_presences(shared))
    return {
        **_booking(shared, found, people=people, fees=build_fees(shared, services)),
        **_leaving(shared, found, people=people),
        AppointmentReading: AppointmentReading(
            database=shared.database,
            accesses=shared.accesses,
            mandates=mandates,
            rules=found.rules,
        ),
        Attending: Attending(
            database=shared.database,
            clock=shared.clock,
            directory=HospitalDirectory(database=shared.database),
            codes=codes,
            rules=found.rules,
            accesses=shared.accesses,
        ),
    }


def _booking(
    shared: Infrastructure, found: Hooks, *, people: ActingPeople, fees: CardFees
) -> dict[type, object]:
    """From a free place to a paid one."""
    database, clock = shared.database, shared.clock
    following = FeeFollowing(database=database, clock=clock, fees=fees)
    return {
        FeeFollowing: following,
        Holding: Holding(
            database=database,
            clock=clock,
            people=people,
            rules=found.rules,
            conduct=found.conduct,
            admissions=found.admissions,
        ),
        Paying: Paying(
            database=database,
            clock=clock,
            people=people,
            rules=found.rules,
            fees=fees,
            following=following,
        ),
    }


def _leaving(shared: Infrastructure, found: Hooks, *, people: ActingPeople) -> dict[type, object]:
    """Giving a place up, or another one instead."""
    database, clock = shared.database, shared.clock
    return {
        Cancelling: Cancelling(
            database=database,
            clock=clock,
            people=people,
            rules=found.rules,
            conduct=found.conduct,
            succession=found.succession,
        ),
        Rescheduling: Rescheduling(
            database=database,
            clock=clock,
            people=people,
            rules=found.rules,
            admissions=found.admissions,
            succession=found.succession,
        ),
    }


def build_fees(shared: Infrastructure, services: Services) -> CardFees:
    """Fees by card and settlement."""
    return CardFees(
        counters=OnlineCounters(
            database=shared.database, onboarding=build_online_onboarding(shared)
        ),
        showing=_of(services, CodeShowing),
        decoding=_of(services, CodeDecoding),
        quoting=_of(services, Quoting),
        settling=_of(services, Settling),
        refunding=_of(services, Refunding),
        looking_up=_of(services, LookingUp),
        reading=_of(services, PurchaseReading),
    )


def build_following(shared: Infrastructure) -> FeeFollowing:
    """What follows fees, without a web application: it looks and gives back, and never pays."""
    persons = build_persons(shared)
    services = {
        **build_card(shared, persons=persons),
        **build_settlement(shared, persons=persons),
    }
    return FeeFollowing(
        database=shared.database, clock=shared.clock, fees=build_fees(shared, services)
    )


def build_appointment_sweep(
    shared: Infrastructure, *, parts: Hooks | None = None
) -> AppointmentSweep:
    """Housekeeping."""
    found = parts or hooks(shared)
    return AppointmentSweep(
        database=shared.database,
        clock=shared.clock,
        rules=found.rules,
        conduct=found.conduct,
        succession=found.succession,
        following=build_following(shared),
    )


def appointment_topics(shared: Infrastructure) -> dict[str, Topic]:
    """Who handles the messages of appointments."""
    return {FEE_DUE: Topic(handler=build_following(shared))}


def _of(services: Services, kind: type[S]) -> S:
    found = services[kind]
    if not isinstance(found, kind):
        raise TypeError
    return found
