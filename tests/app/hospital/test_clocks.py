"""Times are UTC and days are China's: no summer time, new year or server's zone moves them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from tests.app.family.steps import done, refused, relative
from tests.app.hospital.fakes import FakeParts
from tests.app.hospital.planting import CHINA, Clinic
from tests.app.hospital.steps import (
    ask,
    booked,
    cancel,
    held,
    read,
    sweep,
    units,
    until_day_of,
    wait,
)
from tests.app.world import World
from tests.fakes import FakeClock

SPRING = datetime(2027, 3, 28, 0, 55, tzinfo=UTC)
"""Five minutes before the clocks of Berlin go from two to three."""
AUTUMN = datetime(2027, 10, 31, 0, 55, tzinfo=UTC)
"""Five minutes before they show two for the second time."""
LAST_NIGHT = datetime(2026, 12, 31, 23, 55, tzinfo=CHINA)
"""Of the year in China; in London it is the afternoon."""


@pytest.fixture
def clock(request: pytest.FixtureRequest) -> FakeClock:
    return FakeClock(getattr(request, "param", LAST_NIGHT.astimezone(UTC)))


@pytest.fixture(autouse=True)
def _registry_of_that_day(world: World) -> None:
    world.registry.as_of = world.clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.fixture(params=["Europe/Berlin", "America/New_York"])
def zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The zone of the server's processes, which nothing may depend on."""
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield request.param
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("zone")
@pytest.mark.parametrize("clock", [SPRING, AUTUMN], indirect=True)
def test_a_hold_lasts_ten_minutes_while_a_server_changes_its_clock(
    world: World, clinic: Clinic, parts: FakeParts
) -> None:
    who, session = relative(world, "张伟"), clinic.session()
    made = held(who, session)

    wait(world, who, minutes=9.9)
    assert sweep(world, parts).expire() == 0
    wait(world, who, minutes=0.2)
    assert sweep(world, parts).expire() == 1
    assert read(who, made["id"])["status"] == "EXPIRED"
    assert units(world, session) == ["FREE"] * 3


@pytest.mark.usefixtures("zone")
@pytest.mark.parametrize("clock", [SPRING, AUTUMN], indirect=True)
def test_an_appointment_begins_at_the_same_hour_in_china_whatever_the_servers_zone(
    world: World, clinic: Clinic
) -> None:
    who = relative(world, "张伟")
    made = booked(who, clinic.session(fee=0, hour=9, days=1))

    begins = datetime.fromisoformat(made["starts_at"])
    assert begins.utcoffset() == timedelta(0)
    assert begins.astimezone(CHINA).hour == 9
    assert begins.astimezone(CHINA).date() == world.clock.now().astimezone(CHINA).date() + (
        timedelta(days=1)
    )


@pytest.mark.usefixtures("zone")
def test_a_day_of_the_new_year_is_another_day_for_a_persons_quota(
    world: World, clinic: Clinic
) -> None:
    who = relative(world, "张伟")
    # In China the second of January each time; in Greenwich the first one is of the first.
    early = clinic.session(fee=0, hour=7, days=2)
    late = clinic.session(fee=0, hour=9, days=2)
    before = clinic.session(fee=0, hour=23, days=1)

    booked(who, early)
    assert refused(ask(who, late))[0] == 409
    booked(who, before)


@pytest.mark.usefixtures("zone")
@pytest.mark.parametrize(("minutes", "late"), [(18 * 60 + 1, 0), (18 * 60 - 1, 1)])
def test_the_deadline_of_the_second_of_january_is_three_on_new_years_day(
    world: World, clinic: Clinic, parts: FakeParts, minutes: int, late: int
) -> None:
    who, session = relative(world, "张伟"), clinic.session(fee=0, hour=9, days=2)
    made = booked(who, session)

    until_day_of(world, session, who, minutes=minutes)
    done(cancel(who, made["id"]))
    assert len(parts.late) == late


def test_the_window_of_days_goes_on_over_the_end_of_the_year(world: World, clinic: Clinic) -> None:
    who = relative(world, "张伟")
    within, beyond = clinic.session(fee=0, days=13), clinic.session(fee=0, days=14)

    # Just before midnight the thirteenth of January is the last day; the next opens at seven.
    booked(who, within)
    assert refused(ask(who, beyond))[0] in {409, 422}
    wait(world, who, minutes=7 * 60 + 10)
    booked(who, beyond)


def test_a_clock_that_is_put_back_gives_no_place_to_two(
    world: World, clinic: Clinic, parts: FakeParts
) -> None:
    first, second = relative(world, "张伟"), relative(world, "王芳")
    session = clinic.session(units=1, fee=0)
    wait(world, first, second, minutes=5)
    made = booked(first, session)

    wait(world, first, second, minutes=-3)
    assert refused(ask(second, session))[0] == 409
    assert sweep(world, parts).expire() == 0
    assert read(first, made["id"])["status"] == "BOOKED"
