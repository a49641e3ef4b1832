"""The split: who pays what of a basket. Whole fen from end to end, no clock, no state.

A "what if" is the same call with another standing.
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import sub

from app.settlement.benefits.bands import fund_by_bands
from app.settlement.benefits.basket import (
    MOST_LINES,
    WHOLE_BP,
    Band,
    Category,
    Line,
    Standing,
    Terms,
)
from app.settlement.benefits.errors import BasketRefused, Reason
from app.settlement.benefits.outcome import LineSplit, Split
from app.settlement.benefits.shares import shares
from app.settlement.benefits.trace import Step, trace

__all__ = [
    "Band",
    "Category",
    "Line",
    "LineSplit",
    "Split",
    "Standing",
    "Step",
    "Terms",
    "split",
    "trace",
]
_HALF_BP = WHOLE_BP // 2


def split(lines: Sequence[Line], terms: Terms, standing: Standing) -> Split:
    """Split a basket.

    1. Each line: class C is the person's own; what is above the limit price is over; of the rest of
       a class B line a share is paid first, rounded half up, once a line; what remains is in scope.
    2. The deductible takes of the scope what is left of it.
    3. The fund pays of the scope beyond the deductible by the bands in which it falls, counted from
       where the person stands this year. The bands' unrounded shares are added, then rounded half
       up once. Not more than what is left of the cap; what the cap cuts off still moves the person
       on in the bands.
    4. The rest is the person's: own account first, then mutual aid, each where the terms let it,
       then cash.
    5. Lines share the deductible by what they have in scope, the fund by their scope beyond the
       deductible, account by their person's part, mutual aid by their account (`shares`).

    Args:
        lines: 1 to `MOST_LINES`.
        terms: of the rule in force.
        standing: of the person.

    Raises:
        BasketRefused: NO_LINES or TOO_MANY_LINES.
    """
    if not 1 <= len(lines) <= MOST_LINES:
        raise BasketRefused(Reason.TOO_MANY_LINES if lines else Reason.NO_LINES)
    owns, overs, firsts, scopes = _scoped(lines)  # 1
    totals = [line.amount for line in lines]
    in_scope = sum(scopes)
    deductible = min(standing.deductible_left, in_scope)  # 2
    by_bands = fund_by_bands(in_scope - deductible, terms.bands, start=standing.beyond)  # 3
    fund = min(by_bands, standing.cap_left)
    person = sum(totals) - fund
    own_account = min(person, standing.account) if terms.account_pays else 0  # 4
    mutual = min(person - own_account, standing.mutual) if terms.mutual_pays else 0
    account = own_account + mutual
    below = shares(deductible, scopes, in_scope)  # 5
    paid = _paid(totals, scopes, below, fund=fund, account=account, mutual=mutual)
    columns = ([line.code for line in lines], totals, owns, overs, firsts, scopes, below, *paid)
    return Split(
        total=sum(totals),
        own=sum(owns),
        over=sum(overs),
        self_first=sum(firsts),
        in_scope=in_scope,
        deductible=deductible,
        fund=fund,
        person=person,
        account=account,
        mutual=mutual,
        cash=person - account,
        lines=tuple(map(LineSplit._make, zip(*columns, strict=True))),
    )


def _scoped(lines: Sequence[Line]) -> tuple[list[int], list[int], list[int], list[int]]:
    """Return own, over, self-first and scope of each line."""
    owns, overs, firsts, scopes = [], [], [], []
    for line in lines:
        own = over = first = 0
        scope = line.amount
        if line.category is Category.C:
            own, scope = scope, 0
        else:
            if line.limit is not None and scope > line.limit:
                over, scope = scope - line.limit, line.limit
            if line.self_first_bp:
                first = (scope * line.self_first_bp + _HALF_BP) // WHOLE_BP
                scope -= first
        owns.append(own)
        overs.append(over)
        firsts.append(first)
        scopes.append(scope)
    return owns, overs, firsts, scopes


def _paid(
    totals: list[int], scopes: list[int], below: list[int], *, fund: int, account: int, mutual: int
) -> tuple[list[int], list[int], list[int], list[int], list[int]]:
    """Return fund, person, account, mutual and cash of each line."""
    beyonds = list(map(sub, scopes, below))
    funds = shares(fund, beyonds, sum(beyonds))
    persons = list(map(sub, totals, funds))
    accounts = shares(account, persons, sum(persons))
    mutuals = shares(mutual, accounts, account)
    cashes = list(map(sub, persons, accounts))
    return funds, persons, accounts, mutuals, cashes
