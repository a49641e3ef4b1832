"""Purchases in any order, against a model in memory that knows nothing of rows and locks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import func, select, text

from app.card.models import Presentation
from app.core.access.principals import Terminal
from app.core.errors import DomainError
from app.core.statements import Tx, rows
from app.identity.service.persons import Persons
from app.partners.models import Terminal as TerminalRow
from app.settlement.benefits.basket import Category, Line
from app.settlement.benefits.rule import Visit
from app.settlement.benefits.split import split
from app.settlement.models.cash import CashOrder
from app.settlement.models.ledger import Accumulator, LedgerAccount
from app.settlement.models.purchase import Settlement
from app.settlement.service.cash.saga import CashSaga
from app.settlement.service.ledger.chaining import Sequencer
from app.settlement.service.quoting.pricing import Wanted
from app.settlement.service.quoting.quotes import Quoting
from app.settlement.service.quoting.standing import today
from app.settlement.service.returning.parts import Units
from app.settlement.service.returning.refunds import Refunding
from app.settlement.service.settling.settling import Order, Settling
from app.wiring.settlement import Family, build_saga, build_settlement, rule_book
from tests.app.card.steps import decode, show
from tests.app.settlement.fakes import FakeFamily, FakePayments, Status
from tests.app.settlement.steps import (
    REGION,
    SCHEME,
    A,
    B,
    C,
    Shop,
    new_msgid,
    sound,
)

ITEMS = (A, B, C)
BEGIN_ANEW = (
    "DELETE FROM ledger_entries WHERE txn_id NOT IN (SELECT txn_id FROM account_credits)",
    "DELETE FROM ledger_txns WHERE id NOT IN (SELECT txn_id FROM account_credits)",
    "UPDATE ledger_txns SET position = NULL, chain_hash = NULL",
    "UPDATE ledger_accounts SET posted = 0, reserved = 0",
    "UPDATE ledger_accounts SET posted = 15000 WHERE kind = 'own'",
)
baskets = st.lists(
    st.tuples(st.sampled_from((0, 1, 2)), st.integers(1, 5), st.integers(1, 9_000)),
    min_size=1,
    max_size=3,
)


@dataclass
class Bought:
    """A purchase as the model knows it."""

    settlement_id: str
    cash_by: str
    split: Any
    scope: int
    """In scope and not given back."""
    left: list[int]
    """Units by line."""
    open: bool = False
    gone: bool = False
    back: dict[str, int] = field(
        default_factory=lambda: dict.fromkeys(("total", "fund", "account", "cash"), 0)
    )


@dataclass(frozen=True)
class Present:
    presentation_id: str
    person_id: str
    purpose: str = "02121"
    alias: str = ""
    mandate_id: str | None = None
    agent_id: str | None = None
    amount_cap: int | None = None


class Anyone:
    """Presences without tokens: a token is the presentation's id."""

    def __init__(self, person_id: str) -> None:
        self.person_id = person_id

    def verify(self, token: str, terminal: Terminal) -> Present:
        assert terminal.terminal_id
        return Present(presentation_id=token, person_id=self.person_id)

    def require_usable(self, tx: Tx, presentation_id: str) -> None:
        assert rows(tx, "SELECT 1 FROM presentations WHERE id = %(id)s", {"id": presentation_id})


@dataclass(kw_only=True)
class Stage:
    """What every run plays on."""

    shop: Shop
    person_id: str
    terminal: Terminal
    presentations: list[str]
    payments: FakePayments = field(default_factory=FakePayments)
    services: dict[type, Any] = field(default_factory=dict)
    saga: CashSaga = None  # type: ignore[assignment]


