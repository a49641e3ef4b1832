"""Places that are given up go to whoever waited longest and can have them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from app.hospital.service.claiming.claims import Wanted, claim
from app.hospital.states import AppointmentState
from tests.app.family.steps import Relative, accepted, done, notices, refused, relative
from tests.app.hospital.planting import Clinic
from tests.app.hospital.waitlist.steps import (
    ENTRIES,
    booked,
    called_off,
    entered,
    free_places,
    full,
    given_up,
    seen,
    somebody,
    state_of,
    status,
    swept,
    waiting,
    worked_off,
)
from tests.app.world import World


def places(who: Relative, entry: str) -> list[tuple[str, str, int]]:
    """Of an entry: state of the appointment, its session, its number."""
    given = seen(who, entry)["places"]
    return [(one["status"], one["session_id"], one["number"]) for one in given]


def skips(who: Relative, entry: str) -> list[tuple[str, str]]:
    return [(one["session_id"], one["reason"]) for one in seen(who, entry)["skips"]]


def answer(who: Relative, entry: str, act: str) -> Any:
    return who.phone.post(f"{ENTRIES}/{entry}/{act}")


def test_a_place_that_is_given_up_is_offered_to_the_first_and_to_nobody_else(
    world: World, clinic: Clinic
) -> None:
    session, (appointment,) = full(world, clinic)
    first, one = waiting(world, clinic, "甲")
    second, two = waiting(world, clinic, "乙")
    given_up(world, appointment)
    assert places(first, one) == [("OFFERED", session, 1)]
    assert (status(first, one), status(second, two)) == ("OFFERED", "WAITING")
    assert seen(second, two)["before"] == 0
    wanted = Wanted(
        person_id=somebody(world),
        session_id=session,
        state=AppointmentState.PENDING_PAYMENT,
        deadline=world.clock.now() + timedelta(minutes=10),
    )
    with world.database.direct() as tx:
        assert claim(tx, wanted, world.clock.now()) is None


@pytest.mark.parametrize(
    "changes",
    [
        {"half_days": ["afternoon"]},
        {"most_fee": 4999},
        {"to_day": "2026-11-25"},
        {"practitioner_id": "another"},
    ],
)
def test_a_place_goes_only_to_whom_it_suits(
    world: World, clinic: Clinic, changes: dict[str, Any]
) -> None:
    session, (appointment,) = full(world, clinic)
    if "practitioner_id" in changes:
        changes = {"practitioner_id": clinic.practitioner()}
    who, entry = waiting(world, clinic, "甲", **changes)
    given_up(world, appointment)
    assert status(who, entry) == "WAITING"
    assert free_places(world, session) == 1


def test_a_place_of_the_hospitals_own_window_stays_there(world: World, clinic: Clinic) -> None:
    session = clinic.session(units=1, channel="window")
    appointment = booked(world, session, channel="window", source="hospital")
    who, entry = waiting(world, clinic, "甲")
    given_up(world, appointment)
    assert status(who, entry) == "WAITING"


@pytest.mark.parametrize("table", ["hospitals", "departments", "practitioners"])
def test_nothing_is_given_where_no_appointments_are_taken(
    world: World, clinic: Clinic, table: str
) -> None:
    _, (appointment,) = full(world, clinic)
    who, entry = waiting(world, clinic, "甲")
    with world.database.separate() as tx:
        tx.execute(text(f"UPDATE {table} SET state = 'SUSPENDED'"))  # noqa: S608 - our own tables
    given_up(world, appointment)
    assert status(who, entry) == "WAITING"


def test_an_accepted_place_is_held_until_it_is_paid_for(world: World, clinic: Clinic) -> None:
    _, (appointment,) = full(world, clinic)
    who, entry = waiting(world, clinic, "甲")
    given_up(world, appointment)
    taken = done(answer(who, entry, "acceptance"))
    assert taken["status"] == "BOOKED"
    (place,) = taken["places"]
    assert place["status"] == "PENDING_PAYMENT"
    held = datetime.fromisoformat(place["deadline"]) - world.clock.now()
    assert held == timedelta(minutes=10)
    assert done(answer(who, entry, "acceptance")) == taken
    assert refused(answer(who, entry, "refusal")) == (409, "WAITLIST_OFFER_OVER")


def test_what_costs_nothing_is_booked_when_it_is_accepted(world: World, clinic: Clinic) -> None:
    session, (appointment,) = full(world, clinic, fee=0)
    who, entry = waiting(world, clinic, "甲")
    given_up(world, appointment)
    assert places(who, entry) == [("OFFERED", session, 1)]
    done(answer(who, entry, "acceptance"))
    assert places(who, entry) == [("BOOKED", session, 1)]


def test_what_costs_nothing_is_booked_at_once_for_who_asked_for_it(
    world: World, clinic: Clinic
) -> None:
    session, (appointment,) = full(world, clinic, fee=0)
    who, entry = waiting(world, clinic, "甲", mode="automatic")
    given_up(world, appointment)
    assert status(who, entry) == "BOOKED"
    assert places(who, entry) == [("BOOKED", session, 1)]
    assert notices(world, who) == ["appointment.booked"]


def test_what_has_to_be_paid_for_is_never_booked_without_asking(
    world: World, clinic: Clinic
) -> None:
    _, (appointment,) = full(world, clinic)
    who, entry = waiting(world, clinic, "甲", mode="automatic")
    given_up(world, appointment)
    assert status(who, entry) == "OFFERED"


@pytest.mark.parametrize("by", ["refusal", "message", "sweep"])
def test_an_offer_nobody_takes_goes_to_the_next_and_then_to_the_public(
    world: World, clinic: Clinic, by: str
) -> None:
    session, (appointment,) = full(world, clinic)
    first, one = waiting(world, clinic, "甲")
    second, two = waiting(world, clinic, "乙")
    given_up(world, appointment)
    ends = "DECLINED" if by == "refusal" else "LAPSED"
    for who, entry in ((first, one), (second, two)):
        assert state_of(world, entry) == "OFFERED"
        if by == "refusal":
            done(answer(who, entry, "refusal"))
        elif by == "message":
            world.clock.advance(minutes=29.9)
            worked_off(world)
            assert state_of(world, entry) == "OFFERED"
            world.clock.advance(minutes=0.1)
            worked_off(world)
        else:
            world.clock.advance(minutes=30)
            swept(world)
        assert state_of(world, entry) == ends
    assert free_places(world, session) == 1


def _fresh(world: World, *people: Relative) -> None:
    """Tokens have run out."""
    world.registry.as_of = world.clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")
    for who in people:
        who.phone.token = None
        world.sign_in(who.phone, number=who.number, name=who.name)


def test_an_offer_on_the_day_itself_stands_five_minutes(world: World, clinic: Clinic) -> None:
    _, (appointment,) = full(world, clinic, days=0, hour=20)  # it is 16:00 in China
    who, entry = waiting(world, clinic, "甲")
    given_up(world, appointment)
    (place,) = seen(who, entry)["places"]
    assert datetime.fromisoformat(place["deadline"]) - world.clock.now() == timedelta(minutes=5)
    world.clock.advance(minutes=5)
    assert refused(answer(who, entry, "acceptance")) == (409, "WAITLIST_OFFER_OVER")


def test_a_place_that_begins_before_the_offer_ends_is_offered_to_nobody(
    world: World, clinic: Clinic
) -> None:
    session, (appointment,) = full(world, clinic, days=0, hour=17)
    who, entry = waiting(world, clinic, "甲")
    world.clock.advance(minutes=56)
    given_up(world, appointment)
    _fresh(world, who)
    assert skips(who, entry) == [(session, "TOO_LATE")]
    assert free_places(world, session) == 1


@pytest.mark.parametrize("reason", ["QUOTA", "OVERLAP"])
def test_who_cannot_have_the_place_is_passed_over_and_told_why(
    world: World, clinic: Clinic, reason: str
) -> None:
    session, (appointment,) = full(world, clinic)
    first, one = waiting(world, clinic, "甲")
    second, two = waiting(world, clinic, "乙")
    changes: dict[str, Any] = {"hour": 14}
    if reason == "OVERLAP":
        changes = {
            "department_id": clinic.department(),
            "practitioner_id": clinic.practitioner(),
        }
    booked(world, clinic.session(**changes), first.person_id(world))
    given_up(world, appointment)
    assert status(first, one) == "WAITING"
    assert skips(first, one) == [(session, reason)]
    assert places(second, two) == [("OFFERED", session, 1)]


def test_who_has_lost_the_mandate_is_passed_over(world: World, clinic: Clinic) -> None:
    elder, agent = relative(world, "欧阳修"), relative(world, "苏轼")
    mandate = accepted(world, elder, agent, purposes=["01101"], merchant_kinds=["hospital"])
    session, (appointment,) = full(world, clinic)
    entry = entered(world, clinic, agent, people=[{"mandate_id": mandate}])
    done(elder.phone.post(f"/v1/family/mandates/{mandate}/revocation"))
    given_up(world, appointment)
    assert skips(agent, entry) == [(session, "MANDATE")]


def test_a_mandate_that_ends_before_the_answer_takes_nothing(world: World, clinic: Clinic) -> None:
    elder, agent = relative(world, "欧阳修"), relative(world, "苏轼")
    mandate = accepted(world, elder, agent, purposes=["01101"], merchant_kinds=["hospital"])
    _, (appointment,) = full(world, clinic)
    entry = entered(world, clinic, agent, people=[{"mandate_id": mandate}])
    given_up(world, appointment)
    done(elder.phone.post(f"/v1/family/mandates/{mandate}/revocation"))
    assert refused(answer(agent, entry, "acceptance")) == (409, "MANDATE_REVOKED")
    assert status(agent, entry) == "OFFERED"


class TestGroups:
    """All or nothing."""

    @pytest.fixture
    def people(self, world: World) -> tuple[Relative, Relative, str]:
        elder, agent = relative(world, "欧阳修"), relative(world, "苏轼")
        mandate = accepted(world, elder, agent, purposes=["01101"], merchant_kinds=["hospital"])
        return elder, agent, mandate

    def test_a_group_is_not_given_half_of_what_it_needs(
        self, world: World, clinic: Clinic, people: tuple[Relative, Relative, str]
    ) -> None:
        _, agent, mandate = people
        session, (appointment, _) = full(world, clinic, units=2)
        group = entered(world, clinic, agent, people=[{}, {"mandate_id": mandate}])
        other, entry = waiting(world, clinic, "乙")
        given_up(world, appointment)
        assert (status(agent, group), skips(agent, group)) == (
            "WAITING",
            [(session, "TOO_FEW_FOR_GROUP")],
        )
        assert places(other, entry) == [("OFFERED", session, 1)]
        assert _announced(world, session) == {1: 3, 2: 1}

    def test_a_group_gets_places_for_all_and_takes_them_together(
        self, world: World, clinic: Clinic, people: tuple[Relative, Relative, str]
    ) -> None:
        elder, agent, mandate = people
        session, appointments = full(world, clinic, units=3)
        group = entered(world, clinic, agent, people=[{}, {"mandate_id": mandate}])
        given_up(world, appointments[0])
        assert free_places(world, session) == 1
        given_up(world, appointments[2])
        assert places(agent, group) == [("OFFERED", session, 1), ("OFFERED", session, 3)]
        mandates = {one.get("mandate_id") for one in seen(agent, group)["places"]}
        assert mandates == {None, mandate}
        done(answer(agent, group, "acceptance"))
        assert {one[0] for one in places(agent, group)} == {"PENDING_PAYMENT"}
        assert _patients(world, session) == {agent.person_id(world), elder.person_id(world)}

    def test_one_of_a_group_who_cannot_go_keeps_all_waiting(
        self, world: World, clinic: Clinic, people: tuple[Relative, Relative, str]
    ) -> None:
        elder, agent, mandate = people
        session, appointments = full(world, clinic, units=2)
        group = entered(world, clinic, agent, people=[{}, {"mandate_id": mandate}])
        booked(world, clinic.session(hour=14), elder.person_id(world))
        given_up(world, *appointments)
        assert (status(agent, group), free_places(world, session)) == ("WAITING", 2)
        assert (session, "QUOTA") in skips(agent, group)

    def test_a_group_declines_together_and_both_places_go_on(
        self, world: World, clinic: Clinic, people: tuple[Relative, Relative, str]
    ) -> None:
        _, agent, mandate = people
        session, appointments = full(world, clinic, units=2)
        group = entered(world, clinic, agent, people=[{}, {"mandate_id": mandate}])
        first, one = waiting(world, clinic, "甲")
        second, two = waiting(world, clinic, "乙")
        step_by_step = appointments[0]
        given_up(world, step_by_step)
        assert status(first, one) == "OFFERED"
        done(answer(first, one, "refusal"))
        assert status(second, two) == "OFFERED"
        done(answer(second, two, "refusal"))
        given_up(world, appointments[1])
        assert status(agent, group) == "OFFERED"
        third, three = waiting(world, clinic, "丙")
        done(answer(agent, group, "refusal"))
        assert status(third, three) == "OFFERED"
        assert free_places(world, session) == 1


def _announced(world: World, session: str) -> dict[int, int]:
    """How many events each place's appointments have, as the outbox was told."""
    query = text(
        "SELECT u.number, count(*) FROM outbox_messages m JOIN appointments a"
        " ON a.id = m.key JOIN slot_units u ON u.id = a.unit_id"
        " WHERE m.topic = 'appointment.changed' AND a.session_id = :s GROUP BY u.number"
    )
    orphans = text(
        "SELECT count(*) FROM outbox_messages WHERE topic = 'appointment.changed'"
        " AND key NOT IN (SELECT id FROM appointments)"
    )
    with world.database.separate() as tx:
        assert tx.scalar(orphans) == 0
        return {row[0]: row[1] for row in tx.execute(query, {"s": session})}


