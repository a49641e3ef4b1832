"""Appointments in any order, against a model in memory that knows nothing of rows and locks."""

from __future__ import annotations

import random  # noqa: TID251 - a test's choices
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from app.core.errors import DomainError
from app.hospital.service.booking.holding import Asked
from app.hospital.service.booking.rescheduling import Instead
from tests.app.hospital.planting import Clinic
from tests.app.hospital.stage import PEOPLE, Stage, add_people, copies_of, day_of
from tests.app.hospital.steps import booked, patient
from tests.app.world import World

LIVE = {"PENDING_PAYMENT", "BOOKED", "ARRIVED"}
CLAIMS = {*LIVE, "NOSHOW", "FULFILLED"}
HOLD, PAYMENT = timedelta(minutes=10), timedelta(minutes=5)
AGAIN, GRACE, EARLY = timedelta(minutes=30), timedelta(minutes=30), timedelta(hours=2)
QUOTAS = {
    "APPOINTMENT_SAME_DEPARTMENT_DAY",
    "APPOINTMENT_SAME_DOCTOR_DAY",
    "APPOINTMENT_OVERLAPS",
}


@dataclass
class Place:
    """An appointment as the model knows it."""

    id: str
    person: int
    session: str
    number: int
    state: str
    changed: datetime
    deadline: datetime | None = None
    extended: bool = False
    was_booked: bool = False
    paid: bool = False
    """Its fee is with the hospital."""


@dataclass
class Half:
    """A session as the model knows it."""

    department: str
    doctor: str
    starts: datetime
    ends: datetime
    fee: int
    item: str
    ordinary: bool
    windows: dict[int, tuple[datetime, datetime]]
    closed: bool = False

    def excludes(self, number: int, other: Half, others: int) -> bool:
        """Whether one person cannot have both places."""
        mine, theirs = self.windows[number], other.windows[others]
        same_day = day_of(self.starts) == day_of(other.starts)
        return (
            (same_day and self.department == other.department)
            or (same_day and self.doctor == other.doctor)
            or (mine[0] < theirs[1] and theirs[0] < mine[1])
        )

    def free_until(self) -> dict[int, datetime]:
        """By number: until when cancelling costs nothing; three in China the day before."""
        before = (self.starts + timedelta(hours=8)).replace(hour=15, minute=0) - timedelta(days=1)
        return {
            n: window[0] - timedelta(minutes=30) if self.ordinary else before - timedelta(hours=8)
            for n, window in self.windows.items()
        }


