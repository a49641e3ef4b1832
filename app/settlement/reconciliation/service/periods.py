"""A period's totals: what a merchant counts and adds up, against what our books have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from sqlalchemy import ARRAY, String, bindparam, text

from app.core.access.principals import Terminal
from app.core.clock import Clock
from app.core.database import Database
from app.settlement.reconciliation.errors import RECONCILIATION_DAY, RECONCILIATION_PERIOD
from app.settlement.reconciliation.service.days import OLDEST
from app.settlement.reconciliation.service.lines import DIFFERENT, EQUAL, Net
from app.settlement.service.quoting.standing import CHINA, today

MOST_DAYS: Final = 31
# What was settled in a period counts with the figures it was made with, what was given back in it
# counts below nought: so two periods together are what one over both is. What a purchase was for
# stands in its quote.
_SUMS: Final = text("""
SELECT count(*) AS count, coalesce(sum(total), 0)::bigint AS total,
  coalesce(sum(fund), 0)::bigint AS fund, coalesce(sum(account), 0)::bigint AS account,
  coalesce(sum(cash), 0)::bigint AS cash
FROM (
  SELECT one.total, one.fund, one.account, one.cash, one.region, one.scheme, one.quote_id
  FROM settlements AS one
  WHERE one.merchant_id = :merchant AND one.settled_at >= :start AND one.settled_at < :end
  UNION ALL
  SELECT -back.total, -back.fund, -back.account, -back.cash, one.region, one.scheme, one.quote_id
  FROM refunds AS back JOIN settlements AS one ON one.id = back.settlement_id
  WHERE :refunds AND back.merchant_id = :merchant AND back.at >= :start AND back.at < :end
) AS book
JOIN quotes AS quote ON quote.id = book.quote_id
WHERE (CAST(:region AS text) IS NULL OR book.region = :region)
  AND (CAST(:schemes AS text[]) IS NULL OR book.scheme = ANY(:schemes))
  AND (CAST(:purpose AS text) IS NULL OR quote.purpose = :purpose)
""").bindparams(bindparam("schemes", type_=ARRAY(String)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Days in Asia/Shanghai, both included."""

    begin: date
    end: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """Which purchases count; None: all."""

    purpose: str | None = None
    """What the code was shown for: 01301 or 02121."""
    region: str | None = None
    """Whose office pays."""
    schemes: Sequence[str] | None = None
    refunds: bool = True
    """Whether what was given back in the period counts, below nought."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodReport:
    """Both sides of a period."""

    theirs: Mapping[str, int]
    """What the merchant says, by name; what it did not say is not there."""
    ours: Net

    @property
    def differing(self) -> Sequence[str]:
        """Names of figures that are not equal."""
        ours = asdict(self.ours)
        return [name for name, figure in self.theirs.items() if figure != ours[name]]

    @property
    def code(self) -> str:
        """000000 or 000103."""
        return DIFFERENT if self.differing else EQUAL


class ReconciliationPeriods:
    """Adds periods up. It writes nothing: the same question is answered anew."""

    def __init__(self, *, database: Database, clock: Clock) -> None:
        """Take the ports."""
        self._database = database
        self._clock = clock

    def compare(
        self, terminal: Terminal, period: Period, counted: Counted, theirs: Mapping[str, int]
    ) -> PeriodReport:
        """Compare totals of the caller's merchant with our books.

        Args:
            terminal: who asks.
            period: 31 days at most.
            counted: which purchases.
            theirs: the merchant's figures, by the names of `Net`.

        Raises:
            DomainError: RECONCILIATION_PERIOD or RECONCILIATION_DAY.
        """
        self.require(period)
        values = {
            "merchant": terminal.merchant_id,
            "start": _midnight(period.begin),
            "end": _midnight(period.end + timedelta(days=1)),
            "purpose": counted.purpose,
            "region": counted.region,
            "schemes": None if counted.schemes is None else list(counted.schemes),
            "refunds": counted.refunds,
        }
        with self._database.transaction() as tx:
            row = tx.execute(_SUMS, values).mappings().one()
        return PeriodReport(theirs=theirs, ours=Net(**row))

    def require(self, period: Period) -> None:
        """See to it that a period can be compared.

        Raises:
            DomainError: RECONCILIATION_PERIOD: it ends before it begins, or is too long;
                RECONCILIATION_DAY: it ends after today, or begins too long ago.
        """
        if not timedelta(0) <= period.end - period.begin < timedelta(days=MOST_DAYS):
            raise RECONCILIATION_PERIOD()
        now = self._clock.now()
        if period.begin < today(now - OLDEST) or period.end > today(now):
            raise RECONCILIATION_DAY()


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=CHINA)
