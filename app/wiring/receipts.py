"""Receipts of purchases."""

from __future__ import annotations

from app.card.service.presence import PresenceTokens
from app.settlement.receipts.service.checking import SettlementReceiptChecks
from app.settlement.receipts.service.making import SettlementReceipts
from app.settlement.service.reading import PurchaseReading
from app.wiring.card import card_policy
from app.wiring.infrastructure import Infrastructure


def build_receipts(shared: Infrastructure) -> dict[type, object]:
    """Making and checking; with the ring that signs receipts of verifications too."""
    database, clock, issuer = shared.database, shared.clock, shared.settings.public_url
    ring = shared.keys.signing("receipt")
    return {
        SettlementReceipts: SettlementReceipts(
            issuer=issuer,
            ring=ring,
            clock=clock,
            database=database,
            accesses=shared.accesses,
            reading=PurchaseReading(database=database, accesses=shared.accesses),
            aliases=PresenceTokens(
                issuer=issuer,
                ring=shared.keys.signing("presence"),
                cipher=shared.cipher,
                life=card_policy(shared).presence_life,
            ),
        ),
        SettlementReceiptChecks: SettlementReceiptChecks(
            issuer=issuer,
            ring=ring,
            clock=clock,
            database=database,
            cipher=shared.cipher,
            limits=shared.limits,
        ),
    }
