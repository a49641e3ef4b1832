"""The departments' data."""

from __future__ import annotations

import secrets
import time
from contextlib import ExitStack
from typing import Final

from app.exchange.connector import Pauses, RestConnector
from app.exchange.contracts.library import ContractLibrary
from app.exchange.resilience.breaker import Breaker, BreakerPolicy
from app.exchange.resilience.bulkhead import Bulkhead
from app.exchange.resilience.guarded import GuardedConnector
from app.exchange.service import ExchangeService
from app.wiring.infrastructure import Infrastructure

_WAIT_S: Final = 0.5


def build_population(shared: Infrastructure, closing: ExitStack) -> ExchangeService:
    """The population registry, under its contract."""
    settings, contract = shared.settings, ContractLibrary().contract("population")
    connector = RestConnector(
        contract=contract,
        base_url=settings.population_url,
        token=settings.population_token.get_secret_value(),
        timeout_ms=settings.population_timeout_ms,
        pauses=Pauses(sleep=time.sleep, randbelow=secrets.randbelow),
    )
    closing.callback(connector.close)
    guarded = GuardedConnector(
        connector,
        breaker=Breaker(BreakerPolicy(), timer=time.monotonic),
        bulkhead=Bulkhead(places=contract.terms.service.places, wait_s=_WAIT_S),
    )
    return ExchangeService(
        contract=contract,
        connector=guarded,
        database=shared.database,
        accesses=shared.accesses,
        cipher=shared.cipher,
        clock=shared.clock,
        timer=time.monotonic,
    )
