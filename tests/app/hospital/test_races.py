"""What comes at the same moment, from real processes: one winner, and nobody hurt."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import text

from app.core.access.principals import Citizen, Terminal
from app.core.ids import new_id
from tests.app.card.steps import show
from tests.app.family.steps import Relative, done, relative
from tests.app.hospital.planting import Clinic
from tests.app.hospital.racers import Act, Race, run
from tests.app.hospital.steps import (
    APPOINTMENTS,
    booked,
    desk,
    fees,
    held,
    kinds,
    patient,
    read,
    settlements,
    sweep,
    units,
    until_day_of,
    work_off,
)
from tests.app.settlement.steps import sound
from tests.app.world import World

CROWD = 32


def race_of(world: World, **changes: Terminal) -> Race:
    settings = world.settings
    return Race(
        database_url=settings.database_url.get_secret_value(),
        redis_url=settings.redis_url.get_secret_value(),
        var_dir=settings.var_dir,
        now=world.clock.now(),
        **changes,
    )


def as_citizen(world: World, who: Relative) -> Citizen:
    return citizen(world, who.person_id(world), who.phone.thumbprint)


def citizen(world: World, person_id: str, thumbprint: str = "t") -> Citizen:
    return Citizen(
        person_id=person_id,
        thumbprint=thumbprint,
        level="L2",
        authenticated_at=world.clock.now(),
        client_id="miniprogram",
        session_id="",
        scope=frozenset({"citizen"}),
    )


def crowd(world: World) -> list[Citizen]:
    """People who want the same place; nobody reads their names."""
    ids = [new_id("per", world.clock.now()) for _ in range(CROWD)]
    person = text(
        "INSERT INTO persons (id, citizen_hash, name, citizen_number, created_at) "
        "VALUES (:id, :hash, '', '', now())"
    )
    with world.database.separate() as tx:
        tx.execute(person, [{"id": one, "hash": one.encode()} for one in ids])
    return [citizen(world, one) for one in ids]


def test_of_thirty_two_who_want_the_last_place_one_gets_it(world: World, clinic: Clinic) -> None:
    session = clinic.session(units=1)
    acts = [Act(kind="hold", about=session, citizen=one) for one in crowd(world)]
    outcomes = Counter(one if one.isupper() else "got it" for one in run(race_of(world), acts))
    assert outcomes == {"got it": 1, "SESSION_FULL": CROWD - 1}
    assert units(world, session) == ["HELD"]


def test_as_many_as_there_are_places_get_one_each(world: World, clinic: Clinic) -> None:
    """And nobody is told that it is full while a place is free."""
    session = clinic.session(units=CROWD)
    acts = [Act(kind="hold", about=session, citizen=one) for one in crowd(world)]
    assert len(set(run(race_of(world), acts))) == CROWD
    assert units(world, session) == ["HELD"] * CROWD


def test_a_person_with_eight_devices_gets_one_place(world: World, clinic: Clinic) -> None:
    session, person = clinic.session(units=16), relative(world, "张伟").person_id(world)
    acts = [
        Act(kind="hold", about=session, citizen=citizen(world, person, f"device {n}"))
        for n in range(8)
    ]
    outcomes = Counter(one if one.isupper() else "got it" for one in run(race_of(world), acts))
    assert outcomes == {"got it": 1, "APPOINTMENT_SAME_DEPARTMENT_DAY": 7}
    assert units(world, session).count("HELD") == 1


def test_paid_from_four_devices_at_once_it_is_paid_once(
    world: World, clinic: Clinic, tmp_path: Path
) -> None:
    who, session = patient(world, tmp_path), clinic.session()
    made = held(who, session)
    act = Act(kind="pay", about=made["id"], citizen=as_citizen(world, who))
    outcomes = run(race_of(world), [act] * 4)
    # A new code of one phone ends the one before: who was overtaken asks again.
    assert made["id"] in outcomes
    assert set(outcomes) <= {made["id"], "CODE_SUPERSEDED", "APPOINTMENT_NOT_PAID"}
    work_off(world)
    assert read(who, made["id"])["status"] == "BOOKED"
    assert settlements(world).count("SETTLED") == fees(world).count("PAID") == 1
    assert units(world, session) == ["BOOKED", "FREE", "FREE"]
    sound(world)


def test_a_hold_that_expires_while_its_money_comes_has_one_outcome(
    world: World, clinic: Clinic, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last place: it is booked, or the money goes back; never both, never a second owner."""
    who, session = patient(world, tmp_path), clinic.session(units=1)
    made = held(who, session)
    with monkeypatch.context() as lost:
        lost.setattr(
            "app.hospital.service.fees.following.FeeFollowing.heard", lambda *_, **__: None
        )
        settlement = done(who.phone.post(f"{APPOINTMENTS}/{made['id']}/payment"))["status"]
    assert settlement == "PAID"
    with world.database.separate() as tx:
        fee, paid_by = tx.execute(
            text("SELECT f.id, s.id FROM appointment_fees f JOIN settlements s ON s.msgid = f.id")
        ).one()
        tx.execute(text("UPDATE appointments SET deadline = now() - interval '1 year'"))
    other = relative(world, "乙")
    acts = [
        Act(kind="expire", about=""),
        Act(kind="money", about=fee, instead=paid_by),
        Act(kind="money", about=fee, instead=paid_by),
        Act(kind="hold", about=session, citizen=as_citizen(world, other)),
    ]
    outcomes = run(race_of(world), acts)
    work_off(world)
    status, theirs = read(who, made["id"])["status"], outcomes[3] != "SESSION_FULL"
    mine = [one for one in done(who.phone.get(APPOINTMENTS))["items"] if one["status"] == "BOOKED"]
    if mine:
        assert not theirs
        assert len(mine) == 1
        assert (fees(world), settlements(world)) == (["PAID"], ["SETTLED"])
        assert units(world, session) == ["BOOKED"]
    else:
        # Also where two listeners passed over the place because of each other.
        assert status == "EXPIRED"
        assert (fees(world), settlements(world)) == (["RETURNED"], ["REVERSED"])
        assert units(world, session) == ["HELD" if theirs else "FREE"]
    sound(world)


