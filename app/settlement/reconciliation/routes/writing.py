"""Days and differences as replies."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.settlement.reconciliation.models import Difference
from app.settlement.reconciliation.schemas import (
    DifferenceReply,
    DifferencesReply,
    KindReply,
    OperatorDifferenceReply,
    ReconciliationReply,
)
from app.settlement.reconciliation.service.days import DayReport
from app.settlement.reconciliation.service.overview import DifferencePage


def day_reply(report: DayReport) -> ReconciliationReply:
    """A day."""
    run = report.run
    return ReconciliationReply(
        id=run.id,
        date=run.day,
        code=run.code,  # type: ignore[arg-type]
        totals=[KindReply(**one) for one in run.totals],
        lines=run.lines,
        found=run.found,
        at=run.at,
        open=report.open,
        differences=[DifferenceReply(**_told(one)) for one in report.differences],
    )


def page_reply(page: DifferencePage) -> DifferencesReply:
    """A page."""
    items = [difference_reply(one, page.now) for one in page.items]
    return DifferencesReply(items=items, next=page.next)


def difference_reply(one: Difference, now: datetime) -> OperatorDifferenceReply:
    """One, as operators see it."""
    age = (one.closed_at or now) - one.since
    return OperatorDifferenceReply(
        **_told(one),
        compared=one.compared.value,
        merchant_id=one.merchant_id,
        run_id=one.run_id,
        age_seconds=max(0, int(age.total_seconds())),
        last_seen_at=one.last_seen_at,
        seen=one.seen,
        taken_by=one.taken_by,
        proposed_by=one.proposed_by,
        proposed_at=one.proposed_at,
        reason=one.reason,
        approved_by=one.approved_by,
        txn_id=one.txn_id,
        closed_at=one.closed_at,
        other_day=one.other_day,
    )


def _told(one: Difference) -> dict[str, Any]:
    return {
        "id": one.id,
        "kind": one.kind.value,
        "about": one.about,
        "date": one.day,
        "theirs": one.theirs,
        "ours": one.ours,
        "amounts": one.amounts,
        "owner": one.owner.value,
        "status": one.state.value,
        "since": one.since,
    }
