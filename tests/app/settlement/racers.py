"""Processes that settle, give back or resolve at the same moment, on one database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pydantic import SecretStr

from app.core.access.principals import Terminal
from app.core.errors import DomainError
from app.identity.service.persons import Persons
from app.settlement.service.looking_up import LookingUp
from app.settlement.service.returning.parts import Units
from app.settlement.service.returning.refunds import Refunding
from app.settlement.service.settling.settling import Order, Settling
from app.wiring.identity import build_token_parts
from app.wiring.infrastructure import Infrastructure, build_infrastructure
from app.wiring.models import TABLES
from app.wiring.settlement import Family, build_settlement
from config import Settings
from tests.app.racing import Begin, at_once
from tests.app.settlement.fakes import FakeFamily
from tests.fakes import FakeClock

KNOWN = (TABLES, build_token_parts)
"""Tables that those of settlement refer to must be known before a row is written."""


@dataclass(frozen=True, kw_only=True)
class Race:
    """What every process needs to know."""

    database_url: str
    redis_url: str
    var_dir: Path
    now: datetime
    terminal: Terminal
    payers: tuple[tuple[str, int], ...] = ()
    """Family who pay, with their limits."""


@dataclass(frozen=True, kw_only=True)
class Act:
    """One process's part."""

    kind: str
    about: str
    msgid: str
    units: tuple[tuple[int, int], ...] = ()


def run(race: Race, acts: Sequence[Act]) -> list[str]:
    """Do each act in a process of its own, all at once; returns what came of each, in order."""
    return at_once(_act, race, acts)


def infrastructure(race: Race) -> Infrastructure:
    settings = Settings(
        database_url=SecretStr(race.database_url),
        redis_url=SecretStr(race.redis_url),
        var_dir=race.var_dir,
        population_url="http://127.0.0.1:9",
        population_token=SecretStr("unused"),
        database_pool=2,
    )
    return build_infrastructure(settings, FakeClock(race.now))


def _act(race: Race, act: Act, begin: Begin) -> str:
    shared = infrastructure(race)
    family = FakeFamily(payers=list(race.payers))
    services = build_settlement(
        shared,
        persons=Persons(database=shared.database, cipher=shared.cipher, clock=shared.clock),
        family=Family(mandates=family, mutual=family),
    )
    shared.database.ping()  # connected before the start, so that all run at once
    begin()
    try:
        return _do(services, race, act)
    except DomainError as refused:
        return refused.kind.code
    finally:
        shared.database.close()


def _do(services: dict[type, object], race: Race, act: Act) -> str:
    if act.kind == "settle":
        settling = services[Settling]
        assert isinstance(settling, Settling)
        order = Order(quote_id=act.about, msgid=act.msgid, cash="till")
        return settling.settle(race.terminal, order).settlement_id
    if act.kind == "fence":
        looking_up = services[LookingUp]
        assert isinstance(looking_up, LookingUp)
        return looking_up.message(race.terminal, act.msgid, fence=True).status
    refunding = services[Refunding]
    assert isinstance(refunding, Refunding)
    if act.kind == "reverse":
        done = refunding.reverse(race.terminal, act.about, msgid=act.msgid)
    else:
        units = [Units(n=n, quantity=quantity) for n, quantity in act.units]
        done = refunding.refund(race.terminal, act.about, msgid=act.msgid, lines=units)
    return str(done.refund_id)
