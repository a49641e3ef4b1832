"""What the tests of appointments do again and again."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import text
from werkzeug.test import TestResponse

from app.hospital.scopes import DESK_SCOPE
from app.hospital.service.sweeping import AppointmentSweep
from app.wiring.hospital.appointments import Hooks, build_appointment_sweep
from app.wiring.notifications import build_dispatcher
from tests.app.device import Device
from tests.app.family.steps import Relative, done, later, relative
from tests.app.hospital.fakes import FakeParts
from tests.app.settlement.steps import insure
from tests.app.world import World

APPOINTMENTS = "/v1/appointments"
HOSPITAL = "市第一人民医院"


def patient(world: World, folder: Path, name: str = "张伟", *, opening: int = 20_000) -> Relative:
    """Somebody with a card on their phone, insured, with money on their account."""
    found = relative(world, name)
    done(found.phone.post("/v1/card"), 201)
    insure(world, found.phone, folder, opening=opening)
    return found


def ask(who: Relative, session: str, **changes: Any) -> TestResponse:
    return who.phone.post(APPOINTMENTS, {"session_id": session, **changes})


def held(who: Relative, session: str, **changes: Any) -> Any:
    return done(ask(who, session, **changes), 201)


def pay(who: Relative, appointment: str) -> TestResponse:
    return who.phone.post(f"{APPOINTMENTS}/{appointment}/payment")


def booked(who: Relative, session: str, **changes: Any) -> Any:
    """A place that is held and paid."""
    made = held(who, session, **changes)
    if made["status"] == "BOOKED":
        return made
    return done(pay(who, made["id"]))["appointment"]


def cancel(who: Relative, appointment: str) -> TestResponse:
    return who.phone.post(f"{APPOINTMENTS}/{appointment}/cancellation")


def read(who: Relative, appointment: str) -> Any:
    return done(who.phone.get(f"{APPOINTMENTS}/{appointment}"))


def kinds(who: Relative, appointment: str) -> list[str]:
    """What happened to an appointment, in order."""
    return [event["kind"] for event in read(who, appointment)["events"]]


def desk(world: World, merchant: str = HOSPITAL) -> Device:
    """A desk of the hospital."""
    return world.terminal(
        purposes=frozenset({"01101"}), merchant=merchant, scopes=frozenset({DESK_SCOPE})
    )


def hooks_of(fakes: FakeParts) -> Hooks:
    return Hooks(rules=fakes, succession=fakes, conduct=fakes, admissions=fakes)


def sweep(world: World, fakes: FakeParts | None = None) -> AppointmentSweep:
    parts = None if fakes is None else hooks_of(fakes)
    return build_appointment_sweep(world.shared, parts=parts)


def work_off(world: World) -> None:
    """Handle what the outbox has."""
    dispatcher = build_dispatcher(world.shared)
    while dispatcher.run(most=50):
        pass


def wait(world: World, *who: Relative, minutes: float) -> None:
    """Let time pass, and have these people sign in again, however often they did before."""
    world.shared.redis.flushall()
    later(world, *who, days=minutes / 1_440)


def until_day_of(world: World, session: str, *who: Relative, minutes: float) -> None:
    """Let time pass until so many minutes before a session begins, and sign in again."""
    with world.database.separate() as tx:
        query = text("SELECT starts_at FROM clinic_sessions WHERE id = :id")
        starts_at = tx.scalars(query, {"id": session}).one()
    moment = starts_at - timedelta(minutes=minutes)
    wait(world, *who, minutes=(moment - world.clock.now()) / timedelta(minutes=1))


def settlements(world: World) -> list[str]:
    """The states of all settlements."""
    with world.database.separate() as tx:
        return list(tx.scalars(text("SELECT state FROM settlements ORDER BY id")))


def fees(world: World) -> list[str]:
    """The states of all fees, sorted."""
    with world.database.separate() as tx:
        return sorted(tx.scalars(text("SELECT state FROM appointment_fees")))


def units(world: World, session: str) -> list[str]:
    query = text("SELECT state FROM slot_units WHERE session_id = :session ORDER BY number")
    with world.database.separate() as tx:
        return list(tx.scalars(query, {"session": session}))
