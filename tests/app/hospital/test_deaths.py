"""The API is killed between hold and booking: nothing is lost, paid twice or sold twice."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from tests.app.family.steps import Relative, done
from tests.app.hospital.dying import POINTS, pay_and_die
from tests.app.hospital.planting import Clinic
from tests.app.hospital.steps import (
    APPOINTMENTS,
    fees,
    held,
    patient,
    pay,
    read,
    settlements,
    sweep,
    units,
    wait,
    work_off,
)
from tests.app.programs import PATIENCE_S, forking
from tests.app.settlement.steps import sound
from tests.app.world import World


def killed(world: World, who: Relative, *, point: str, about: str) -> None:
    told = {
        "database_url": world.settings.database_url.get_secret_value(),
        "redis_url": world.settings.redis_url.get_secret_value(),
        "var_dir": str(world.settings.var_dir),
        "now": world.clock.now().isoformat(),
        "person": who.person_id(world),
        "thumbprint": who.phone.thumbprint,
        "point": point,
        "about": about,
    }
    process = forking().Process(target=pay_and_die, args=(told,))
    process.start()
    process.join(PATIENCE_S)
    assert process.exitcode == -signal.SIGKILL


def test_a_hold_that_nobody_was_told_of_is_found_and_paid(
    world: World, clinic: Clinic, tmp_path: Path
) -> None:
    who, session = patient(world, tmp_path), clinic.session(units=2)
    killed(world, who, point="held", about=session)
    (found,) = done(who.phone.get(APPOINTMENTS))["items"]
    assert (found["status"], units(world, session)) == ("PENDING_PAYMENT", ["HELD", "FREE"])
    done(pay(who, found["id"]))
    assert read(who, found["id"])["status"] == "BOOKED"
    sound(world)


@pytest.mark.parametrize("again", [True, False])
@pytest.mark.parametrize("point", POINTS)
def test_a_payment_that_dies_with_the_api_ends_once(
    world: World, clinic: Clinic, tmp_path: Path, point: str, *, again: bool
) -> None:
    """Whether the person asks again, or only the outbox and the sweep go on."""
    who, session = patient(world, tmp_path), clinic.session(units=1)
    made = held(who, session)
    killed(world, who, point=point, about=made["id"])
    if again:
        done(pay(who, made["id"]))
    work_off(world)
    wait(world, who, minutes=16)  # beginning to pay moved the deadline
    sweep(world).sweep()
    work_off(world)
    unpaid = point == "begun" and not again
    seen = read(who, made["id"])
    assert seen["status"] == ("EXPIRED" if unpaid else "BOOKED")
    assert units(world, session) == (["FREE"] if unpaid else ["BOOKED"])
    assert settlements(world) == ([] if unpaid else ["SETTLED"])
    assert fees(world) == (["DROPPED"] if unpaid else ["PAID"])
    sound(world)
