"""Hospitals' planning, and what it asks of the list of partners and of the rules."""

from __future__ import annotations

from collections.abc import Sequence

from app.hospital.planning.service.giving_back import GivingBack
from app.hospital.planning.service.importing.importing import ScheduleImport
from app.hospital.planning.service.onboarding import HospitalOnboarding
from app.hospital.planning.service.sessions.reading import SessionReading
from app.hospital.planning.service.sessions.steps import SessionSteps
from app.hospital.planning.service.sessions.taking import SessionTaking
from app.hospital.planning.service.turns import BulkTurns
from app.hospital.planning.service.weekly.planning import WeeklyPlanning
from app.partners.models import Merchant, MerchantKind
from app.partners.service.changes import PartnerChanges
from app.partners.service.onboarding import Onboarding
from app.wiring.hospital.conduct import booking_rules
from app.wiring.hospital.waitlist import build_succession
from app.wiring.infrastructure import Infrastructure
from app.wiring.partners import build_onboarding


class PartnerHospitals:
    """Merchants of the kind hospital (`app.hospital.planning.ports.Merchants`)."""

    def __init__(self, shared: Infrastructure, onboarding: Onboarding) -> None:
        """Take the database and what puts merchants on the list."""
        self._database = shared.database
        self._onboarding = onboarding
        self._changes = PartnerChanges(database=shared.database, clock=shared.clock)

    def add(self, *, name: str, region: str, by: str) -> str:
        """Add a merchant of the kind hospital; returns its id."""
        kind = MerchantKind.HOSPITAL
        return self._onboarding.add_merchant(name=name, kind=kind, region=region, by=by)

    def is_hospital(self, merchant_id: str) -> bool:
        """Whether there is a merchant of the kind hospital by this id."""
        with self._database.transaction() as tx:
            found = tx.get(Merchant, merchant_id)
        return found is not None and found.kind == MerchantKind.HOSPITAL

    def record(self, action: str, *, by: str, merchant_id: str, detail: Sequence[str]) -> None:
        """Write down what was done, in the transaction under way."""
        self._changes.record(action, by=by, merchant_id=merchant_id, detail=detail)


def build_hospital_onboarding(shared: Infrastructure) -> HospitalOnboarding:
    """Puts hospitals on the list."""
    return HospitalOnboarding(
        database=shared.database,
        clock=shared.clock,
        merchants=PartnerHospitals(shared, build_onboarding(shared)),
    )


def build_taking(shared: Infrastructure) -> SessionTaking:
    """Makes sessions be as their hospitals want them."""
    return SessionTaking(rules=booking_rules(shared), succession=build_succession(shared))


def build_weekly_planning(shared: Infrastructure) -> WeeklyPlanning:
    """Plans the days ahead."""
    return WeeklyPlanning(
        database=shared.database,
        clock=shared.clock,
        sessions=build_taking(shared),
        rules=booking_rules(shared),
    )


def build_giving_back(shared: Infrastructure) -> GivingBack:
    """Gives back what channels have not sold."""
    return GivingBack(
        database=shared.database, clock=shared.clock, succession=build_succession(shared)
    )


def build_hospital_planning(shared: Infrastructure) -> dict[type, object]:
    """What operators and hospitals do."""
    database, clock = shared.database, shared.clock
    return {
        HospitalOnboarding: build_hospital_onboarding(shared),
        ScheduleImport: ScheduleImport(
            database=database, clock=clock, sessions=build_taking(shared)
        ),
        BulkTurns: BulkTurns(limits=shared.limits),
        WeeklyPlanning: build_weekly_planning(shared),
        SessionSteps: SessionSteps(database=database, clock=clock),
        SessionReading: SessionReading(database=database),
    }
