"""Processes that hold, pay, cancel, check in, call or expire at once, on one database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from pydantic import SecretStr

from app.core.access.principals import Citizen, Terminal
from app.core.errors import DomainError
from app.hospital.ports import Payment, Standing
from app.hospital.service.attending import Attending
from app.hospital.service.booking.cancelling import Cancelling
from app.hospital.service.booking.holding import Asked, Holding
from app.hospital.service.booking.paying import Paying
from app.hospital.service.booking.rescheduling import Instead, Rescheduling
from app.hospital.service.calling import Calling
from app.hospital.service.fees.following import FeeFollowing
from app.hospital.service.fees.rows import read_fee
from app.hospital.service.sweeping import AppointmentSweep
from app.wiring.card import build_card
from app.wiring.family import build_persons
from app.wiring.hospital.appointments import build_appointment_sweep, build_appointments
from app.wiring.hospital.calling import build_calling
from app.wiring.identity import build_token_parts
from app.wiring.infrastructure import Infrastructure, build_infrastructure
from app.wiring.models import TABLES
from app.wiring.settlement import build_settlement
from config import Settings
from tests.app.racing import Begin, at_once
from tests.fakes import FakeClock

KNOWN = (TABLES, build_token_parts)
"""Tables that those of appointments refer to must be known before a row is written."""
S = TypeVar("S")


@dataclass(frozen=True, kw_only=True)
class Race:
    """What every process needs to know."""

    database_url: str
    redis_url: str
    var_dir: Path
    now: datetime
    terminal: Terminal | None = None


@dataclass(frozen=True, kw_only=True)
class Act:
    """One process's part."""

    kind: str
    about: str
    """A session, an appointment, a code or a fee."""
    citizen: Citizen | None = None
    instead: str = ""
    """Session to move to, or settlement that paid."""


def run(race: Race, acts: Sequence[Act]) -> list[str]:
    """Do each act in a process of its own, all at once; returns what came of each, in order."""
    return at_once(_act, race, acts)


def services_of(race: Race) -> dict[type, object]:
    """What appointments are made of, in a process of its own."""
    return _services(_infrastructure(race))


def _services(shared: Infrastructure) -> dict[type, object]:
    persons = build_persons(shared)
    services = {
        **build_card(shared, persons=persons),
        **build_settlement(shared, persons=persons),
    }
    services |= build_appointments(shared, services, persons=persons)
    services |= build_calling(shared, persons=persons)
    services[AppointmentSweep] = build_appointment_sweep(shared)
    return services


def _act(race: Race, act: Act, begin: Begin) -> str:
    shared = _infrastructure(race)
    services = _services(shared)
    shared.database.ping()  # connected before the start, so that all run at once
    begin()
    try:
        return _do(shared, services, race, act)
    except DomainError as refused:
        return refused.kind.code
    finally:
        shared.database.close()


def _do(shared: Infrastructure, services: dict[type, object], race: Race, act: Act) -> str:
    if act.kind == "expire":
        return str(_of(services, AppointmentSweep).expire())
    if act.kind == "check in":
        assert race.terminal is not None
        return _of(services, Attending).check_in(race.terminal, act.about)
    if act.kind == "call":
        assert race.terminal is not None
        return _of(services, Calling).next(race.terminal, act.about, "诊室")
    if act.kind == "money":
        with shared.database.direct() as tx:
            fee = read_fee(tx, act.about)
        paid = Payment(standing=Standing.PAID, settlement_id=act.instead)
        _of(services, FeeFollowing).heard(fee, paid)
        return "heard"
    assert act.citizen is not None
    return _of_citizen(services, act, act.citizen)


def _of_citizen(services: dict[type, object], act: Act, citizen: Citizen) -> str:
    if act.kind == "hold":
        return _of(services, Holding).hold(citizen, Asked(session_id=act.about))
    if act.kind == "pay":
        return _of(services, Paying).pay(citizen, act.about).appointment_id
    if act.kind == "move":
        instead = Instead(session_id=act.instead)
        return _of(services, Rescheduling).reschedule(citizen, act.about, instead)
    assert act.kind == "cancel"
    _of(services, Cancelling).cancel(citizen, act.about)
    return "cancelled"


def _of(services: dict[type, object], kind: type[S]) -> S:
    found = services[kind]
    assert isinstance(found, kind)
    return found


def _infrastructure(race: Race) -> Infrastructure:
    settings = Settings(
        database_url=SecretStr(race.database_url),
        redis_url=SecretStr(race.redis_url),
        var_dir=race.var_dir,
        population_url="http://127.0.0.1:9",
        population_token=SecretStr("unused"),
        database_pool=1,
    )
    return build_infrastructure(settings, FakeClock(race.now))
