"""What the operator's commands do, without a web application around it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from app.card.service.cancelling import CardCancelling
from app.card.service.offline.overview import double_uses
from app.card.service.paper import PaperCodes
from app.card.service.sweeping import CardSweep
from app.core.clock import SystemClock
from app.core.resealing import Resealer
from app.credentials.service.sweeping import CredentialSweep
from app.documents.service.archives import count_unarchived
from app.documents.service.archiving import CertificateArchiving
from app.documents.service.comparing import Comparison
from app.documents.service.confirming import ConfirmingRound
from app.documents.service.following import FollowerSweep
from app.documents.service.standing import CertificateStanding
from app.exchange.changes.pulling import pull_until
from app.hospital.rush.service.closing import close_until
from app.hospital.service.sweeping import expire_until
from app.identity.service.parts import build_sweeper
from app.outbox.service.letters import OutboxKeeper
from app.outbox.service.running import BATCH, run_until
from app.partners.service.enrolling import KeyEnrolments
from app.partners.service.onboarding import Onboarding
from app.partners.service.operators import OperatorOnboarding
from app.partners.service.rotation import TerminalChanges
from app.partners.service.standing import PartnerStanding
from app.settlement.payments.service.alerts import PaymentAlerts
from app.settlement.reconciliation.service.watching.watch import BooksWatch, watch_until
from app.settlement.service.cash.saga import CashSaga, resolve_until
from app.settlement.service.enrolment.importing import ImportReport
from app.settlement.service.ledger.chaining import Sequencer, sequence_until
from app.settlement.service.ledger.verifying import LedgerReport, LedgerVerification
from app.wiring.authority import certify_services, revoke_signer
from app.wiring.card import build_cancelling, build_paper_codes, card_policy
from app.wiring.documents import build_batch_items, rotate_signers
from app.wiring.exchange import capabilities, kept_answers
from app.wiring.family import build_family_sweep
from app.wiring.hospital.appointments import build_appointment_sweep
from app.wiring.hospital.rush import build_lottery_closing
from app.wiring.hospital.sweeping import swept_hospitals
from app.wiring.infrastructure import Infrastructure, build_infrastructure
from app.wiring.lineage import (
    build_comparing,
    build_confirming,
    build_feeds,
    build_pulling,
    build_sources,
    known_persons,
)
from app.wiring.models import SEALED
from app.wiring.notifications import build_dispatcher, swept_events
from app.wiring.operator_scopes import OPERATOR_SCOPES
from app.wiring.partners import (
    build_key_enrolments,
    build_onboarding,
    build_terminal_changes,
)
from app.wiring.payments import build_alerts
from app.wiring.reconciliation import build_watch
from app.wiring.settlement import (
    build_crediting,
    build_enrolment,
    build_quote_sweep,
    build_saga,
    connected_payments,
)
from config import Settings

_PAUSE_S: Final = 1.0
_COMPARE_S: Final = 5.0
_EXPIRE_S: Final = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Operations:
    """The commands' view of the system."""

    infrastructure: Infrastructure
    onboarding: Onboarding
    terminals: TerminalChanges
    partners: PartnerStanding
    key_enrolments: KeyEnrolments
    paper: PaperCodes
    operators: OperatorOnboarding
    standing: CertificateStanding
    outbox: OutboxKeeper
    payment_alerts: PaymentAlerts
    cancelling: CardCancelling

    def reseal(self) -> int:
        """Bring all sealed fields under the active key; returns how many were not."""
        shared = self.infrastructure
        return Resealer(database=shared.database, cipher=shared.cipher).reseal(SEALED)

    def rotate_signers(self) -> dict[str, str]:
        """Give every department a new signing certificate."""
        return rotate_signers(self.infrastructure)

    def revoke_signer(self, fingerprint: str, *, reason: str) -> dict[str, object]:
        """Revoke a signing certificate; tells what it signed that has no trusted time yet."""
        shared = self.infrastructure
        revoked = revoke_signer(shared, fingerprint, reason=reason)
        with shared.database.separate() as tx:
            unproved = count_unarchived(tx, signer=fingerprint.lower())
        return {**revoked, "certificates_without_trusted_time": unproved}

    def certify(self, folder: Path) -> list[str]:
        """Certify the sandbox's timestamp and status services by their requests in a folder."""
        return certify_services(self.infrastructure, folder)

    @contextmanager
    def archiving(self) -> Iterator[CertificateArchiving]:
        """Upgrades certificates; closes its connections in the end."""
        # Here: pyHanko takes half a second to load, and no other command needs it.
        from app.wiring.archiving import build_archiving  # noqa: PLC0415

        with ExitStack() as closing:
            yield build_archiving(self.infrastructure, closing)

    def double_uses(self, *, most: int) -> list[dict[str, object]]:
        """The newest offline codes that were used twice."""
        with self.infrastructure.database.separate() as tx:
            return double_uses(tx, most=most)

    def sweep(self) -> dict[str, int]:
        """End and delete what is over; returns how many of each."""
        shared = self.infrastructure
        verifications = build_sweeper(
            database=shared.database, cipher=shared.cipher, clock=shared.clock
        )
        cards = CardSweep(database=shared.database, clock=shared.clock, policy=card_policy(shared))
        credentials = CredentialSweep(database=shared.database, clock=shared.clock)
        return {
            "verifications": verifications.sweep(),
            "cards": cards.sweep(),
            "family": build_family_sweep(shared).sweep(),
            "capabilities": capabilities(shared).sweep(),
            "kept_answers": kept_answers(shared).sweep(),
            "certificate_batches": build_batch_items(shared).sweep(),
            "credentials": credentials.sweep(),
            "idempotency_keys": shared.idempotency.sweep(),
            "messages": self.outbox.sweep(),
            "quotes": build_quote_sweep(shared).sweep(),
            **swept_hospitals(shared),
            **swept_events(shared),
            "followers": FollowerSweep(database=shared.database, clock=shared.clock).sweep(),
        }

    def dispatch(self, stop: threading.Event, *, threads: int, pull_seconds: int) -> None:
        """Handle the outbox's messages until `stop` is set; chain the ledger, read the feeds.

        Args:
            stop: ends it.
            threads: that handle messages.
            pull_seconds: from one look at the feeds to the next; 0: never.
        """
        ledger = threading.Thread(target=self.keep_ledger, args=(stop,))
        ledger.start()
        puller = threading.Thread(
            target=self.pull_until, args=(stop,), kwargs={"pause_s": pull_seconds}
        )
        if pull_seconds:
            puller.start()
        run_until(stop, build_dispatcher(self.infrastructure), threads=threads)
        ledger.join()
        if pull_seconds:
            puller.join()

    def keep_ledger(self, stop: threading.Event) -> None:
        """Keep the ledger, cash orders, the books and held places up to date, until `stop`.

        The ledger is chained, orders are brought to their end, the books are compared, holds
        whose time is over expire, and lotteries are closed.
        """
        sequencer = Sequencer(database=self.infrastructure.database)
        expiry = build_appointment_sweep(self.infrastructure)
        closing = build_lottery_closing(self.infrastructure)
        with self.cash() as saga, self.books() as watch:
            workers = [
                threading.Thread(target=sequence_until, args=(stop, sequencer, _PAUSE_S)),
                threading.Thread(target=watch_until, args=(stop, watch, _COMPARE_S)),
                threading.Thread(target=expire_until, args=(stop, expiry, _EXPIRE_S)),
                threading.Thread(target=close_until, args=(stop, closing, _EXPIRE_S)),
            ]
            if saga is not None:
                workers.append(threading.Thread(target=resolve_until, args=(stop, saga, _PAUSE_S)))
            for worker in workers:
                worker.start()
            for worker in workers:
                worker.join()

    @contextmanager
    def cash(self) -> Iterator[CashSaga | None]:
        """What brings cash orders to their end; None where no payment provider is connected."""
        with ExitStack() as closing:
            payments = connected_payments(self.infrastructure, closing)
            yield None if payments is None else build_saga(self.infrastructure, payments=payments)

    @contextmanager
    def books(self) -> Iterator[BooksWatch]:
        """What compares our books; asks the payment provider too, where one is connected."""
        with ExitStack() as closing:
            payments = connected_payments(self.infrastructure, closing)
            yield build_watch(self.infrastructure, payments)

    def import_enrolments(self, path: Path, *, dry_run: bool) -> ImportReport:
        """Take an insurance office's file."""
        return build_enrolment(self.infrastructure).run(path, dry_run=dry_run)

    def credit_accounts(self, month: date) -> dict[str, int]:
        """Credit every own account with its amount of a month, once."""
        return build_crediting(self.infrastructure).credit_month(month)

    def verify_ledger(self, *, anchor: str | None) -> LedgerReport:
        """Chain what is not chained yet, then compute the whole ledger anew."""
        database = self.infrastructure.database
        Sequencer(database=database).run_all()
        return LedgerVerification(database=database).run(anchor=anchor)

    def dispatch_due(self) -> int:
        """Handle what is due now; returns how many messages were tried."""
        dispatcher, tried = build_dispatcher(self.infrastructure), 0
        while batch := dispatcher.run(most=BATCH):
            tried += batch
        return tried

    def pull_changes(self) -> dict[str, int]:
        """Read on in every department's feed; returns how many changes each had."""
        pulling = build_pulling(self.infrastructure)
        with ExitStack() as closing:
            feeds = build_feeds(self.infrastructure, closing)
            return {
                department: pulling.pull(department, feed) for department, feed in feeds.items()
            }

    def pull_until(self, stop: threading.Event, *, pause_s: float) -> None:
        """Read the feeds again and again until `stop` is set."""
        pulling = build_pulling(self.infrastructure)
        with ExitStack() as closing:
            feeds = build_feeds(self.infrastructure, closing)
            pull_until(stop, pulling, feeds, pause_s=pause_s)

    def compare_records(self, *, most_ended: int) -> Comparison:
        """Ask every source anew about the records behind live certificates."""
        with ExitStack() as closing:
            sources = build_sources(self.infrastructure, closing)
            return build_comparing(self.infrastructure, sources).run(most_ended=most_ended)

    def settle_provisional(self, *, most: int) -> ConfirmingRound:
        """Ask about provisional certificates that are due; confirm, end or recall them."""
        with ExitStack() as closing:
            sources = build_sources(self.infrastructure, closing)
            return build_confirming(self.infrastructure, sources).run(most=most)


@contextmanager
def operations(settings: Settings) -> Iterator[Operations]:
    """Build what the commands need, and close it in the end."""
    with ExitStack() as closing:
        shared = build_infrastructure(settings, SystemClock(), closing)
        yield Operations(
            infrastructure=shared,
            onboarding=build_onboarding(shared),
            terminals=build_terminal_changes(shared),
            partners=PartnerStanding(database=shared.database, clock=shared.clock),
            key_enrolments=build_key_enrolments(shared),
            paper=build_paper_codes(shared),
            operators=OperatorOnboarding(
                database=shared.database, clock=shared.clock, known_scopes=OPERATOR_SCOPES
            ),
            standing=CertificateStanding(
                database=shared.database, clock=shared.clock, accesses=shared.accesses
            ),
            outbox=OutboxKeeper(database=shared.database, clock=shared.clock),
            payment_alerts=build_alerts(shared),
            cancelling=build_cancelling(shared, register=known_persons(shared)),
        )
