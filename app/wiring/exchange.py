"""The departments' data: one service a source, over the way its contract names."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Final

from app.exchange.capabilities import Capabilities
from app.exchange.cases import CaseSource
from app.exchange.connectors.drops.manifest import DepartmentKey
from app.exchange.connectors.files import FilesConnector
from app.exchange.connectors.rest import RestConnector
from app.exchange.connectors.sql import SqlConnector
from app.exchange.connectors.trying import Pauses
from app.exchange.connectors.unconnected import Unconnected
from app.exchange.contracts.contract import Contract
from app.exchange.contracts.library import HOME, ContractLibrary
from app.exchange.contracts.terms import Way
from app.exchange.following import ContractsInForce, RedisBell
from app.exchange.kept import KeptAnswers
from app.exchange.notes import ExchangeNotes
from app.exchange.overview import SourceOverview
from app.exchange.ports import Connector
from app.exchange.resilience.breaker import Breaker, BreakerPolicy
from app.exchange.resilience.bulkhead import Bulkhead
from app.exchange.resilience.guarded import GuardedConnector
from app.exchange.service import ExchangeService
from app.exchange.watermarks import DropWatermarks
from app.wiring.infrastructure import Infrastructure
from config import SettingsRefused

_WAIT_S: Final = 0.5
_POPULATION: Final = "population"
_VETERANS: Final = "veterans"
_HOUSING_FUND: Final = "housing_fund"
_PAUSES: Final = Pauses(sleep=time.sleep, randbelow=secrets.randbelow)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeParts:
    """What others need of the exchange."""

    contracts: ContractsInForce
    sources: Mapping[str, ExchangeService]
    """By the name of the source in our data; one for every contract."""
    breakers: Mapping[str, Breaker]
    """Likewise."""
    connected: frozenset[str]
    """Names of the sources that settings say how to reach."""

    @property
    def cases(self) -> dict[str, CaseSource]:
        """The sources within reach, for a service that opens its own cases."""
        return {name: CaseSource(self.sources[name]) for name in sorted(self.connected)}

    @property
    def population(self) -> ExchangeService:
        """Public security's registry of persons."""
        return self.sources[_POPULATION]


def build_exchange(
    shared: Infrastructure,
    closing: ExitStack,
    *,
    timer: Callable[[], float] = time.monotonic,
) -> ExchangeParts:
    """Every source under its contract.

    A department's connections are shared by its sources; breaker and bulkhead are each source's
    own, so that one register that fails leaves the others of its department alone. The contract in
    force is looked up at each exchange; only its number of places is read once, here.

    Args:
        shared: what every service stands on.
        closing: takes what has to be closed in the end.
        timer: monotonic seconds, by which breakers open and close.

    Raises:
        ContractRefused: a contract cannot be used.
        SettingsRefused: VETERANS_KEY is no public key.
    """
    bell = RedisBell(shared.redis)
    library = ContractLibrary(shared.settings.contracts_dir or HOME)
    contracts = ContractsInForce(library, bell=bell, timer=timer)
    ways = _ways(shared, closing)
    breakers = {one.source: Breaker(BreakerPolicy(), timer=timer) for one in contracts.all()}
    sources = {
        one.source: _service(
            shared,
            contracts,
            one,
            GuardedConnector(
                ways.get((one.terms.way, one.terms.department), Unconnected()),
                breaker=breakers[one.source],
                bulkhead=Bulkhead(places=one.terms.service.places, wait_s=_WAIT_S),
            ),
        )
        for one in contracts.all()
    }
    return ExchangeParts(
        contracts=contracts,
        sources=sources,
        breakers=breakers,
        connected=frozenset(
            one.source for one in contracts.all() if (one.terms.way, one.terms.department) in ways
        ),
    )


def build_sources(shared: Infrastructure, parts: ExchangeParts) -> dict[type, object]:
    """The operator's view of the sources."""
    overview = SourceOverview(
        database=shared.database,
        clock=shared.clock,
        contracts=parts.contracts,
        breakers=parts.breakers,
    )
    return {SourceOverview: overview, ContractsInForce: parts.contracts}


def _service(
    shared: Infrastructure, contracts: ContractsInForce, contract: Contract, connector: Connector
) -> ExchangeService:
    source = contract.source
    return ExchangeService(
        contract=lambda: contracts.contract(source),
        connector=connector,
        notes=ExchangeNotes(
            database=shared.database,
            accesses=shared.accesses,
            cipher=shared.cipher,
            clock=shared.clock,
            timer=time.monotonic,
            kept=kept_answers(shared),
        ),
        kept=kept_answers(shared),
        capabilities=capabilities(shared),
        clock=shared.clock,
        timer=time.monotonic,
    )


def capabilities(shared: Infrastructure) -> Capabilities:
    """Leave to ask."""
    return Capabilities(database=shared.database, cipher=shared.cipher, clock=shared.clock)


def kept_answers(shared: Infrastructure) -> KeptAnswers:
    """Answers that may serve while their source fails."""
    return KeptAnswers(database=shared.database, cipher=shared.cipher, clock=shared.clock)


def _ways(shared: Infrastructure, closing: ExitStack) -> dict[tuple[Way, str], Connector]:
    """The departments that the settings give a way to."""
    made: dict[tuple[Way, str], RestConnector | SqlConnector | FilesConnector] = {
        (Way.REST, name): RestConnector(
            base_url=url, token=token.get_secret_value(), pauses=_PAUSES
        )
        for name, (url, token) in shared.settings.counters.items()
    }
    database = shared.settings.housing_fund_database_url
    if database is not None:
        url = database.get_secret_value().replace("postgresql+psycopg://", "postgresql://", 1)
        made[Way.SQL, _HOUSING_FUND] = SqlConnector(url=url, pauses=_PAUSES)
    drops = _drops(shared)
    if drops is not None:
        made[Way.FILES, _VETERANS] = drops
    for connector in made.values():
        closing.callback(connector.close)
    return dict(made)


def _drops(shared: Infrastructure) -> FilesConnector | None:
    folder, key = shared.settings.veterans_drops, shared.settings.veterans_key
    if folder is None or key is None:
        return None
    try:
        published = DepartmentKey.read(key.read_bytes())
    except (OSError, ValueError):
        msg = "These settings are missing or wrong:\n  VETERANS_KEY: no Ed25519 public key in PEM"
        raise SettingsRefused(msg) from None
    return FilesConnector(
        department=_VETERANS,
        folder=folder,
        key=published,
        watermarks=DropWatermarks(database=shared.database, clock=shared.clock),
    )
