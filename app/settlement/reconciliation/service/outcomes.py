"""What a comparison of details found, kept a while so that its file can be fetched."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.core.access.principals import Terminal
from app.core.clock import Clock
from app.core.database import Database
from app.settlement.reconciliation.errors import RECONCILIATION_FILE_UNKNOWN
from app.settlement.reconciliation.models import ReconciliationOutcome, ReconciliationRun
from app.settlement.reconciliation.service.comparing import Differing
from app.settlement.reconciliation.service.lines import Totals
from app.settlement.reconciliation.service.recording import figures_of

KEPT: Final = timedelta(days=90)
MOST_LISTED: Final = 1_000
"""A day that differs more is mended first, and sent again as a whole."""
TSV: Final = "tsv"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of one file."""

    number: str
    """Names it: the id of its comparison."""
    day: date
    theirs: Mapping[str, Totals]
    """What its lines add up to, by kind."""
    counts: Mapping[str, int]
    """How many differences there were, by class."""
    lines: Sequence[Mapping[str, Any]]
    """The first thousand."""
    until: datetime

    @property
    def found(self) -> int:
        """How many there were in all."""
        return sum(self.counts.values())


class ReconciliationOutcomes:
    """Reads outcomes."""

    def __init__(self, *, database: Database, clock: Clock) -> None:
        """Take the ports."""
        self._database = database
        self._clock = clock

    def of_file(self, terminal: Terminal, number: str) -> Outcome:
        """What came of a file of the caller's merchant.

        1. The number names a file.
        2. It is the merchant's own: another's is as unknown as one that never was.
        3. It is still kept.

        Raises:
            DomainError: RECONCILIATION_FILE_UNKNOWN.
        """
        query = (
            select(ReconciliationOutcome, ReconciliationRun)
            .join(ReconciliationRun, ReconciliationRun.id == ReconciliationOutcome.run_id)
            .where(
                ReconciliationRun.id == number,
                ReconciliationRun.form == TSV,  # 1
                ReconciliationOutcome.merchant_id == terminal.merchant_id,  # 2
                ReconciliationOutcome.until > self._clock.now(),  # 3
            )
        )
        with self._database.transaction() as tx:
            found = tx.execute(query).one_or_none()
        if found is None:
            raise RECONCILIATION_FILE_UNKNOWN()
        return _outcome(*found)


def note(tx: Session, run: ReconciliationRun, differences: Sequence[Differing]) -> None:
    """Write down what a run found; what its merchant's runs found long ago goes."""
    tx.execute(
        delete(ReconciliationOutcome).where(
            ReconciliationOutcome.merchant_id == run.merchant_id,
            ReconciliationOutcome.until <= run.at,
        )
    )
    tx.add(
        ReconciliationOutcome(
            run_id=run.id,
            merchant_id=run.merchant_id,
            counts=dict(Counter(one.kind.value for one in differences)),
            lines=[_line(one) for one in differences[:MOST_LISTED]],
            at=run.at,
            until=run.at + KEPT,
        )
    )


def _line(one: Differing) -> dict[str, Any]:
    return {
        "kind": one.kind.value,
        "of": one.of,
        "id": one.about,
        "msgid": one.msgid,
        "theirs": figures_of(one.theirs),
        "ours": figures_of(one.ours),
    }


def _outcome(outcome: ReconciliationOutcome, run: ReconciliationRun) -> Outcome:
    return Outcome(
        number=run.id,
        day=run.day,
        theirs={one["kind"]: Totals(**one["theirs"]) for one in run.totals},
        counts=outcome.counts,
        lines=outcome.lines,
        until=outcome.until,
    )