class Purchases(RuleBasedStateMachine):
    """Quotes, settlements, refunds, reversals, payments, failures."""

    stage: Stage
    bought = Bundle("bought")
    waiting = Bundle("waiting")

    def __init__(self) -> None:
        super().__init__()
        self.stage = type(self).stage
        _forget(self.stage)
        self.all: list[Bought] = []

    @initialize()
    def begin(self) -> None:
        self.group = (
            rule_book()
            .find(
                region=REGION,
                scheme=SCHEME,
                visit=Visit.PHARMACY,
                on=date(2026, 11, 23),
            )
            .for_age(36)
        )

    @rule(target=bought, basket=baskets)
    def buy(self, basket: Any) -> Any:
        made = self._settle(basket, "till")
        return multiple() if made is None else made

    @rule(target=waiting, basket=baskets)
    def hold(self, basket: Any) -> Any:
        made = self._settle(basket, "provider")
        return made if made is not None and made.open else multiple()

    @rule(target=bought, one=consumes(waiting))
    def pay(self, one: Bought) -> Bought:
        self._event(one, "PAID")
        one.open = False
        return one

    @rule(one=consumes(waiting))
    def fail(self, one: Bought) -> None:
        self._event(one, "FAILED")
        one.open, one.gone, one.scope = False, True, 0

    @rule(one=bought, data=st.data())
    def refund(self, one: Bought, data: Any) -> None:
        n = data.draw(st.integers(1, len(one.left)))
        units = data.draw(st.integers(1, 6))
        if not any(one.left) or units > one.left[n - 1]:
            with pytest.raises(DomainError, match=r"REFUND_TOO_LARGE|SETTLEMENT_REVERSED"):
                self._give_back(one, n, units)
            return
        self._give_back(one, n, units)
        one.left[n - 1] -= units
        self._settled_back(one)

    @rule(one=bought)
    def reverse(self, one: Bought) -> None:
        if not any(one.left):
            with pytest.raises(DomainError, match="SETTLEMENT_REVERSED"):
                self._reverse(one)
            return
        self._reverse(one)
        assert one.scope == 0
        assert one.back["total"] == one.split["total"]

    @invariant()
    def the_year_is_as_if_only_what_is_left_had_been_bought(self) -> None:
        if not self.all or any(one.open for one in self.all):
            return  # what waits stands still; the year is put in order when it ends
        deductible = fund = scope = 0
        for one in self.all:
            if not one.scope:
                continue
            standing = self.group.standing(
                deductible=deductible, fund=fund, beyond=scope - deductible, account=0, mutual=0
            )
            line = Line(code="x", category=Category.A, amount=one.scope)
            share = split([line], self.group.terms, standing)
            deductible, fund = deductible + share.deductible, fund + share.fund
            scope += one.scope
        assert self._year() == (deductible, fund, scope)

    @invariant()
    def no_fen_is_lost(self) -> None:
        Sequencer(database=self.stage.shop.world.database).run_all()
        total = sum(one.split["total"] for one in self.all if not (one.open or one.gone))
        back = sum(one.back["total"] for one in self.all)
        mine, due, fund = (self._posted(kind) for kind in ("own", "due", "fund"))
        cash = self._posted("till") + self._posted("cash")
        assert self._posted("payable") == total - back
        assert fund + (15_000 - mine) + cash + due == total - back
        assert min(mine, due, fund, cash) >= 0

    def teardown(self) -> None:
        for one in self.all:
            if not (one.open or one.gone) and any(one.left):
                self._reverse(one)
        for one in self.all:
            if one.open:
                self._event(one, "CLOSED")
                one.open, one.gone, one.scope = False, True, 0
        sound(self.stage.shop.world)
        assert self._posted("own") == 15_000
        for kind in ("due", "fund", "payable", "till", "cash"):
            assert self._posted(kind) == 0, kind

    def _give_back(self, one: Bought, n: int, units: int) -> None:
        refunding: Refunding = self.stage.services[Refunding]
        lines = [Units(n=n, quantity=units)]
        refunding.refund(self.stage.terminal, one.settlement_id, msgid=new_msgid(), lines=lines)

    def _reverse(self, one: Bought) -> None:
        refunding: Refunding = self.stage.services[Refunding]
        refunding.reverse(self.stage.terminal, one.settlement_id, msgid=new_msgid())
        one.left = [0] * len(one.left)
        self._settled_back(one)

    def _settle(self, basket: Any, cash: str) -> Bought | None:
        stage = self.stage
        if len(self.all) >= len(stage.presentations):
            return None
        wanted = [
            Wanted(code=ITEMS[i].code, barcode=None, quantity=quantity, unit_price=price)
            for i, quantity, price in basket
        ]
        token = stage.presentations[len(self.all)]
        quote = stage.services[Quoting].quote(stage.terminal, token=token, wanted=wanted)
        order = Order(quote_id=quote.id, msgid=new_msgid(), cash=cash)
        done = stage.services[Settling].settle(stage.terminal, order)
        made = Bought(
            settlement_id=done.settlement_id,
            cash_by=cash,
            split=quote.content["split"],
            scope=quote.content["split"]["in_scope"],
            left=[quantity for _, quantity, _ in basket],
            open=cash == "provider" and quote.content["split"]["cash"] > 0,
        )
        self.all.append(made)
        return made

    def _settled_back(self, one: Bought) -> None:
        with self.stage.shop.world.database.separate() as tx:
            row = tx.get_one(Settlement, one.settlement_id)
            for name in one.back:
                one.back[name] = getattr(row, f"returned_{name}")
                assert 0 <= one.back[name] <= one.split[name]
            one.scope = row.in_scope - row.returned_in_scope

    def _event(self, one: Bought, state: str) -> None:

        with self.stage.shop.world.database.transaction() as tx:
            order = tx.scalars(
                select(CashOrder).where(CashOrder.settlement_id == one.settlement_id)
            ).one()
            self.stage.saga.on_event(tx, order.id, Status(state, order.amount))

    def _year(self) -> tuple[int, int, int]:
        with self.stage.shop.world.database.separate() as tx:
            row = tx.get_one(Accumulator, (self.stage.person_id, SCHEME, 2026))
            return row.deductible_paid, row.fund_paid, row.in_scope

    def _posted(self, kind: str) -> int:

        query = select(func.sum(LedgerAccount.posted)).where(LedgerAccount.kind == kind)
        with self.stage.shop.world.database.separate() as tx:
            return int(tx.scalar(query) or 0)


