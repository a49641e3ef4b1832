"""Taking units of a line back: what each payer gets of it."""

from __future__ import annotations

from operator import sub

from app.settlement.benefits.basket import MOST_QUANTITY
from app.settlement.benefits.errors import BasketRefused, Reason
from app.settlement.benefits.outcome import LineSplit
from app.settlement.benefits.shares import shares


def take_back(line: LineSplit, *, units: int, left: int) -> LineSplit:
    """Return the part of a line that `units` of its `left` units are.

    No component of the part exceeds the line's, and part and rest keep every identity of a line.
    So units may be taken back one by one, each time from the `rest`: together they come to the
    line, to the fen. The person's part goes back as it was paid: to each payer in proportion.

    Args:
        line: what is left of it, with `left` units.
        units: 1 to `left`.
        left: units that were not taken back before.

    Raises:
        BasketRefused: UNITS.
    """
    whole = type(units) is int and type(left) is int
    if not whole or not 1 <= units <= left <= MOST_QUANTITY:
        raise BasketRefused(Reason.UNITS)
    total = line.total * units // left
    beyond = line.in_scope - line.deductible
    leaves = (line.own, line.over, line.self_first, line.deductible, beyond)
    own, over, first, below, above = shares(total, leaves, line.total)
    fund = shares(above, (line.fund, beyond - line.fund), beyond)[0]
    person = total - fund
    payers = (line.account - line.mutual, line.mutual, line.cash)
    own_account, mutual, cash = shares(person, payers, line.person)
    return LineSplit(
        code=line.code,
        total=total,
        own=own,
        over=over,
        self_first=first,
        in_scope=below + above,
        deductible=below,
        fund=fund,
        person=person,
        account=own_account + mutual,
        mutual=mutual,
        cash=cash,
    )


def rest(line: LineSplit, part: LineSplit) -> LineSplit:
    """Return what is left of a line once a part of it was taken back."""
    return LineSplit(line.code, *map(sub, line[1:], part[1:]))
