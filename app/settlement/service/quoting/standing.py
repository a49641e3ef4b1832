"""Where a person stands: insurance, the year's figures, own account, family."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from typing import Final

from app.core.statements import Row, Tx, changed, row, rows
from app.settlement.benefits.basket import Standing
from app.settlement.benefits.rule import Group
from app.settlement.errors import NOT_INSURED
from app.settlement.ports import MutualAid
from app.settlement.service.ledger import accounts as names

CHINA: Final = timezone(timedelta(hours=8))
"""A year, and a rule, begin at midnight in China; it has no summer time."""
_MOST_PAYERS: Final = 16
_READ: Final = """
SELECT enrolment.region, enrolment.scheme, sums.version, sums.deductible_paid, sums.fund_paid,
  sums.in_scope, account.posted - account.reserved AS available
FROM enrolments AS enrolment
LEFT JOIN accumulators AS sums ON sums.person_id = enrolment.person_id
  AND sums.scheme = enrolment.scheme AND sums.year = %(year)s
LEFT JOIN ledger_accounts AS account ON account.id = %(account)s
WHERE enrolment.person_id = %(person)s AND enrolment.since <= %(day)s
  AND (enrolment.until IS NULL OR enrolment.until > %(day)s)
"""
_OPEN: Final = """
INSERT INTO accumulators (person_id, scheme, year, deductible_paid, deductible_limit, fund_paid,
  fund_limit, in_scope, version) VALUES (%(person)s, %(scheme)s, %(year)s, 0, 0, 0, 0, 0, 0)
ON CONFLICT DO NOTHING
"""
_BALANCES: Final = (
    "SELECT id, posted - reserved AS available FROM ledger_accounts WHERE id = ANY(%(ids)s)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """An own account that can pay."""

    person_id: str
    available: int
    """Fen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Insurance:
    """What is known of a person at one moment."""

    region: str
    scheme: str
    year: int
    version: int
    """Of the accumulator."""
    deductible_paid: int
    fund_paid: int
    in_scope: int
    available: int
    """On the own account, fen."""
    payers: Sequence[Source]
    """Family who pay next, in order."""

    def standing(self, group: Group) -> Standing:
        """What a split is made from."""
        return group.standing(
            deductible=self.deductible_paid,
            fund=self.fund_paid,
            beyond=self.in_scope - self.deductible_paid,
            account=self.available,
            mutual=sum(payer.available for payer in self.payers),
        )


def today(now: datetime) -> date:
    """The day in China."""
    return now.astimezone(CHINA).date()


def read_insurance(tx: Tx, person_id: str, *, day: date, mutual: MutualAid) -> Insurance:
    """Where a person stands now; opens the year where it is their first purchase.

    Raises:
        DomainError: NOT_INSURED.
    """
    values = {
        "person": person_id,
        "year": day.year,
        "day": day,
        "account": names.own(person_id),
    }
    found = row(tx, _READ, values)
    if found is None:
        raise NOT_INSURED()
    _, scheme, version, *_ = found
    if version is None:
        changed(tx, _OPEN, {**values, "scheme": scheme})
        (found,) = rows(tx, _READ, values)
    return _insurance(found, day.year, _payers(tx, person_id, mutual))


def _insurance(found: Row, year: int, payers: Sequence[Source]) -> Insurance:
    region, scheme, version, deductible_paid, fund_paid, in_scope, available = found
    return Insurance(
        region=region,
        scheme=scheme,
        year=year,
        version=version,
        deductible_paid=deductible_paid,
        fund_paid=fund_paid,
        in_scope=in_scope,
        available=available or 0,
        payers=payers,
    )


def _payers(tx: Tx, person_id: str, mutual: MutualAid) -> Sequence[Source]:
    allowed = [(p, limit) for p, limit in mutual.available(tx, person_id) if limit > 0]
    if not allowed:
        return ()
    ids = [names.own(payer) for payer, _ in allowed[:_MOST_PAYERS]]
    held: dict[str, int] = dict(rows(tx, _BALANCES, {"ids": ids}))
    return [
        Source(person_id=payer, available=min(limit, held.get(names.own(payer), 0)))
        for payer, limit in allowed[:_MOST_PAYERS]
    ]
