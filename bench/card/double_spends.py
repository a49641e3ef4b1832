"""So many pairs of racing presentations and settlements, and how many were served twice."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import text

from bench.card.desk import Desk
from bench.card.holders import Holder, show_codes
from bench.card.load import Baskets
from bench.card.racing import CODE, KINDS, PRESENTATION, WON, Couple, Customer, Runner, Task, couple
from bench.card.rivals import NAMES, forget_purses, open_purses, spent_twice
from bench.card.tills import Till

_OF_TEN: Final = {CODE: 6, "quote": 2, PRESENTATION: 2}
"""How a run is divided: settlements take several times as long as codes."""
_RIVAL_PAIRS: Final = 500
_TWICE: Final = {
    "codes presented twice": "SELECT count(*) FROM (SELECT 1 FROM presentations "
    "GROUP BY grant_id HAVING count(*) > 1) AS t",
    "quotes settled twice": "SELECT count(*) FROM (SELECT 1 FROM settlements "
    "GROUP BY quote_id HAVING count(*) > 1) AS t",
    "presentations paid twice": "SELECT count(*) FROM (SELECT 1 FROM settlements "
    "WHERE state <> 'VOIDED' GROUP BY presentation_id HAVING count(*) > 1) AS t",
    "postings without a settlement of their own": "SELECT count(*) FROM (SELECT 1 FROM ledger_txns "
    "WHERE kind = 'settle' GROUP BY about HAVING count(*) > 1) AS t",
    "more paid to merchants than was bought": "SELECT count(*) FROM (SELECT 1 FROM ledger_entries "
    "AS entry JOIN settlements ON settlements.id = (SELECT about FROM ledger_txns WHERE id = "
    "entry.txn_id AND kind = 'settle') WHERE entry.account_id LIKE 'payable:%' "
    "GROUP BY settlements.id, settlements.total "
    "HAVING -sum(entry.amount) <> settlements.total) AS t",
}


@dataclass(slots=True, kw_only=True)
class Told:
    """What came of all pairs."""

    pairs: dict[str, int] = field(default_factory=dict)
    both_won: int = 0
    """Pairs of which both were served."""
    none_won: int = 0
    """Pairs of which nobody was served, which is no double spend but a lost sale."""
    outcomes: dict[str, dict[str, int]] = field(default_factory=dict)
    pairs_per_s: float = 0.0
    found: dict[str, int] = field(default_factory=dict)
    """What the database holds that it must not."""

    @property
    def double_spends(self) -> int:
        """How many there were, by whichever notices more: the racers or the database."""
        return max(self.both_won, sum(self.found.values()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Ring:
    """Where the races are run."""

    desk: Desk
    environment: Mapping[str, str]
    tills: Sequence[Till]
    holders: Sequence[Holder]
    baskets: Baskets

    def measure(self, pairs: int) -> tuple[Told, dict[str, object]]:
        """Run so many pairs, and the rivals; returns both."""
        told, first, second = Told(), *self.tills[:2]
        runners = [
            Runner(environment=self.environment, till=first.principal, mine=mine.principal)
            for mine in (first, second)
        ]
        with couple(runners) as both:
            begun = time.perf_counter()
            for kind in KINDS:
                self._race(both, kind, pairs * _OF_TEN[kind] // 10, told)
            told.pairs_per_s = sum(told.pairs.values()) / (time.perf_counter() - begun)
            rivals = {**self._rivals(both), **self._locking(both)}
        told.found = self._looked()
        return told, rivals

    def _race(self, both: Couple, kind: str, pairs: int, told: Told) -> None:
        counted: Counter[str] = Counter()
        while (done := told.pairs.get(kind, 0)) < pairs:
            holders = self.holders[: pairs - done]
            first, second = self._subjects(both, kind, holders)
            outcomes = both.both([Task(act=kind, subjects=one) for one in (first, second)])
            for pair in zip(*outcomes, strict=True):
                told.both_won += pair.count(WON) > 1
                told.none_won += pair.count(WON) == 0
                counted.update(pair)
            told.pairs[kind] = done + len(holders)
            print(f"{kind}: {told.pairs[kind]} of {pairs} pairs", file=sys.stderr)
        told.outcomes[kind] = dict(counted)

    def _subjects(
        self, both: Couple, kind: str, holders: Sequence[Holder]
    ) -> tuple[list[str], list[str]]:
        """Return what either process wants: the same, or two quotes of the same presentation."""
        codes = show_codes(self.desk, holders)
        if kind == CODE:
            return codes, codes
        made = self._quotes(both, codes, each=2 if kind == PRESENTATION else 1)
        quotes = [ids.split() for ids in made]
        return [ids[0] for ids in quotes], [ids[-1] for ids in quotes]

    def _quotes(self, both: Couple, codes: Sequence[str], *, each: int) -> list[str]:
        customers = [
            Customer(code=code, basket=self.baskets.basket(), quotes=each) for code in codes
        ]
        halves = (customers[::2], customers[1::2])
        made = both.both([Task(act="prepare", subjects=half) for half in halves])
        return [*made[0], *made[1]]

    def _rivals(self, both: Couple) -> dict[str, object]:
        """Let customary ways spend things once, in the same races."""
        found: dict[str, object] = {}
        things = [f"purse {n}" for n in range(min(_RIVAL_PAIRS, 2 * len(self.holders)))]
        for name in NAMES:
            open_purses(self.desk, things)
            begun = time.perf_counter()
            both.both([Task(act=name, subjects=things)] * 2)
            found[name] = {
                "pairs": len(things),
                "double_spends": spent_twice(self.desk),
                "pairs_per_s": round(len(things) / (time.perf_counter() - begun)),
            }
        forget_purses(self.desk)
        return found

    def _locking(self, both: Couple) -> dict[str, object]:
        """Settle quotes of different people by eight threads: as it is, and behind a lock."""
        rates: dict[str, object] = {}
        for act, name in (
            ("settle", "settlements_per_s"),
            ("settle locked", "with_table_lock_per_s"),
        ):
            quotes = self._quotes(both, show_codes(self.desk, self.holders), each=1)
            halves = (quotes[::2], quotes[1::2])
            told = both.both([Task(act=act, subjects=half) for half in halves])
            rates[name] = round(len(quotes) / max(float(one) for (one,) in told), 1)
        return {"settling without HTTP": rates}

    def _looked(self) -> dict[str, int]:
        with self.desk.database.separate() as tx:
            return {name: int(tx.scalar(text(query)) or 0) for name, query in _TWICE.items()}
