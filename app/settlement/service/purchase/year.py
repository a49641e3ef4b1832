"""A person's year: used up by settlements, and computed anew when an earlier one goes.

Whoever changes a year's figures holds its accumulator's row; a settlement does so by its
conditional update, everybody else by `lock`. The order of locks is the same everywhere: message,
quote or settlement, accumulator, accounts by id.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from app.core.ids import new_id
from app.core.statements import Tx, changed
from app.settlement.models.purchase import Adjustment
from app.settlement.service.ledger import accounts as names
from app.settlement.service.ledger.posting import credit, debit, post
from app.settlement.service.purchase.shares import Part, Share, shares_of
from app.settlement.service.quoting.pricing import Pricing

_USE: Final = """
UPDATE accumulators SET
  deductible_paid = deductible_paid + %(deductible)s, fund_paid = fund_paid + %(fund)s,
  in_scope = in_scope + %(in_scope)s, version = version + 1,
  deductible_limit = greatest(%(deductible_limit)s, deductible_paid),
  fund_limit = greatest(%(fund_limit)s, fund_paid)
WHERE person_id = %(person)s AND scheme = %(scheme)s AND year = %(year)s
  AND version = %(version)s
  AND EXISTS (SELECT FROM enrolments WHERE person_id = %(person)s AND region = %(region)s
    AND scheme = %(scheme)s AND since <= %(day)s AND (until IS NULL OR until > %(day)s))
  AND %(seen)s = coalesce(
    (SELECT posted - reserved FROM ledger_accounts WHERE id = 'own:' || %(person)s), 0)
"""
_LOCK: Final = text(
    "SELECT 1 FROM accumulators WHERE person_id = :person AND scheme = :scheme AND year = :year "
    "FOR NO KEY UPDATE"
)
_LOCK_ACCOUNTS: Final = text(
    "SELECT id, posted, reserved FROM ledger_accounts WHERE id = ANY(:ids) "
    "ORDER BY id FOR NO KEY UPDATE"
)
_YEAR: Final = text("""
SELECT settlement.id, settlement.state, settlement.region, settlement.scheme,
  settlement.in_scope - settlement.returned_in_scope AS scope_left,
  settlement.deductible_now, settlement.fund_now, quote.content -> 'rule' AS rule
FROM settlements AS settlement JOIN quotes AS quote ON quote.id = settlement.quote_id
WHERE settlement.person_id = :person AND settlement.scheme = :scheme AND settlement.year = :year
  AND settlement.state <> 'VOIDED'
ORDER BY settlement.number
""")
_NOW: Final = text(
    "UPDATE settlements SET deductible_now = :deductible, fund_now = :fund WHERE id = :id"
)
_SUMS: Final = text("""
UPDATE accumulators SET deductible_paid = :deductible, fund_paid = :fund, in_scope = :in_scope,
  deductible_limit = greatest(deductible_limit, :deductible_limit),
  fund_limit = greatest(fund_limit, :fund_limit), version = version + 1
WHERE person_id = :person AND scheme = :scheme AND year = :year
""")


@dataclass(frozen=True, slots=True, kw_only=True)
class Year:
    """Whose, in which scheme, which."""

    person_id: str
    scheme: str
    year: int

    @property
    def key(self) -> dict[str, object]:
        """The accumulator's key."""
        return {"person": self.person_id, "scheme": self.scheme, "year": self.year}


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """What of a settlement is given back in this transaction, and not written to its row yet."""

    in_scope: int = 0
    deductible: int = 0
    fund: int = 0


def use(tx: Tx, year: Year, figures: Mapping[str, object]) -> bool:
    """Count a purchase into the year, if nothing has moved since it was quoted.

    Returns:
        False: the accumulator or the own account has moved, or the person is insured elsewhere
        now. The account's own update looks once more, under its lock.
    """
    return changed(tx, _USE, {**year.key, **figures}) == 1


def lock(tx: Session, year: Year, account_ids: Sequence[str] = ()) -> dict[str, int]:
    """Hold a year, then accounts in the order of their ids.

    Returns:
        What is available on each account, fen.
    """
    tx.execute(_LOCK, year.key)
    mine = [names.own(year.person_id), names.due(year.person_id)]
    ids = sorted({*account_ids, *mine})
    rows = tx.execute(_LOCK_ACCOUNTS, {"ids": ids})
    return {row.id: row.posted - row.reserved for row in rows}


_NO_PART: Final = Gone()
NOTHING_GONE: Final[Mapping[str, Gone]] = {}