def _patients(world: World, session: str) -> set[str]:
    query = text(
        "SELECT person_id FROM appointments WHERE session_id = :s AND state = 'PENDING_PAYMENT'"
    )
    with world.database.separate() as tx:
        return set(tx.scalars(query, {"s": session}))


def test_who_lost_an_offer_to_the_hospital_keeps_their_turn(world: World, clinic: Clinic) -> None:
    _, appointments = full(world, clinic, units=2)
    first, one = waiting(world, clinic, "甲")
    second, two = waiting(world, clinic, "乙")
    given_up(world, appointments[0])
    called_off(world, seen(first, one)["places"][0]["appointment_id"])
    assert swept(world) == 1
    assert (status(first, one), seen(second, two)["before"]) == ("WAITING", 1)
    given_up(world, appointments[1])
    assert (status(first, one), status(second, two)) == ("OFFERED", "WAITING")


def test_who_withdraws_is_not_given_anything(world: World, clinic: Clinic) -> None:
    session, (appointment,) = full(world, clinic)
    who, entry = waiting(world, clinic, "甲")
    assert done(answer(who, entry, "withdrawal"))["status"] == "WITHDRAWN"
    assert done(answer(who, entry, "withdrawal"))["status"] == "WITHDRAWN"
    given_up(world, appointment)
    assert (status(who, entry), free_places(world, session)) == ("WITHDRAWN", 1)
    assert refused(answer(who, entry, "acceptance")) == (409, "WAITLIST_OFFER_OVER")


def test_an_offer_is_declined_not_withdrawn(world: World, clinic: Clinic) -> None:
    _, (appointment,) = full(world, clinic)
    who, entry = waiting(world, clinic, "甲")
    given_up(world, appointment)
    assert refused(answer(who, entry, "withdrawal")) == (409, "WAITLIST_MOVED_ON")


def test_people_are_told_of_what_they_did_not_do(world: World, clinic: Clinic) -> None:
    _, (appointment,) = full(world, clinic)
    who, entry = waiting(world, clinic, "甲")
    given_up(world, appointment)
    assert notices(world, who) == ["appointment.offered"]
    told = done(who.phone.get("/v1/me/notices"))["items"][0]
    assert told["zh"].startswith("候补有号了：")
    assert "请在 11月23日 16:30 前确认" in told["zh"]
    done(answer(who, entry, "acceptance"))
    assert notices(world, who) == ["appointment.offered"]