def test_a_cancellation_and_a_check_in_have_one_winner(world: World, clinic: Clinic) -> None:
    who, session = relative(world, "张伟"), clinic.session(units=1, fee=0, fee_class="ordinary")
    done(who.phone.post("/v1/card"), 201)
    made = booked(who, session)
    until_day_of(world, session, who, minutes=60)
    desk(world)
    terminal = terminal_of(world)
    acts = [
        Act(kind="cancel", about=made["id"], citizen=as_citizen(world, who)),
        Act(kind="check in", about=show(who.phone, "01101")),
    ]
    cancelled, arrived = run(race_of(world, terminal=terminal), acts)
    if cancelled == "cancelled":
        assert arrived in {"APPOINTMENT_MOVED_ON", "CHECK_IN_NOTHING"}
        assert kinds(who, made["id"]) == ["booked", "cancelled_patient"]
        assert units(world, session) == ["FREE"]
    else:
        assert (cancelled, arrived) == ("APPOINTMENT_MOVED_ON", made["id"])
        assert kinds(who, made["id"]) == ["booked", "arrived"]
        assert units(world, session) == ["CHECKED_IN"]


def test_two_who_exchange_their_places_do_not_wait_for_each_other(
    world: World, clinic: Clinic
) -> None:
    """Each wants what the other gives up: whatever comes of it, nobody is left without a place."""
    here, there = clinic.session(units=2, fee=0), clinic.session(units=2, fee=0, days=4)
    people = crowd(world)[:4]
    first = [Act(kind="hold", about=here, citizen=one) for one in people[:2]]
    first += [Act(kind="hold", about=there, citizen=one) for one in people[2:]]
    held_by = run(race_of(world), first)
    acts = [
        Act(
            kind="move",
            about=appointment,
            citizen=one,
            instead=there if n < len(people) // 2 else here,
        )
        for n, (appointment, one) in enumerate(zip(held_by, people, strict=True))
    ]
    outcomes = run(race_of(world), acts)
    assert all(not one.isupper() or one == "SESSION_FULL" for one in outcomes), outcomes
    assert units(world, here) + units(world, there) == ["BOOKED"] * 4


def test_two_sweeps_expire_a_hold_once(world: World, clinic: Clinic) -> None:
    who = relative(world, "张伟")
    made = held(who, clinic.session())
    world.clock.advance(minutes=10)
    assert sorted(run(race_of(world), [Act(kind="expire", about="")] * 4)) == ["0", "0", "0", "1"]
    assert sweep(world).expire() == 0
    world.clock.advance(minutes=-10)
    assert kinds(who, made["id"]) == ["pending_payment", "expired"]


def terminal_of(world: World) -> Terminal:
    """The only terminal there is."""
    with world.database.separate() as tx:
        terminal_id, merchant_id, name = tx.execute(
            text(
                "SELECT t.id, m.id, m.name FROM terminals t JOIN merchants m "
                "ON m.id = t.merchant_id"
            )
        ).one()
    return Terminal(
        terminal_id=terminal_id,
        merchant_id=merchant_id,
        merchant_name=name,
        merchant_kind="hospital",
        thumbprint="",
        purposes=frozenset({"01101"}),
        scope=frozenset({"hospital.desk"}),
    )