def _forget(stage: Stage) -> None:
    """Every run begins with the person insured and nothing bought."""

    with stage.shop.world.database.separate() as tx:
        tx.execute(text("SET LOCAL session_replication_role = replica"))
        for table in (
            "adjustments",
            "cash_refunds",
            "cash_orders",
            "refunds",
            "settlement_lines",
            "settlements",
            "settlement_messages",
            "quotes",
            "accumulators",
        ):
            tx.execute(text(f"DELETE FROM {table}"))  # noqa: S608
        for change in BEGIN_ANEW:
            tx.execute(text(change))
    stage.payments.orders.clear()


@contextmanager
def _presentations(shop: Shop, count: int) -> Iterator[list[str]]:

    for _ in range(count):
        assert decode(shop.till, show(shop.holder)).status_code == 200
    with shop.world.database.separate() as tx:
        yield list(tx.scalars(select(Presentation.id)))


def test_purchases_in_any_order_lose_no_fen(shop: Shop, tmp_path: Path) -> None:
    assert tmp_path.exists()
    assert today(shop.world.clock.now()) == date(2026, 11, 23)
    with _presentations(shop, 8) as presentations:
        pass
    stage = _stage(shop, presentations)
    Purchases.stage = stage
    run_state_machine_as_test(
        Purchases,
        settings=settings(
            max_examples=10,
            stateful_step_count=10,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )


def _stage(shop: Shop, presentations: list[str]) -> Stage:

    world, payments = shop.world, FakePayments()
    with world.database.separate() as tx:
        row = tx.scalars(select(TerminalRow)).one()
    family = FakeFamily()
    whom = Family(mandates=family, mutual=family)
    persons = Persons(database=world.database, cipher=world.shared.cipher, clock=world.clock)
    services = build_settlement(world.shared, persons=persons, family=whom, payments=payments)
    anyone = Anyone(shop.person_id)
    for kind in (Quoting, Settling):
        services[kind]._presences = anyone  # type: ignore[attr-defined]
    return Stage(
        shop=shop,
        person_id=shop.person_id,
        terminal=Terminal(
            terminal_id=row.id,
            merchant_id=row.merchant_id,
            merchant_name="平安大药房",
            thumbprint="",
            purposes=frozenset({"02121"}),
            scope=frozenset({"settlement"}),
        ),
        presentations=presentations,
        payments=payments,
        services=services,
        saga=build_saga(world.shared, payments=payments, family=whom),
    )
