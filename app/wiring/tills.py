"""What a process needs that answers tills at the counter, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from types import MappingProxyType
from typing import Final

from app.card.routes.terminal import blueprint as terminal
from app.core.clock import SystemClock
from app.core.database import Database
from app.core.hands.handing_over import Urgent
from app.core.http.addresses import AddressLimits
from app.settlement.routes.terminal import blueprint as settlement
from app.wiring.access import build_gate
from app.wiring.card import build_card
from app.wiring.credentials import build_wallet_gate
from app.wiring.family import build_persons
from app.wiring.identity import build_token_parts
from app.wiring.infrastructure import build_infrastructure
from app.wiring.settlement import build_settlement, connected_payments
from app.wiring.wired import Wired
from config import Settings

AT_THE_COUNTER: Final[Mapping[tuple[str, str], Urgent]] = MappingProxyType(
    {
        # A customer holds up a code that ends within the minute; then one waits to leave.
        ("POST", "/v1/terminal/decode"): Urgent(head_start_s=0.1),
        # A payment provider may let us wait for seconds, and with us whoever else is in the line.
        ("POST", "/v1/terminal/settlements"): Urgent(head_start_s=0.05, unless=b'"provider"'),
        ("POST", "/v1/terminal/quotes"): Urgent(head_start_s=0.0),
    }
)
"""What is handed over to such a process: all of it is answered from the database alone."""


def wire_tills(settings: Settings) -> Wired:
    """Build the card's and settlement's services, and what proves a terminal."""
    closing = ExitStack()
    shared = build_infrastructure(settings, SystemClock(), closing)
    persons = build_persons(shared)
    return Wired(
        services={
            Database: shared.database,
            **build_card(shared, persons=persons),
            **build_settlement(
                shared, persons=persons, payments=connected_payments(shared, closing)
            ),
        },
        blueprints=(terminal, settlement),
        gate=build_gate(shared, build_token_parts(shared), build_wallet_gate(shared)),
        addresses=AddressLimits(limits=shared.limits, cipher=shared.cipher),
        closing=closing,
    )
