"""Partners as operators see them."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from app.card.service.purposes import PURPOSES
from app.documents.routes.following import SCOPE as FOLLOW_SCOPE
from app.hospital.scopes import DESK_SCOPE, FHIR_SCOPE, SCHEDULE_SCOPE
from app.notifications.calling import resolved
from app.notifications.routes.events import SCOPE as EVENTS_SCOPE
from app.notifications.routes.webhooks import SCOPE as WEBHOOKS_SCOPE
from app.notifications.service.addresses import Addresses
from app.partners.fetching import HttpKeyAddresses
from app.partners.service.changes import PartnerChanges
from app.partners.service.directory import PartnerDirectory
from app.partners.service.enrolling import KeyEnrolments
from app.partners.service.keys import TerminalKeys
from app.partners.service.onboarding import DECODE_SCOPE, Onboarding
from app.partners.service.published_keys import PublishedTerminalKeys
from app.partners.service.rotation import TerminalChanges
from app.partners.service.standing import PartnerStanding
from app.settlement.scopes import SCOPE as SETTLEMENT_SCOPE
from app.wiring.infrastructure import Infrastructure

TERMINAL_SCOPES: Final = frozenset(
    {
        DECODE_SCOPE,
        SETTLEMENT_SCOPE,
        WEBHOOKS_SCOPE,
        EVENTS_SCOPE,
        FOLLOW_SCOPE,
        SCHEDULE_SCOPE,
        DESK_SCOPE,
        FHIR_SCOPE,
    }
)
"""What a terminal can be let do. A service that asks terminals for another scope adds it here."""


def build_key_addresses(shared: Infrastructure) -> HttpKeyAddresses:
    """Judges and asks the addresses at which merchants publish keys."""
    inside = shared.settings.terminal_keys_inside
    return HttpKeyAddresses(addresses=Addresses(resolve=resolved, inside=inside))


def build_terminal_keys(shared: Infrastructure) -> TerminalKeys:
    """Terminals' and operators' keys, registered here or published elsewhere."""
    published = PublishedTerminalKeys(
        database=shared.database,
        clock=shared.clock,
        addresses=build_key_addresses(shared),
        kept=timedelta(hours=shared.settings.terminal_keys_hours),
    )
    return TerminalKeys(database=shared.database, published=published)


def build_onboarding(shared: Infrastructure) -> Onboarding:
    """Puts partners on the list."""
    return Onboarding(
        database=shared.database,
        clock=shared.clock,
        known_purposes=frozenset(PURPOSES),
        known_scopes=TERMINAL_SCOPES,
        addresses=build_key_addresses(shared),
    )


def build_online_onboarding(shared: Infrastructure) -> Onboarding:
    """Puts terminals on the list that no operator asks for, with scopes that none can give."""
    return Onboarding(
        database=shared.database, clock=shared.clock, known_purposes=frozenset(PURPOSES)
    )


def build_terminal_changes(shared: Infrastructure) -> TerminalChanges:
    """Changes keys, where they are, and purposes."""
    return TerminalChanges(
        database=shared.database,
        clock=shared.clock,
        known_purposes=frozenset(PURPOSES),
        addresses=build_key_addresses(shared),
    )


def build_key_enrolments(shared: Infrastructure) -> KeyEnrolments:
    """Registers keys by codes."""
    return KeyEnrolments(
        database=shared.database, clock=shared.clock, cipher=shared.cipher, limits=shared.limits
    )


def build_partners(shared: Infrastructure) -> dict[type, object]:
    """The operator's routes."""
    return {
        Onboarding: build_onboarding(shared),
        TerminalChanges: build_terminal_changes(shared),
        KeyEnrolments: build_key_enrolments(shared),
        PartnerStanding: PartnerStanding(database=shared.database, clock=shared.clock),
        PartnerDirectory: PartnerDirectory(database=shared.database),
        PartnerChanges: PartnerChanges(database=shared.database, clock=shared.clock),
    }
