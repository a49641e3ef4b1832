"""What an operator can be let do."""

from __future__ import annotations

from typing import Final

from app.card.service.cancelling import CANCEL_SCOPE
from app.card.service.paper import PAPER_SCOPE
from app.documents.service import overseeing
from app.exchange.overview import RELOAD_SCOPE, SOURCES_SCOPE
from app.hospital.conduct import scopes as conduct
from app.hospital.rush.routes.operator import DRAW_SCOPE
from app.identity.service.outcomes import OUTCOMES_SCOPE
from app.notifications.service import failing_webhooks as webhooks
from app.outbox.service import letters as queues
from app.partners import scopes as partners
from app.settlement.reconciliation.routes import operator as reconciliation

OPERATOR_SCOPES: Final = frozenset(
    {
        RELOAD_SCOPE,
        SOURCES_SCOPE,
        overseeing.READ_SCOPE,
        overseeing.SUSPEND_SCOPE,
        overseeing.REVOKE_SCOPE,
        CANCEL_SCOPE,
        PAPER_SCOPE,
        partners.READ_SCOPE,
        partners.WRITE_SCOPE,
        reconciliation.READ_SCOPE,
        reconciliation.CLOSE_SCOPE,
        DRAW_SCOPE,
        conduct.READ_SCOPE,
        conduct.DECIDE_SCOPE,
        OUTCOMES_SCOPE,
        queues.READ_SCOPE,
        queues.RETRY_SCOPE,
        webhooks.READ_SCOPE,
        webhooks.REPLAY_SCOPE,
    }
)
"""Each names one thing; a service that asks operators for another scope adds it here."""
