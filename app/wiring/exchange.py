"""The departments' data."""

from __future__ import annotations

import secrets
import time
from contextlib import ExitStack

from app.exchange.connector import Pauses, RestConnector
from app.exchange.contracts.population import POPULATION
from app.exchange.service import ExchangeService
from app.wiring.infrastructure import Infrastructure


def build_population(shared: Infrastructure, closing: ExitStack) -> ExchangeService:
    """The population registry, under its contract."""
    settings = shared.settings
    connector = RestConnector(
        contract=POPULATION,
        base_url=settings.population_url,
        token=settings.population_token.get_secret_value(),
        timeout_ms=settings.population_timeout_ms,
        pauses=Pauses(sleep=time.sleep, randbelow=secrets.randbelow),
    )
    closing.callback(connector.close)
    return ExchangeService(
        contract=POPULATION,
        connector=connector,
        database=shared.database,
        accesses=shared.accesses,
        cipher=shared.cipher,
        clock=shared.clock,
        timer=time.monotonic,
    )
