"""The waitlist, and the mandates, rules and records it asks for."""

from __future__ import annotations

from app.hospital.ports import Conduct, Rules
from app.hospital.waitlist.service.answering import WaitlistAnswering
from app.hospital.waitlist.service.entering import WaitlistEntering
from app.hospital.waitlist.service.giving import OFFER_DUE, PlaceGiving
from app.hospital.waitlist.service.lapsing import OfferLapsing
from app.hospital.waitlist.service.moves import CHANGED
from app.hospital.waitlist.service.reading import WaitlistReading
from app.hospital.waitlist.service.succession import WaitlistSuccession
from app.hospital.waitlist.service.sweeping import WaitlistSweep
from app.hospital.waitlist.service.telling import WaitlistTelling
from app.hospital.waitlist.service.watching import WaitlistWatcher
from app.notifications.service.notices import Notices
from app.outbox.ports import Topic
from app.wiring.hospital.conduct import booking_rules, build_conduct_points
from app.wiring.hospital.mandates import build_mandates
from app.wiring.infrastructure import Infrastructure


def build_succession(shared: Infrastructure) -> WaitlistSuccession:
    """Who comes next for a place, for whoever frees one."""
    giving = PlaceGiving(
        rules=booking_rules(shared),
        conduct=build_conduct_points(shared),
        mandates=build_mandates(shared),
    )
    return WaitlistSuccession(giving=giving)


def build_waitlist(shared: Infrastructure) -> dict[type, object]:
    """What people do with their entries."""
    database, clock = shared.database, shared.clock
    rules: Rules = booking_rules(shared)
    conduct: Conduct = build_conduct_points(shared)
    mandates = build_mandates(shared)
    return {
        WaitlistEntering: WaitlistEntering(
            database=database,
            clock=clock,
            accesses=shared.accesses,
            rules=rules,
            conduct=conduct,
            mandates=mandates,
        ),
        WaitlistAnswering: WaitlistAnswering(
            database=database,
            clock=clock,
            rules=rules,
            conduct=conduct,
            mandates=mandates,
            succession=build_succession(shared),
        ),
        WaitlistReading: WaitlistReading(database=database),
    }


def build_waitlist_sweep(shared: Infrastructure) -> WaitlistSweep:
    """Housekeeping, and places that became free many at a time."""
    return WaitlistSweep(
        database=shared.database,
        clock=shared.clock,
        lapsing=_lapsing(shared),
        succession=build_succession(shared),
    )


def build_waitlist_watcher() -> WaitlistWatcher:
    """What lets go of a session that is called off."""
    return WaitlistWatcher()


def waitlist_topics(shared: Infrastructure) -> dict[str, Topic]:
    """The waitlist's messages of the outbox."""
    notices = Notices(database=shared.database, clock=shared.clock)
    return {
        CHANGED: Topic(handler=WaitlistTelling(database=shared.database, notices=notices)),
        OFFER_DUE: Topic(handler=_lapsing(shared)),
    }


def _lapsing(shared: Infrastructure) -> OfferLapsing:
    return OfferLapsing(
        database=shared.database, clock=shared.clock, succession=build_succession(shared)
    )
