"""Partners as operators see them."""

from __future__ import annotations

from typing import Final

from app.card.service.purposes import PURPOSES
from app.documents.routes.following import SCOPE as FOLLOW_SCOPE
from app.notifications.routes.webhooks import SCOPE as WEBHOOKS_SCOPE
from app.partners.service.changes import PartnerChanges
from app.partners.service.directory import PartnerDirectory
from app.partners.service.onboarding import DECODE_SCOPE, Onboarding
from app.partners.service.rotation import TerminalChanges
from app.partners.service.standing import PartnerStanding
from app.settlement.scopes import SCOPE as SETTLEMENT_SCOPE
from app.wiring.infrastructure import Infrastructure

TERMINAL_SCOPES: Final = frozenset({DECODE_SCOPE, SETTLEMENT_SCOPE, WEBHOOKS_SCOPE, FOLLOW_SCOPE})
"""What a terminal can be let do. A service that asks terminals for another scope adds it here."""


def build_onboarding(shared: Infrastructure) -> Onboarding:
    """Puts partners on the list."""
    return Onboarding(
        database=shared.database,
        clock=shared.clock,
        known_purposes=frozenset(PURPOSES),
        known_scopes=TERMINAL_SCOPES,
    )


def build_terminal_changes(shared: Infrastructure) -> TerminalChanges:
    """Rotates keys and sets purposes."""
    return TerminalChanges(
        database=shared.database, clock=shared.clock, known_purposes=frozenset(PURPOSES)
    )


def build_partners(shared: Infrastructure) -> dict[type, object]:
    """The operator's routes."""
    return {
        Onboarding: build_onboarding(shared),
        TerminalChanges: build_terminal_changes(shared),
        PartnerStanding: PartnerStanding(database=shared.database, clock=shared.clock),
        PartnerDirectory: PartnerDirectory(database=shared.database),
        PartnerChanges: PartnerChanges(database=shared.database, clock=shared.clock),
    }