class YearRecomputing:
    """Brings a year in order after something earlier in it went."""

    def __init__(self, *, pricing: Pricing) -> None:
        """Take the rules."""
        self._pricing = pricing

    def recompute(
        self,
        tx: Session,
        year: Year,
        *,
        cause: str,
        available: Mapping[str, int],
        now: datetime,
        gone: Mapping[str, Gone] = NOTHING_GONE,
    ) -> list[str]:
        """Compute a locked year anew; post the differences, each as a transaction of its own.

        Where the fund pays more, the person gets the difference: first against what they owe, the
        rest on their own account. Where it pays less, the own account pays as far as it goes, and
        the rest is owed, and collected as soon as something comes back to the account. Merchants
        are not touched: they were paid and stay paid.

        Args:
            tx: the transaction that holds the year and the accounts.
            year: which.
            cause: id of what went.
            available: what `lock` returned, with what was moved since.
            now: the moment.
            gone: by settlement. Their rows get their new shares here, whether or not these were
                adjusted; the caller writes what was returned afterwards.

        Returns:
            Ids of settlements whose shares changed.
        """
        rows = tx.execute(_YEAR, year.key).all()
        parts = [self._part(row, gone.get(row.id, _NO_PART)) for row in rows]
        shares = shares_of(parts)
        purse = Purse(person_id=year.person_id, available=dict(available))
        moved = []
        for part, share in zip(parts, shares, strict=True):
            if (share.deductible, share.fund) != (part.deductible, part.fund):
                _adjust(tx, part, share, purse, cause=cause, now=now)
                moved.append(part.settlement_id)
            elif part.settlement_id in gone:
                _count(tx, part, share)
        _collect(tx, purse, cause=cause, now=now)
        sums = {
            "deductible": sum(share.deductible for share in shares),
            "fund": sum(share.fund for share in shares),
            "in_scope": sum(part.scope for part in parts),
            "deductible_limit": max((part.group.deductible for part in parts), default=0),
            "fund_limit": max((part.group.cap for part in parts), default=0),
        }
        tx.execute(_SUMS, {**year.key, **sums})
        return moved

    def _part(self, row: Row[Any], gone: Gone) -> Part:
        return Part(
            settlement_id=row.id,
            fund_account=names.fund(row.region, row.scheme),
            fixed=row.state in {"HOLDING", "CASH_PENDING"},
            scope=row.scope_left - gone.in_scope,
            deductible=row.deductible_now - gone.deductible,
            fund=row.fund_now - gone.fund,
            group=self._pricing.group(row.rule["title"], row.rule["from_age"]),
        )


@dataclass(kw_only=True)
class Purse:
    """What a person has and owes while differences are posted one after another."""

    person_id: str
    available: dict[str, int]

    def pay(self, amount: int, *, account_pays: bool) -> tuple[int, int]:
        """Take an amount: from the own account as far as it goes, the rest is owed."""
        mine, owed = names.own(self.person_id), names.due(self.person_id)
        paid = min(amount, max(0, self.available.get(mine, 0))) if account_pays else 0
        self._move(mine, -paid)
        self._move(owed, amount - paid)
        return paid, amount - paid

    def get(self, amount: int) -> tuple[int, int]:
        """Give an amount: against what is owed first; both negative, as less is paid."""
        mine, owed = names.own(self.person_id), names.due(self.person_id)
        against = min(amount, max(0, self.available.get(owed, 0)))
        self._move(owed, -against)
        self._move(mine, amount - against)
        return -(amount - against), -against

    def _move(self, account_id: str, amount: int) -> None:
        self.available[account_id] = self.available.get(account_id, 0) + amount


def _adjust(
    tx: Session, part: Part, share: Share, purse: Purse, *, cause: str, now: datetime
) -> None:
    change = share.fund - part.fund
    account = due = 0
    if change < 0:
        account, due = purse.pay(-change, account_pays=part.group.terms.account_pays)
    elif change > 0:
        account, due = purse.get(change)
    adjustment = Adjustment(
        id=new_id("adj", now),
        settlement_id=part.settlement_id,
        cause_id=cause,
        deductible=share.deductible - part.deductible,
        fund=change,
        account=account,
        due=due,
        at=now,
    )
    if change:
        adjustment.txn_id = _posted(tx, part, purse.person_id, adjustment, now)
    tx.add(adjustment)
    _count(tx, part, share)


def _collect(tx: Session, purse: Purse, *, cause: str, now: datetime) -> None:
    mine, owed = names.own(purse.person_id), names.due(purse.person_id)
    amount = min(purse.available.get(mine, 0), purse.available.get(owed, 0))
    if amount > 0:
        entries = [*debit(mine, amount), *credit(owed, amount)]
        post(tx, entries, kind="collect", about=cause, now=now)


def _count(tx: Session, part: Part, share: Share) -> None:
    values = {"id": part.settlement_id, "deductible": share.deductible, "fund": share.fund}
    tx.execute(_NOW, values)


def _posted(tx: Session, part: Part, person_id: str, change: Adjustment, now: datetime) -> str:
    mine, owed = names.own(person_id), names.due(person_id)
    entries = [
        *debit(part.fund_account, max(0, change.fund)),
        *debit(mine, max(0, change.account)),
        *debit(owed, max(0, change.due)),
        *credit(part.fund_account, max(0, -change.fund)),
        *credit(mine, max(0, -change.account)),
        *credit(owed, max(0, -change.due)),
    ]
    return post(tx, entries, kind="adjust", about=part.settlement_id, now=now)
