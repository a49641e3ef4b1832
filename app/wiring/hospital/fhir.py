"""The FHIR facade, and what it asks of the card, the family and persons."""

from __future__ import annotations

from datetime import datetime

from app.card.service.presence import PresenceTokens
from app.card.service.presence_reading import PresenceReader
from app.core.statements import Tx
from app.hospital.fhir.service.announcing import AppointmentAnnouncing
from app.hospital.fhir.service.appointments import AppointmentReading
from app.hospital.fhir.service.base import FhirBase
from app.hospital.fhir.service.booking import WindowBooking
from app.hospital.fhir.service.proposals import WindowProposals
from app.hospital.fhir.service.schedules import ScheduleReading
from app.hospital.fhir.service.updating import AppointmentUpdating
from app.hospital.service.fees.rows import owe_back
from app.identity.service.persons import Persons
from app.notifications.service.posting import PartnerEvents
from app.wiring.card import card_policy
from app.wiring.hospital.conduct import booking_rules
from app.wiring.hospital.mandates import build_mandates
from app.wiring.hospital.waitlist import build_succession
from app.wiring.infrastructure import Infrastructure


class PartnersPatients:
    """Persons as a hospital knows them (`app.hospital.fhir.ports.Patients`)."""

    def __init__(self, *, persons: Persons, aliases: PresenceTokens) -> None:
        """Take who knows names, and who makes aliases."""
        self._persons = persons
        self._aliases = aliases

    def alias(self, person_id: str, merchant_id: str) -> str:
        """The pairwise name of a person at a merchant."""
        return self._aliases.alias(person_id=person_id, merchant_id=merchant_id)

    def masked_name(self, person_id: str) -> str:
        """The family name, the rest hidden."""
        return self._persons.masked(person_id).name


class OwedFees:
    """Fees that go back (`app.hospital.fhir.ports.Refunds`)."""

    def owe(self, tx: Tx, appointment_id: str, now: datetime) -> None:
        """Have what was paid go back."""
        owe_back(tx, appointment_id, now)


def build_fhir(shared: Infrastructure, *, persons: Persons) -> dict[type, object]:
    """What hospitals' systems ask for."""
    database, clock, accesses = shared.database, shared.clock, shared.accesses
    patients = PartnersPatients(persons=persons, aliases=_aliases(shared))
    return {
        FhirBase: FhirBase(url=f"{shared.settings.public_url}/fhir/R4"),
        ScheduleReading: ScheduleReading(database=database),
        AppointmentReading: AppointmentReading(
            database=database, accesses=accesses, patients=patients
        ),
        WindowProposals: WindowProposals(database=database, clock=clock),
        WindowBooking: WindowBooking(
            database=database,
            clock=clock,
            accesses=accesses,
            presences=PresenceReader(
                database=database,
                clock=clock,
                issuer=shared.settings.public_url,
                ring=shared.keys.signing("presence"),
            ),
            mandates=build_mandates(shared, persons),
            rules=booking_rules(shared),
        ),
        AppointmentUpdating: AppointmentUpdating(
            database=database,
            clock=clock,
            accesses=accesses,
            succession=build_succession(shared),
            refunds=OwedFees(),
        ),
    }


def build_announcing(shared: Infrastructure, events: PartnerEvents) -> AppointmentAnnouncing:
    """Tells hospitals what became of their appointments."""
    return AppointmentAnnouncing(database=shared.database, events=events)


def _aliases(shared: Infrastructure) -> PresenceTokens:
    return PresenceTokens(
        issuer=shared.settings.public_url,
        ring=shared.keys.signing("presence"),
        cipher=shared.cipher,
        life=card_policy(shared).presence_life,
    )
