"""An exchange with a department's server, over real HTTP."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest

from app.audit.service import AccessLog
from app.core.database import Database
from app.core.fields import FieldCipher
from app.exchange.capabilities import Capabilities
from app.exchange.connectors.rest import RestConnector
from app.exchange.connectors.trying import Pauses
from app.exchange.contracts.contract import Contract
from app.exchange.contracts.library import HOME, read_contract
from app.exchange.kept import KeptAnswers
from app.exchange.notes import ExchangeNotes
from app.exchange.ports import Connector
from app.exchange.service import ExchangeService
from tests.app.exchange.department import TOKEN, Department
from tests.clean import forget_rows
from tests.conftest import Servers
from tests.fakes import FakeClock

POPULATION = read_contract(HOME / "population-person")


def patient(contract: Contract, timeout_ms: int) -> Contract:
    """The same contract with another time to wait."""
    service = contract.terms.service.model_copy(update={"timeout_ms": timeout_ms})
    return replace(contract, terms=contract.terms.model_copy(update={"service": service}))


@dataclass(frozen=True)
class Key:
    kid: str = "k1"
    material: bytes = b"k" * 32


class Ring:
    active = Key()

    def find(self, kid: str) -> Key | None:
        return self.active if kid == self.active.kid else None


CIPHER = FieldCipher(fields=Ring(), index=Ring())


@pytest.fixture
def kept(database: Database, clock: FakeClock) -> KeptAnswers:
    return KeptAnswers(database=database, cipher=CIPHER, clock=clock)


@pytest.fixture
def department(clock: FakeClock) -> Iterator[Department]:
    server = Department(clock)
    server.will_answer(server.envelope())
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server
    server.closing.set()
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def database(servers: Servers) -> Iterator[Database]:
    """The migrated database, without exchanges, people or events."""
    database = Database(servers.database_url, pool_size=2)
    forget_rows(database)
    yield database
    database.close()


@pytest.fixture
def make_connector(department: Department) -> Iterator[Callable[..., RestConnector]]:
    made: list[RestConnector] = []

    def make(**changes: Any) -> RestConnector:
        arguments: dict[str, Any] = {
            "base_url": department.url,
            "token": TOKEN,
            "pauses": Pauses(sleep=lambda _: None, randbelow=secrets.randbelow),
        }
        made.append(RestConnector(**{**arguments, **changes}))
        return made[-1]

    yield make
    for connector in made:
        connector.close()


@pytest.fixture
def make_exchange(
    database: Database,
    clock: FakeClock,
    kept: KeptAnswers,
    make_connector: Callable[..., RestConnector],
) -> Callable[..., ExchangeService]:
    def make(
        *,
        contract: Contract = POPULATION,
        timeout_ms: int = 5000,
        connector: Connector | None = None,
        **changes: Any,
    ) -> ExchangeService:
        ticks = iter(range(1_000_000))
        agreed = patient(contract, timeout_ms)
        return ExchangeService(
            contract=lambda: agreed,
            connector=connector or make_connector(**changes),
            notes=ExchangeNotes(
                database=database,
                accesses=AccessLog(database=database, clock=clock),
                cipher=CIPHER,
                clock=clock,
                timer=lambda: next(ticks) / 1000,
                kept=kept,
            ),
            kept=kept,
            capabilities=Capabilities(database=database, cipher=CIPHER, clock=clock),
            clock=clock,
            timer=lambda: next(ticks) / 1000,
        )

    return make


@pytest.fixture
def exchange(make_exchange: Callable[..., ExchangeService]) -> ExchangeService:
    return make_exchange()
