"""What the tests of conduct do again and again."""

from __future__ import annotations

from typing import Any

from app.hospital.conduct.states import PointKind
from app.hospital.service.claiming.moves import Move, move
from app.hospital.states import AppointmentState
from app.wiring.hospital.conduct import build_conduct_points, build_conduct_sweep
from app.wiring.hospital.waitlist import build_succession
from tests.app.family.steps import Relative, done
from tests.app.hospital.planting import Clinic
from tests.app.hospital.waitlist.steps import booked
from tests.app.world import World


def cancelled_late(world: World, appointment: str, who: Relative) -> None:
    """As the booking does it: cancelled, counted, and passed on."""
    now, person = world.clock.now(), who.person_id(world)
    step = Move(state=AppointmentState.CANCELLED_PATIENT, actor="patient")
    with world.database.direct() as tx:
        moved = move(tx, appointment, step, now)
        assert moved is not None
        build_conduct_points(world.shared).cancelled_late(tx, appointment, person, now)
        build_succession(world.shared).vacated(tx, moved.unit_id, moved.session_id, now)


def missed(world: World, appointment: str, who: Relative) -> None:
    """As the sweep does it when a session closes."""
    now, person = world.clock.now(), who.person_id(world)
    step = Move(state=AppointmentState.NOSHOW, actor="system")
    with world.database.direct() as tx:
        assert move(tx, appointment, step, now) is not None
        build_conduct_points(world.shared).no_show(tx, appointment, person, now)


def pointed(
    world: World, clinic: Clinic, who: Relative, kind: PointKind, *, times: int = 1
) -> list[str]:
    """So many points, each of a session of its own; the appointments."""
    made = []
    for n in range(times):
        session = clinic.session(units=1, days=n + 1, department_id=clinic.department())
        made.append(booked(world, session, who.person_id(world)))
        act = missed if kind is PointKind.NO_SHOW else cancelled_late
        act(world, made[-1], who)
    return made


def conduct(who: Relative) -> Any:
    return done(who.phone.get("/v1/conduct"))


def points(who: Relative) -> list[tuple[str, str, bool]]:
    """Kind, state, and whether it counts; the oldest first."""
    found = [(one["kind"], one["status"], one["counts"]) for one in conduct(who)["points"]]
    return found[::-1]


def swept(world: World) -> int:
    return build_conduct_sweep(world.shared).sweep()
