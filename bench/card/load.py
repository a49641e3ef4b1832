"""Purchases at many tills at once: decode, quote, settle; each by itself, then one after another.

By itself means: all tills do nothing but decode, then nothing but quote, then nothing but settle.
Without a pause, the figures are those of a full house: more tills than there are processors, and
each has its next customer waiting; an answer's time is mostly that of the other tills' calls before
it. Beside them stand figures of tills that have a customer a second each, at moments drawn by
chance: many times what a pharmacy's till has.
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random

from app.settlement.benefits.basket import Category
from app.settlement.benefits.catalogue import Catalogue
from app.settlement.benefits.item import Item
from app.settlement.service.quoting.standing import today
from bench.card.desk import Desk
from bench.card.driver import Call, Played, Turn, play
from bench.card.holders import PURPOSE, Holder, show_codes
from bench.card.spent import cpu_s
from bench.card.tills import Till, sign_in_all

DECODE, QUOTE, SETTLE = "/v1/terminal/decode", "/v1/terminal/quotes", "/v1/terminal/settlements"
_KINDS = {DECODE: "decode", QUOTE: "quote", SETTLE: "settle"}
_MOST_LINES = 5
_MOST_UNITS = 3
_CUSTOMER_S = 1.0
"""From one customer to the next at a till that is paced, on average."""
_PACED = 10
"""Customers of each such till a round."""
Line = dict[str, object]


@dataclass(slots=True, kw_only=True)
class Sample:
    """All rounds together."""

    ms: dict[str, list[float]] = field(default_factory=dict)
    """decode, quote and settle by themselves."""
    flow_ms: dict[str, list[float]] = field(default_factory=dict)
    """The same while all three go on at once."""
    paced_ms: dict[str, list[float]] = field(default_factory=dict)
    """The same while each till has a customer a second."""
    wall_s: dict[str, float] = field(default_factory=dict)
    cpu_s: dict[str, Counter[str]] = field(default_factory=dict)
    """By kind and part of the system."""
    flow_wall_s: float = 0.0
    refused: dict[str, int] = field(default_factory=dict)

    def rate(self, kind: str) -> float:
        """Return how many a second there were, of all tills together."""
        return len(self.ms[kind]) / self.wall_s[kind]

    def cpu_ms_each(self) -> dict[str, dict[str, float]]:
        """Return processor milliseconds of each part of the system for one of each kind."""
        return {
            kind: {part: round(s * 1000 / len(self.ms[kind]), 2) for part, s in spent.items()}
            for kind, spent in self.cpu_s.items()
        }

    @property
    def flows_per_s(self) -> float:
        """Whole purchases a second."""
        return len(self.flow_ms["settle"]) / self.flow_wall_s


class Baskets:
    """Draws baskets of the catalogue's items, at prices around their limits."""

    def __init__(self, seed: int) -> None:
        """Read the catalogue."""
        self._rng = Random(seed)  # noqa: S311 - a benchmark's purchases
        self._items: Sequence[Item] = Catalogue().all(on=today(datetime.now(UTC)))

    def basket(self) -> list[Line]:
        """Draw one of one to five lines."""
        return [self._line() for _ in range(self._rng.randint(1, _MOST_LINES))]

    def all_paid_by_the_person(self) -> list[Line]:
        """Return a basket of something that no insurance pays for."""
        item = next(one for one in self._items if one.category is Category.C)
        return [{"code": item.code, "quantity": 1, "unit_price_fen": 5_000}]

    def _line(self) -> Line:
        item = self._rng.choice(self._items)
        price = max(1, (item.limit or 3_000) * self._rng.randint(50, 120) // 100)
        quantity = self._rng.randint(1, _MOST_UNITS)
        return {"code": item.code, "quantity": quantity, "unit_price_fen": price}


@dataclass(slots=True, kw_only=True)
class Customer:
    """Somebody before a till, and how far they have come."""

    code: str
    basket: list[Line]
    presence: str = ""
    quote_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """Tills, and the people who come to them."""

    desk: Desk
    tills: Sequence[Till]
    holders: Sequence[Holder]
    baskets: Baskets

    def measure(self, rounds: int) -> Sample:
        """Let everybody come twice a round; the first round warms up and is not counted."""
        sample = Sample()
        for number in range(rounds + 1):
            counted = sample if number else Sample()
            sign_in_all(self.tills)
            queues = self._queues()
            for path in (DECODE, QUOTE, SETTLE):
                self._by_itself(path, queues, counted)
            self._flows(self._queues(), counted)
            self._paced([queue[:_PACED] for queue in self._queues()], counted)
            told = f"{counted.rate('settle'):.0f}/s settled, {counted.flows_per_s:.0f}/s in all"
            print(f"round {number or 'to warm up'}: {told}", flush=True)
        return sample

    def _queues(self) -> list[list[Customer]]:
        codes = show_codes(self.desk, self.holders)
        customers = [Customer(code=code, basket=self.baskets.basket()) for code in codes]
        return [customers[n :: len(self.tills)] for n in range(len(self.tills))]

    def _by_itself(self, path: str, queues: Sequence[list[Customer]], sample: Sample) -> None:
        kind, before = _KINDS[path], cpu_s()
        played = self._play([path], queues)
        sample.cpu_s.setdefault(kind, Counter()).update(cpu_s() - before)
        sample.ms.setdefault(kind, []).extend(played.ms.get(kind, []))
        sample.wall_s[kind] = sample.wall_s.get(kind, 0.0) + played.wall_s
        _add(sample.refused, played.refused)

    def _flows(self, queues: Sequence[list[Customer]], sample: Sample) -> None:
        played = self._play([DECODE, QUOTE, SETTLE], queues)
        for kind, times in played.ms.items():
            sample.flow_ms.setdefault(kind, []).extend(times)
        sample.flow_wall_s += played.wall_s
        _add(sample.refused, played.refused)

    def _paced(self, queues: Sequence[list[Customer]], sample: Sample) -> None:
        played = self._play([DECODE, QUOTE, SETTLE], queues, customer_s=_CUSTOMER_S)
        for kind, times in played.ms.items():
            sample.paced_ms.setdefault(kind, []).extend(times)
        _add(sample.refused, played.refused)

    def _play(
        self, paths: Sequence[str], queues: Sequence[list[Customer]], *, customer_s: float = 0.0
    ) -> Played:
        pairs = [(t, q) for t, q in zip(self.tills, queues, strict=True) if q]
        for till, queue in pairs:
            for path in paths:
                till.sign(path, len(queue))
        pause_s = customer_s / len(paths)
        turns = [_serve(till, queue, paths, pause_s=pause_s) for till, queue in pairs]
        return play(self.tills[0].base_url, turns)


def _serve(till: Till, queue: Sequence[Customer], paths: Sequence[str], *, pause_s: float) -> Turn:
    """Serve one customer after the other; who is refused goes home.

    Args:
        till: whose.
        queue: the customers.
        paths: what each wants, in order.
        pause_s: before each request, on average.
    """
    rng = Random(till.client_id)  # noqa: S311 - a benchmark's pauses
    for customer in queue:
        for path, body in _bodies(customer, paths):
            pause = rng.uniform(0, 2 * pause_s) if pause_s else 0.0
            answer = yield Call(kind=_KINDS[path], data=till.request(path, body), pause_s=pause)
            if answer.status >= 300:  # noqa: PLR2004 - RFC 9110, 15.4
                break
            told = answer.json()
            customer.presence = str(told.get("presence_token", customer.presence))
            customer.quote_id = str(told.get("quote_id", customer.quote_id))


def _bodies(customer: Customer, paths: Sequence[str]) -> Iterator[tuple[str, dict[str, object]]]:
    for path in paths:
        if path == DECODE:
            yield path, {"code": customer.code, "purpose": PURPOSE}
        elif path == QUOTE:
            yield path, {"presence_token": customer.presence, "lines": customer.basket}
        else:
            msgid = secrets.token_hex(8)
            yield path, {"quote_id": customer.quote_id, "msgid": msgid, "cash": "till"}


def _add(all_of: dict[str, int], more: Mapping[str, int]) -> None:
    for name, count in more.items():
        all_of[name] = all_of.get(name, 0) + count
