"""Reconciliation: merchants' days, differences and their end, the continuous comparison."""

from __future__ import annotations

from collections.abc import Mapping

from app.notifications.service.posting import PartnerEvents
from app.outbox.ports import Topic
from app.settlement.chs.statements import NationalStatements
from app.settlement.ports import CashPayments
from app.settlement.reconciliation.service.announcing import DifferenceAnnouncing
from app.settlement.reconciliation.service.closing import DifferenceClosing
from app.settlement.reconciliation.service.days import ReconciliationDays
from app.settlement.reconciliation.service.outcomes import ReconciliationOutcomes
from app.settlement.reconciliation.service.overview import DifferenceOverview
from app.settlement.reconciliation.service.periods import ReconciliationPeriods
from app.settlement.reconciliation.service.recording import FOUND
from app.settlement.reconciliation.service.watching.watch import BooksWatch
from app.settlement.service.ledger.accounts import Accounts
from app.wiring.infrastructure import Infrastructure


def build_reconciliation(shared: Infrastructure) -> dict[type, object]:
    """What merchants and operators ask for."""
    database, clock = shared.database, shared.clock
    return {
        ReconciliationDays: ReconciliationDays(database=database, clock=clock),
        ReconciliationPeriods: ReconciliationPeriods(database=database, clock=clock),
        ReconciliationOutcomes: ReconciliationOutcomes(database=database, clock=clock),
        NationalStatements: NationalStatements(
            periods=ReconciliationPeriods(database=database, clock=clock),
            outcomes=ReconciliationOutcomes(database=database, clock=clock),
        ),
        DifferenceOverview: DifferenceOverview(database=database, clock=clock),
        DifferenceClosing: DifferenceClosing(
            database=database, clock=clock, accounts=Accounts(database=database, clock=clock)
        ),
    }


def build_watch(shared: Infrastructure, payments: CashPayments | None) -> BooksWatch:
    """The continuous comparison."""
    return BooksWatch(database=shared.database, clock=shared.clock, payments=payments)


def reconciliation_topics(shared: Infrastructure, events: PartnerEvents) -> Mapping[str, Topic]:
    """Who handles the outbox's messages about differences."""
    handler = DifferenceAnnouncing(database=shared.database, events=events)
    return {FOUND: Topic(handler=handler)}
