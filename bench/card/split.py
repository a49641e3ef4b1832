"""How fast baskets are split, and whether a fen is ever lost.

    python -m bench.card.split [--baskets 1000000] [--seed 7] [--lines 10]

The rate is splits a second of processor time of one process: baskets with all their lines' shares,
by the sandbox's own rules and catalogue, made beforehand. `identity_violations` counts baskets,
each split anew by a person's standing drawn for it, in which an identity of the split does not
hold. Human lines first, one JSON object last; 0 when no identity was violated.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from random import Random

from app.settlement.benefits.catalogue import Catalogue
from app.settlement.benefits.item import Item
from app.settlement.benefits.outcome import LineSplit
from app.settlement.benefits.rule import Group
from app.settlement.benefits.rules import RuleBook
from app.settlement.benefits.split import Line, Split, Standing, split
from bench.certificates.rates import per_cpu_second
from bench.figures import machine

_DAY = date(2026, 11, 29)
_TARGET_PER_S = 50_000
_TIMED = 1_000
"""Different baskets in the measured round."""
_MOST_LINES = 20
_BALANCES = (0, 1, 999, 15_000, 200_000)
"""Fen, to which up to as much again is added by chance."""
_REPORT_EVERY = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Purchase:
    """A basket and who buys it."""

    lines: tuple[Line, ...]
    group: Group
    standing: Standing

    def split(self) -> Split:
        """Split it."""
        return split(self.lines, self.group.terms, self.standing)


class Shop:
    """Draws purchases: the catalogue's items at a price, people anywhere in their year."""

    def __init__(self, seed: int) -> None:
        """Read catalogue and rules."""
        self._rng = Random(seed)  # noqa: S311 - a benchmark's purchases
        self._items: Sequence[Item] = Catalogue().all(on=_DAY)
        self._groups = [group for rule in RuleBook().all() for group in rule.groups]

    def purchase(self, lines: int | None = None) -> Purchase:
        """Draw one, of a number of lines or of any."""
        count = self._rng.randint(1, _MOST_LINES) if lines is None else lines
        group = self._rng.choice(self._groups)
        return Purchase(
            lines=tuple(self._line() for _ in range(count)),
            group=group,
            standing=group.standing(
                deductible=self._up_to(group.deductible),
                fund=self._up_to(group.cap),
                beyond=self._up_to(group.cap),
                account=self._balance(),
                mutual=self._balance(),
            ),
        )

    def _line(self) -> Line:
        item = self._rng.choice(self._items)
        price = max(1, (item.limit or 3_000) * self._rng.randint(50, 150) // 100)
        return item.line(quantity=self._rng.randint(1, 9), unit_price=price)

    def _up_to(self, most: int) -> int:
        """Return any part of it; one in four times all, one in eight nothing."""
        shape = self._rng.randrange(8)
        if shape < 2:  # noqa: PLR2004 - two of eight
            return most
        return 0 if shape == 2 else self._rng.randint(0, most)  # noqa: PLR2004 - one of eight

    def _balance(self) -> int:
        fen = self._rng.choice(_BALANCES)
        return fen + self._rng.randint(0, fen)


def holds(purchase: Purchase, told: Split) -> bool:
    """Tell whether every identity of the split holds, in all and for each line."""
    terms, where = purchase.group.terms, purchase.standing
    columns = list(zip(*(line[1:] for line in told.lines), strict=True))
    sums = [getattr(told, name) for name in LineSplit._fields[1:]]
    whole = LineSplit("", *sums)
    return (
        told.total == sum(line.amount for line in purchase.lines)
        and [sum(column) for column in columns] == sums
        and all(_adds_up(line) for line in (whole, *told.lines))
        and told.fund <= where.cap_left
        and told.deductible <= where.deductible_left
        and told.own_account <= (where.account if terms.account_pays else 0)
        and told.mutual <= (where.mutual if terms.mutual_pays else 0)
    )


def _adds_up(line: LineSplit) -> bool:
    return (
        line.total == line.own + line.over + line.self_first + line.in_scope
        and line.total == line.fund + line.person
        and line.person == line.account + line.cash
        and 0 <= line.mutual <= line.account
        and 0 <= line.fund <= line.in_scope - line.deductible
        and min(line[1:]) >= 0
    )


def rate(shop: Shop, *, lines: int, at_least_s: float = 1.0) -> float:
    """Return splits a second of processor time, of baskets with this many lines."""
    purchases = [shop.purchase(lines) for _ in range(_TIMED)]

    def once() -> None:
        for purchase in purchases:
            split(purchase.lines, purchase.group.terms, purchase.standing)

    return per_cpu_second(once, at_least_s=at_least_s) * _TIMED


def violations(shop: Shop, baskets: int) -> int:
    """Return in how many of so many baskets an identity does not hold."""
    return sum(not holds(purchase, purchase.split()) for purchase in _told(shop, baskets))


def _told(shop: Shop, baskets: int) -> Iterator[Purchase]:
    for number in range(1, baskets + 1):
        yield shop.purchase()
        if number % _REPORT_EVERY == 0:
            print(f"{number:>9} baskets", file=sys.stderr)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.card.split")
    parser.add_argument("--baskets", type=int, default=20_000, help="checked for their identities")
    parser.add_argument("--lines", type=int, default=10, help="of the baskets that are timed")
    parser.add_argument("--seconds", type=float, default=1.0, help="of each of five measurements")
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args(arguments)
    shop = Shop(options.seed)
    per_s = round(rate(shop, lines=options.lines, at_least_s=options.seconds))
    begun = time.process_time()
    found = violations(shop, options.baskets)
    told: dict[str, object] = {
        "split_per_cpu_s": per_s,
        "lines": options.lines,
        "target_per_cpu_s": _TARGET_PER_S,
        "baskets": options.baskets,
        "identity_violations": found,
        "check_cpu_s": round(time.process_time() - begun, 1),
        "machine": machine(),
    }
    for name, value in told.items():
        print(f"{name:<20} {value}")
    print(json.dumps(told))
    return 0 if found == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