class Appointments(RuleBasedStateMachine):
    """Holds, payments, cancellations, exchanges, check-ins, and time."""

    stage: Stage

    def __init__(self) -> None:
        super().__init__()
        self.stage = type(self).stage
        self.places: list[Place] = []
        self.freed = self.late = 0

    @initialize(seed=st.integers(0, 2**32 - 1))
    def begin(self, seed: int) -> None:
        """Left to itself hypothesis tries the first ways again and again: few runs lead far."""
        self.random = random.Random(seed)  # noqa: S311 - a test's choices
        self.stage.begin()
        self.halves = {name: self._half(one) for name, one in self.stage.sessions.items()}

    @rule()
    def step(self) -> None:
        """One of the things that can happen now."""
        ways = [way for way, can in self._ways() if can]
        self.random.choice(ways)()

    def _ways(self) -> list[tuple[Callable[[], None], bool]]:
        """What can happen; what leads on stands here more than once."""
        pending, booked = self._some("PENDING_PAYMENT"), self._some("BOOKED")
        waiting, due = bool(self.stage.fees.waiting()), bool(self._due())
        return [
            (self.expire, due),
            (self.money, waiting and not pending),
            (self.pay, pending),
            (self.check_in, booked),
            (self.hold, True),
            (self.money, waiting),
            (self.serve, self._some("ARRIVED")),
            (self.move, booked),
            (self.pass_time, pending),
            (self.go_to_the_day, booked),
            (self.cancel, bool(self.places)),
            (self.pay, pending),
            (self.work_off, waiting),
            (self.close, self._some("BOOKED")),
            (self.pass_time, True),
        ]

    # What people do.

    def hold(self) -> None:
        person = self.random.randrange(PEOPLE)
        session = self.random.choice(list(self.halves))
        expected = self._refused_hold(person, session)
        asked = Asked(session_id=self.stage.sessions[session])
        got = _code(lambda: self.stage.holding.hold(self.stage.citizen(person), asked))
        if expected:
            assert got in expected
            return
        self._take(got, person, session, held=self.halves[session].fee > 0)

    def pay(self) -> None:
        how = self.random.choice(("paid", "waits", "waits", "waits", "lost", "refused"))
        place = self._one("PENDING_PAYMENT")
        self.stage.fees.next = how
        got = _code(lambda: self._pay(place))
        if place.deadline is None or place.deadline <= self._now:
            assert got == "APPOINTMENT_EXPIRED"
            return
        if not place.extended:
            place.extended, place.deadline = True, place.deadline + PAYMENT
        assert got in {place.id, "UNAVAILABLE"}
        self._hear(place)

    def money(self) -> None:
        how = self.random.choice(("heard", "unheard", "fails"))
        fees = self.stage.fees
        fee_id = self.random.choice(fees.waiting())
        (fees.money_fails if how == "fails" else fees.money_comes)(fee_id)
        if how == "heard":
            self._follow()

    def cancel(self) -> None:
        place = self.random.choice(self.places)
        half = self.halves[place.session]
        got = _code(
            lambda: self.stage.cancelling.cancel(self.stage.citizen(place.person), place.id)
        )
        if half.windows[place.number][1] <= self._now:
            assert got == "APPOINTMENT_TOO_LATE"
        elif place.state not in {"BOOKED", "PENDING_PAYMENT"}:
            assert got == "APPOINTMENT_MOVED_ON"
        else:
            assert got == "None"
            late = place.state == "BOOKED" and self._now > half.free_until()[place.number]
            self.late += late
            self._leave(place, "CANCELLED_PATIENT")

    def move(self) -> None:
        old = self._one("BOOKED")
        session = self.random.choice(list(self.halves))
        expected = self._refused_move(old, session)
        instead = Instead(session_id=self.stage.sessions[session])
        got = _code(
            lambda: self.stage.rescheduling.reschedule(
                self.stage.citizen(old.person), old.id, instead
            )
        )
        if expected:
            assert got in expected
            return
        freed, paid = self.freed, old.paid
        self._leave(old, "RESCHEDULED")
        self._take(got, old.person, session, held=False)
        new = self.places[-1]
        old.paid, new.paid = False, paid
        if (new.session, new.number) == (old.session, old.number):
            self.freed = freed  # nobody else could have had it

    def check_in(self) -> None:
        person = self._one("BOOKED").person
        code = self.stage.people[person]
        got = _code(lambda: self.stage.attending.check_in(self.stage.terminal(), code))
        due = [place for place in self._today(person) if self._is_due(place)]
        there = [place for place in self._today(person) if place.state == "ARRIVED"]
        if due or there:
            meant = (due or there)[0]
            assert got == meant.id
            meant.state = "ARRIVED"
        else:
            assert got.startswith("CHECK_IN_")

    def serve(self) -> None:
        place = self._one("ARRIVED")
        self.stage.attending.serve(self.stage.terminal(), place.id)
        place.state = "FULFILLED"

    # What time does.

    def pass_time(self) -> None:
        minutes = self.random.choice((1, 9, 16, 31, 24 * 60))
        self.stage.clock.advance(minutes=minutes)

    def go_to_the_day(self) -> None:
        """To so many minutes before a place's session begins, if that is still to come."""
        minutes = self.random.choice((-100, -15, 20, 90, 150, 20 * 60))
        half = self.halves[self._one("BOOKED").session]
        ahead = half.starts - timedelta(minutes=minutes) - self._now
        if ahead > timedelta(0):
            self.stage.clock.advance(seconds=ahead.total_seconds())

    def expire(self) -> None:
        due = self._due()
        assert self.stage.sweep.expire() == len(due)
        for place in due:
            self._leave(place, "EXPIRED")

    def close(self) -> None:
        over = [
            name
            for name, half in self.halves.items()
            if not half.closed and half.ends + GRACE <= self._now
        ]
        assert self.stage.sweep.close() == len(over)
        for name in over:
            self.halves[name].closed = True
            for place in self._of(name, "BOOKED"):
                place.state = "NOSHOW"

    def work_off(self) -> None:
        """Whatever messages there were, they all come, some of them again."""
        self._follow()

    # What always holds.

    @invariant()
    def the_rows_are_what_the_model_says(self) -> None:
        if not self.stage.sessions:
            return
        found = self.stage.rows(
            "SELECT a.id, a.state, u.number FROM appointments a JOIN slot_units u "
            "ON u.id = a.unit_id"
        )
        assert set(found) == {(place.id, place.state, place.number) for place in self.places}

    @invariant()
    def a_place_has_one_owner_and_no_pool_has_more_than_its_size(self) -> None:
        crowded = self.stage.rows(
            "SELECT unit_id FROM appointments WHERE state IN ('OFFERED', 'PENDING_PAYMENT', "
            "'BOOKED', 'NOSHOW', 'ARRIVED', 'FULFILLED') GROUP BY unit_id HAVING count(*) > 1"
        )
        assert crowded == []
        states = self.stage.rows(
            "SELECT u.state AS unit, a.state AS claim FROM slot_units u LEFT JOIN appointments a "
            "ON a.unit_id = u.id AND a.state IN ('PENDING_PAYMENT', 'BOOKED', 'NOSHOW', "
            "'ARRIVED', 'FULFILLED')"
        )
        assert len(states) == sum(len(half.windows) for half in self.halves.values())
        says = {
            None: "FREE",
            "PENDING_PAYMENT": "HELD",
            "BOOKED": "BOOKED",
            "NOSHOW": "BOOKED",
            "ARRIVED": "CHECKED_IN",
            "FULFILLED": "SERVED",
        }
        assert all(unit == says[claim] for unit, claim in states)

    @invariant()
    def nobody_has_two_places_that_exclude_each_other(self) -> None:
        live = [place for place in self.places if place.state in LIVE]
        for n, one in enumerate(live):
            for other in live[n + 1 :]:
                if one.person == other.person:
                    mine, theirs = self.halves[one.session], self.halves[other.session]
                    assert not mine.excludes(one.number, theirs, other.number)

    @invariant()
    def a_hold_is_short(self) -> None:
        found = self.stage.rows(
            "SELECT deadline - created_at AS held, extended FROM appointments "
            "WHERE deadline IS NOT NULL"
        )
        assert all(held == HOLD + (PAYMENT if more else 0 * PAYMENT) for held, more in found)

    @invariant()
    def events_are_numbered_and_each_is_told_once(self) -> None:
        gaps = self.stage.rows(
            "SELECT a.id FROM appointments a JOIN appointment_events e ON e.appointment_id = a.id "
            "GROUP BY a.id HAVING max(e.sequence) <> count(*) OR a.sequence <> count(*)"
        )
        assert gaps == []
        ((events, told),) = self.stage.rows(
            "SELECT (SELECT count(*) FROM appointment_events), (SELECT count(DISTINCT "
            "(payload->>'appointment', payload->>'sequence')) FROM outbox_messages "
            "WHERE topic = 'appointment.changed')"
        )
        assert events == told

    @invariant()
    def an_exchange_is_whole(self) -> None:
        halves = self.stage.rows(
            "SELECT a.id FROM appointments a WHERE a.state = 'RESCHEDULED' AND NOT EXISTS "
            "(SELECT FROM appointments b WHERE b.replaces = a.id)"
        )
        assert halves == []

    @invariant()
    def the_waitlist_and_conduct_heard_of_everything(self) -> None:
        assert len(self.stage.parts.vacancies) == self.freed
        assert all(state == "FREE" for _, state in self.stage.parts.vacancies)
        assert len(self.stage.parts.late) == self.late
        missed = [place.id for place in self.places if place.state == "NOSHOW"]
        assert sorted(self.stage.parts.missed) == sorted(missed)

    def teardown(self) -> None:
        """In the end every fee is with a hospital that keeps its place, or back."""
        if not self.stage.sessions:
            return
        for fee_id in self.stage.fees.waiting():
            self.stage.fees.money_comes(fee_id)
        for _ in range(3):
            self._follow()
        self.stage.clock.advance(minutes=16)
        self.expire()
        self._follow()
        self._follow()
        self.the_rows_are_what_the_model_says()
        kept = [place for place in self.places if place.state in CLAIMS and place.paid]
        fees = self.stage.fees
        assert fees.taken - fees.returned == sum(self.halves[place.session].fee for place in kept)
        unpaid = [
            place
            for place in self.places
            if place.state in CLAIMS and not place.paid and self.halves[place.session].fee
        ]
        assert unpaid == []

    # The model.

    @property
    def _now(self) -> datetime:
        return self.stage.clock.now()

    def _half(self, session: str) -> Half:
        ((department, doctor, starts, ends, fee, item, fee_class),) = self.stage.rows(
            "SELECT department_id, practitioner_id, starts_at, ends_at, fee, item_code, fee_class "
            "FROM clinic_sessions WHERE id = %(id)s",
            id=session,
        )
        windows = self.stage.rows(
            "SELECT number, starts_at, ends_at FROM slot_units WHERE session_id = %(id)s",
            id=session,
        )
        return Half(
            department=department,
            doctor=doctor,
            starts=starts,
            ends=ends,
            fee=fee,
            item=item,
            ordinary=fee_class == "ordinary",
            windows={number: (starts_at, ends_at) for number, starts_at, ends_at in windows},
        )

    def _free(self, session: str, *, without: Place | None = None) -> list[int]:
        """Numbers that can be taken now, the lowest first."""
        taken = {
            place.number
            for place in self.places
            if place.session == session and place.state in CLAIMS and place is not without
        }
        half = self.halves[session]
        return sorted(
            n for n, window in half.windows.items() if n not in taken and window[1] > self._now
        )

    def _refused_hold(self, person: int, session: str) -> set[str]:
        half = self.halves[session]
        if half.closed or half.ends <= self._now:
            return {"SESSION_NOT_OPEN"}
        last = [
            place.changed
            for place in self.places
            if (place.person, place.session) == (person, session)
            and place.state in {"EXPIRED", "CANCELLED_PATIENT"}
            and not place.was_booked
        ]
        if half.fee and last and self._now - max(last) < AGAIN:
            return {"APPOINTMENT_HELD_BEFORE"}
        return self._refused_claim(person, session)

    def _refused_claim(
        self, person: int, session: str, *, without: Place | None = None
    ) -> set[str]:
        free = self._free(session, without=without)
        if not free:
            return {"SESSION_FULL"}
        half = self.halves[session]
        others = [
            place
            for place in self.places
            if place.person == person and place.state in LIVE and place is not without
        ]
        clashes = (
            half.excludes(free[0], self.halves[place.session], place.number) for place in others
        )
        return QUOTAS if any(clashes) else set()

    def _refused_move(self, old: Place, session: str) -> set[str]:
        here, there = self.halves[old.session], self.halves[session]
        if self._now > here.free_until()[old.number]:
            return {"APPOINTMENT_TOO_LATE"}
        if there.closed or there.ends <= self._now:
            return {"SESSION_NOT_OPEN"}
        if (here.fee, here.item) != (there.fee, there.item):
            return {"APPOINTMENT_FEE_DIFFERS"}
        return self._refused_claim(old.person, session, without=old)

    def _take(self, appointment: str, person: int, session: str, *, held: bool) -> None:
        assert appointment.startswith("apt_"), appointment
        self.places.append(
            Place(
                id=appointment,
                person=person,
                session=session,
                number=self._free(session)[0],
                state="PENDING_PAYMENT" if held else "BOOKED",
                changed=self._now,
                deadline=self._now + HOLD if held else None,
                was_booked=not held,
            )
        )

    def _leave(self, place: Place, state: str) -> None:
        place.state, place.changed = state, self._now
        self.freed += 1

    def _pay(self, place: Place) -> str:
        paid = self.stage.paying.pay(self.stage.citizen(place.person), place.id)
        return paid.appointment_id

    def _hear(self, place: Place) -> None:
        """Take what was known at once when a payment was asked for: it was heard at once."""
        says = {"PAID": "PAID", "UNDER_WAY": "HELD", "FAILED": "DROPPED"}
        for fee_id, state in self.stage.rows(
            "SELECT id, state FROM appointment_fees WHERE appointment_id = %(id)s", id=place.id
        ):
            known = self.stage.fees.known.get(fee_id)
            assert state == ("BEGUN" if known is None else says[known.standing.value])
            if state == "PAID":
                place.state, place.was_booked, place.paid = "BOOKED", True, True

    def _follow(self) -> None:
        """Follow every fee, and know what must come of each."""
        for fee_id, appointment, state in self.stage.rows(
            "SELECT id, appointment_id, state FROM appointment_fees"
        ):
            place = next(one for one in self.places if one.id == appointment)
            known = self.stage.fees.known.get(fee_id)
            paid = known is not None and known.standing.value == "PAID"
            expected = self._another(place) if paid and state in {"BEGUN", "HELD"} else ""
            self.stage.following.follow(fee_id)
            self._heard(fee_id, place, expected)
        paid_for = self.stage.rows(
            "SELECT appointment_id FROM appointment_fees WHERE state = 'PAID'"
        )
        for place in self.places:
            place.paid = (place.id,) in paid_for

    def _another(self, place: Place) -> str:
        """What money leads to that is heard now: the place, an equal one, or its return."""
        if place.state == "PENDING_PAYMENT":
            return "booked"
        half = self.halves[place.session]
        gone = half.closed or place.state != "EXPIRED"
        return "back" if gone or self._refused_claim(place.person, place.session) else "another"

    def _heard(self, fee_id: str, place: Place, expected: str) -> None:
        ((state, appointment),) = self.stage.rows(
            "SELECT state, appointment_id FROM appointment_fees WHERE id = %(id)s", id=fee_id
        )
        if expected == "booked":
            place.state, place.was_booked = "BOOKED", True
            assert (state, appointment) == ("PAID", place.id)
        elif expected == "another":
            assert (state, appointment != place.id) == ("PAID", True)
            self._take(appointment, place.person, place.session, held=False)
        elif expected == "back":
            assert state in {"RETURNING", "RETURNED"}

    def _due(self) -> list[Place]:
        return [
            place
            for place in self.places
            if place.state == "PENDING_PAYMENT"
            and place.deadline is not None
            and place.deadline <= self._now
        ]

    def _of(self, session: str, state: str) -> list[Place]:
        return [one for one in self.places if (one.session, one.state) == (session, state)]

    def _some(self, state: str) -> bool:
        return any(place.state == state for place in self.places)

    def _one(self, state: str) -> Place:
        found = [place for place in self.places if place.state == state]
        return self.random.choice(found)

    def _today(self, person: int) -> list[Place]:
        """Whose time is today, in the order of their windows."""
        found = [
            place
            for place in self.places
            if place.person == person
            and day_of(self.halves[place.session].starts) == day_of(self._now)
        ]
        return sorted(found, key=lambda one: self.halves[one.session].windows[one.number][0])

    def _is_due(self, place: Place) -> bool:
        half = self.halves[place.session]
        early = half.windows[place.number][0] - self._now
        return place.state == "BOOKED" and half.ends > self._now and early <= EARLY


def _code(act: Any) -> str:
    try:
        return str(act())
    except DomainError as refused:
        return refused.kind.code


def test_whatever_people_and_time_do_the_invariants_hold(
    world: World, clinic: Clinic, tmp_path: Path
) -> None:
    who = patient(world, tmp_path)
    made = booked(who, clinic.session())
    Appointments.stage = Stage(
        world=world,
        clinic=clinic,
        people=add_people(world),
        settlements=copies_of(world, made["settlement_id"]),
        departments=[clinic.department_id, clinic.department()],
        doctors=[clinic.practitioner_id, clinic.practitioner()],
    )
    run_state_machine_as_test(
        Appointments,
        settings=settings(
            max_examples=24,
            stateful_step_count=40,
            deadline=None,
            derandomize=True,
            # To shorten a run that fails takes longer than a test may.
            phases=(Phase.generate,),
            suppress_health_check=list(HealthCheck),
        ),
    )
