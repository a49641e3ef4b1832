"""Receipts of purchases."""

from __future__ import annotations

from app.card.service.presence import PresenceTokens
from app.documents.making import ReceiptWorkshop
from app.settlement.receipts.service.checking import SettlementReceiptChecks
from app.settlement.receipts.service.codes import ReceiptCodes
from app.settlement.receipts.service.making import SettlementReceipts
from app.settlement.receipts.service.printing import PrintedReceipts
from app.settlement.receipts.service.scanning import ScannedReceipts
from app.settlement.service.reading import PurchaseReading
from app.wiring.authorities import Authorities
from app.wiring.card import card_policy
from app.wiring.infrastructure import Infrastructure
from certificates.receipt_maker import ReceiptMaker


def build_receipts(shared: Infrastructure, *, authorities: Authorities) -> dict[type, object]:
    """Making, printing and checking; with the ring that signs receipts of verifications too."""
    database, clock, issuer = shared.database, shared.clock, shared.settings.public_url
    ring = shared.keys.signing("receipt")
    codes = ReceiptCodes(cipher=shared.cipher, public_url=issuer)
    receipts = _signing(shared)
    return {
        SettlementReceipts: receipts,
        ReceiptCodes: codes,
        PrintedReceipts: PrintedReceipts(
            receipts=receipts, printer=_printer(authorities), codes=codes
        ),
        ScannedReceipts: ScannedReceipts(
            codes=codes,
            clock=clock,
            database=database,
            cipher=shared.cipher,
            limits=shared.limits,
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


def _signing(shared: Infrastructure) -> SettlementReceipts:
    issuer = shared.settings.public_url
    return SettlementReceipts(
        issuer=issuer,
        ring=shared.keys.signing("receipt"),
        clock=shared.clock,
        database=shared.database,
        accesses=shared.accesses,
        reading=PurchaseReading(database=shared.database, accesses=shared.accesses),
        aliases=PresenceTokens(
            issuer=issuer,
            ring=shared.keys.signing("presence"),
            cipher=shared.cipher,
            life=card_policy(shared).presence_life,
        ),
    )


def _printer(authorities: Authorities) -> ReceiptWorkshop:
    return ReceiptWorkshop(
        ReceiptMaker(
            home=authorities.catalogue.home, pki=authorities.pki, renderer=authorities.renderer
        )
    )
