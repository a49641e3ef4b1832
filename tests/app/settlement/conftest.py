"""A ledger on the real database; an insured holder before a till."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from app.core.database import Database
from app.identity.service.persons import Persons
from app.settlement.service.cash.saga import CashSaga
from app.settlement.service.ledger.accounts import Accounts
from app.wiring.settlement import Family, build_saga, build_settlement
from tests.app.settlement.fakes import FakeFamily, FakePayments
from tests.app.settlement.steps import SCOPES, Shop, insure
from tests.app.world import World
from tests.clean import forget_everything
from tests.conftest import Servers
from tests.fakes import FakeClock


@pytest.fixture
def database(servers: Servers) -> Iterator[Database]:
    database = Database(servers.database_url, pool_size=4)
    memory = redis.Redis.from_url(servers.redis_url)
    forget_everything(database, memory)
    yield database
    memory.close()
    database.close()


@pytest.fixture
def accounts(database: Database, clock: FakeClock) -> Accounts:
    return Accounts(database=database, clock=clock)


@pytest.fixture
def payments() -> FakePayments:
    return FakePayments()


@pytest.fixture
def family() -> FakeFamily:
    return FakeFamily()


@pytest.fixture
def world(world: World, payments: FakePayments, family: FakeFamily) -> World:
    """The application once more, with the fakes in the place of provider and family."""
    with world.app.app_context():
        services = world.app.extensions["zero_run.services"]
    persons = Persons(database=world.database, cipher=world.shared.cipher, clock=world.clock)
    services.update(
        build_settlement(
            world.shared,
            persons=persons,
            family=Family(mandates=family, mutual=family),
            payments=payments,
        )
    )
    return world


@pytest.fixture
def saga(world: World, payments: FakePayments, family: FakeFamily) -> CashSaga:
    return build_saga(
        world.shared, payments=payments, family=Family(mandates=family, mutual=family)
    )


@pytest.fixture
def shop(world: World, tmp_path: Path) -> Shop:
    holder = world.citizen(name="欧阳修")
    assert holder.post("/v1/card").status_code == 201
    insure(world, holder, tmp_path, opening=15_000)
    till = world.terminal(purposes=frozenset({"02121", "01301", "01302"}), scopes=SCOPES)
    return Shop(world=world, holder=holder, till=till)
