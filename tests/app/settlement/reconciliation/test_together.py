"""Many at once, and by hand: a day is one run, and the command goes through all the books."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from typing import Any, NoReturn

import pytest
from sqlalchemy import select, text

from app.commands import main
from app.core.access.principals import Terminal
from app.core.errors import UNAVAILABLE
from app.settlement.reconciliation.models import Difference, ReconciliationRun
from app.settlement.reconciliation.service.days import ReconciliationDays, Sent
from app.settlement.reconciliation.service.lines import Figures, Line, totals_of
from app.settlement.reconciliation.service.watching.balances import BALANCES
from app.settlement.reconciliation.service.watching.cursors import alone
from app.settlement.reconciliation.service.watching.purchases import SETTLEMENTS
from app.settlement.reconciliation.service.watching.watch import CHECKS, BooksWatch
from app.settlement.reconciliation.states import Compared
from app.wiring.reconciliation import build_watch
from tests.app.settlement.reconciliation.steps import tamper
from tests.app.settlement.steps import Shop, plain
from tests.app.world import World

LINE = Line(
    kind="settlement", msgid="never-seen-1", id=None, figures=Figures(fund=1, account=2, cash=3)
)


def test_one_day_sent_by_many_at_once_is_one_run_and_one_difference(
    shop: Shop, world: World
) -> None:
    with world.database.separate() as tx:
        merchant_id, terminal_id = tx.execute(text("SELECT merchant_id, id FROM terminals")).one()
    caller = Terminal(
        terminal_id=terminal_id,
        merchant_id=merchant_id,
        merchant_name="",
        thumbprint=shop.till.thumbprint,
        purposes=frozenset(),
        scope=frozenset({"settlement"}),
    )
    days = ReconciliationDays(database=world.database, clock=world.clock)
    sent = Sent(day=date(2026, 11, 23), form="json", totals=totals_of([LINE]), lines=[LINE])
    with ThreadPoolExecutor(max_workers=6) as pool:
        reports = list(pool.map(lambda _: days.send(caller, sent), range(12)))
    assert len({one.run.id for one in reports}) == 1
    assert sum(not one.replayed for one in reports) == 1
    with world.database.separate() as tx:
        assert len(tx.scalars(select(ReconciliationRun.id)).all()) == 1
        assert tx.scalars(select(Difference.seen)).one() == 1


def test_the_command_goes_through_all_books(
    shop: Shop,
    world: World,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    shop.buy(plain(1_000))
    tamper(world.database, "UPDATE ledger_accounts SET posted = posted + 1 WHERE kind = 'own'")
    settings = world.settings
    environment = {
        "DATABASE_URL": settings.database_url.get_secret_value(),
        "REDIS_URL": settings.redis_url.get_secret_value(),
        "POPULATION_URL": settings.population_url,
        "POPULATION_TOKEN": settings.population_token.get_secret_value(),
        "VAR_DIR": str(settings.var_dir),
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    capfd.readouterr()
    assert main(["reconcile"]) == 0
    told: dict[str, Any] = json.loads(capfd.readouterr().out)
    assert told["new"]["balance"] == 1
    assert set(told["new"]) == {check.compared.value for check in CHECKS}


def unlucky(_: object, __: object) -> NoReturn:
    raise UNAVAILABLE()


def test_a_check_that_cannot_be_read_keeps_no_other_from_going_on(shop: Shop, world: World) -> None:
    shop.buy(plain(1_000))
    tamper(world.database, "UPDATE ledger_accounts SET posted = posted + 1 WHERE kind = 'own'")
    checks = [replace(SETTLEMENTS, judge=unlucky), BALANCES]
    watch = BooksWatch(database=world.database, clock=world.clock, payments=None, checks=checks)
    assert watch.round() == {"ledger": 0, "balance": 1}


def test_what_another_process_compares_is_left_to_it(shop: Shop, world: World) -> None:
    assert shop.person_id
    tamper(world.database, "UPDATE ledger_accounts SET posted = posted + 1 WHERE kind = 'own'")
    watch = build_watch(world.shared, None)
    with world.database.separate() as tx:
        assert alone(tx, Compared.BALANCE)
        assert watch.round()["balance"] == 0
    assert watch.round()["balance"] == 1
