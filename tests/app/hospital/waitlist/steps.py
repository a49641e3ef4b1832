"""What the tests of the waitlist do again and again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import text

from app.hospital.service.claiming.claims import Wanted, claim
from app.hospital.service.claiming.moves import Move, move
from app.hospital.states import AppointmentState, UnitState
from app.identity.service.persons import PersonIdentity
from app.wiring.family import build_persons
from app.wiring.hospital.waitlist import build_succession, build_waitlist_sweep
from app.wiring.notifications import build_dispatcher
from tests.app.family.steps import Relative, done, relative
from tests.app.hospital.planting import Clinic
from tests.app.world import World

ENTRIES = "/v1/waitlist-entries"
CHINA = ZoneInfo("Asia/Shanghai")


def wish(world: World, clinic: Clinic, **changes: Any) -> dict[str, Any]:
    """Any morning of the next days in the department, for at most 60 yuan."""
    today = world.clock.now().astimezone(CHINA).date()
    return {
        "hospital_id": clinic.hospital_id,
        "department_id": clinic.department_id,
        "from_day": today.isoformat(),
        "to_day": (today + timedelta(days=7)).isoformat(),
        "half_days": ["morning"],
        "most_fee": 6000,
        **changes,
    }


def entered(world: World, clinic: Clinic, who: Relative, **changes: Any) -> str:
    answer = who.phone.post(ENTRIES, wish(world, clinic, **changes))
    world.clock.advance(seconds=1)
    return str(done(answer, 201)["id"])


def waiting(world: World, clinic: Clinic, name: str, **changes: Any) -> tuple[Relative, str]:
    """Somebody new who waits."""
    who = relative(world, name)
    return who, entered(world, clinic, who, **changes)


def seen(who: Relative, entry: str) -> Any:
    return done(who.phone.get(f"{ENTRIES}/{entry}"))


def status(who: Relative, entry: str) -> str:
    return str(seen(who, entry)["status"])


def state_of(world: World, entry: str) -> str:
    """Of an entry, where nobody is signed in."""
    query = text("SELECT state FROM waitlist_entries WHERE id = :id")
    with world.database.separate() as tx:
        return str(tx.scalar(query, {"id": entry}))


def somebody(world: World) -> str:
    """A person without a phone; their id."""
    identity = PersonIdentity(citizen_number=world.register("路人"), name="路人")
    return build_persons(world.shared).find_or_create(identity).id


def booked(world: World, session: str, who: str | None = None, **changes: Any) -> str:
    """A booking by anybody; the id of the appointment."""
    person = who or somebody(world)
    values: dict[str, Any] = {
        "person_id": person,
        "session_id": session,
        "state": AppointmentState.BOOKED,
        "deadline": None,
        **changes,
    }
    with world.database.direct() as tx:
        claimed = claim(tx, Wanted(**values), world.clock.now())
    assert claimed is not None
    return claimed.appointment_id


def full(world: World, clinic: Clinic, *, units: int = 1, **changes: Any) -> tuple[str, list[str]]:
    """A session all of whose places are booked, and the appointments."""
    session = clinic.session(units=units, **changes)
    return session, [booked(world, session) for _ in range(units)]


def given_up(world: World, *appointments: str) -> None:
    """The patients cancel, in one transaction, as the booking does it."""
    step = Move(state=AppointmentState.CANCELLED_PATIENT, actor="patient")
    _freed(world, step, *appointments)


def _freed(world: World, step: Move, *appointments: str) -> None:
    succession, now = build_succession(world.shared), world.clock.now()
    with world.database.direct() as tx:
        for appointment in appointments:
            moved = move(tx, appointment, step, now)
            assert moved is not None
            succession.vacated(tx, moved.unit_id, moved.session_id, now)


def called_off(world: World, appointment: str) -> None:
    """The hospital takes a place away."""
    step = Move(
        state=AppointmentState.CANCELLED_HOSPITAL, actor="hospital", leaves=UnitState.BLOCKED
    )
    with world.database.direct() as tx:
        assert move(tx, appointment, step, world.clock.now()) is not None


def worked_off(world: World) -> None:
    """Handle what the outbox has due."""
    dispatcher = build_dispatcher(world.shared)
    while dispatcher.run(most=50):
        pass


def swept(world: World) -> int:
    return build_waitlist_sweep(world.shared).sweep()


def free_places(world: World, session: str) -> int:
    query = text("SELECT count(*) FROM slot_units WHERE session_id = :s AND state = 'FREE'")
    with world.database.separate() as tx:
        return int(tx.scalar(query, {"s": session}) or 0)
