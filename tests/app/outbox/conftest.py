"""An outbox on the real database, and somebody to handle its messages."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import redis

from app.core.database import Database
from app.outbox.service.posting import Outbox
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
def outbox(database: Database, clock: FakeClock) -> Outbox:
    return Outbox(database=database, clock=clock)
