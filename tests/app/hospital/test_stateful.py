"""Appointments in any order, against a model in memory that knows nothing of rows and locks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from random import Random  # noqa: TID251 - a test's choices
from typing import Any

import hypothesis.strategies as st
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import (
    initialize,
    rule,
    run_state_machine_as_test,
)

from app.core.errors import DomainError
from app.hospital.service.booking.holding import Asked
from app.hospital.service.booking.rescheduling import Instead
from tests.app.hospital.model import CLAIMS, GRACE, LIVE, PAYMENT
from tests.app.hospital.offices import BY_LOT, FROM_FILE
from tests.app.hospital.planting import Clinic
from tests.app.hospital.promises import Promised
from tests.app.hospital.stage import PEOPLE, Stage, add_people, copies_of
from tests.app.hospital.steps import booked, patient
from tests.app.world import World

CONSENTS = ("none", "same_doctor", "same_department", "same_department")
STOPPED = 0.5
"""How often a hospital may think of calling a session off, when it could."""


class Appointments(Promised):
    """Holds, payments, cancellations, exchanges, check-ins, what hospitals do, and time."""

    @initialize(seed=st.integers(0, 2**32 - 1))
    def begin(self, seed: int) -> None:
        """Left to itself hypothesis tries the first ways again and again: few runs lead far."""
        self.chance = Random(seed)  # noqa: S311 - a test's choices
        self.stage.begin()
        self.halves = {name: self._half(one) for name, one in self.stage.sessions.items()}
        self._look_at_units()

    @rule()
    def step(self) -> None:
        """One of the things that can happen now."""
        ways = [way for way, can in self._ways() if can]
        self.chance.choice(ways)()

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
            (self.cancel, len(self.places) > PEOPLE),
            (self.pay, pending),
            (self.work_off, waiting),
            (self.close, self._some("BOOKED")),
            (self.hold, len(self.places) < PEOPLE),
            (self.pass_time, not pending and not booked),
            (self.enter, len(self.tickets) < PEOPLE and self._now < self.tickets_end),
            (self.enter, not self.closed),
            (self.hold_by_lot, bool(self.ranks) and not self.let_in),
            (self.hold_by_lot, bool(self.ranks) and not self.let_in),
            (self.hold_by_lot, bool(self.ranks)),
            (self.close_lottery, self.tickets_end <= self._now and not self.closed),
            (self.draw, self.closed and not self.ranks),
            (self.give_back, True),
            (self.send_file, not self.halves[FROM_FILE].closed),
            (self.stop, self._could_be_put_elsewhere()),
            (self.stop, self._could_be_put_elsewhere()),
            (self.stop, len(self.places) > PEOPLE and self.chance.random() < STOPPED),
        ]

    # What people do.

    def hold(self) -> None:
        self._hold(self.chance.randrange(PEOPLE), self.chance.choice(list(self.halves)))

    def hold_by_lot(self) -> None:
        self._hold(self.chance.choice(list(self.tickets)), BY_LOT)

    def _hold(self, person: int, session: str) -> None:
        expected = self._refused_hold(person, session)
        consent = self.chance.choice(CONSENTS)
        asked = Asked(
            session_id=self.stage.sessions[session],
            consent=consent,
            ticket=self._ticket(person, session),
        )
        got = _code(lambda: self.stage.holding.hold(self.stage.citizen(person), asked))
        if expected:
            assert got in expected
            return
        self._take(got, person, session, held=self.halves[session].fee > 0, consent=consent)
        self._let_in(person, session)

    def pay(self) -> None:
        how = self.chance.choice(("paid", "waits", "waits", "waits", "lost", "refused"))
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
        how = self.chance.choice(("heard", "unheard", "fails"))
        fees = self.stage.fees
        fee_id = self.chance.choice(fees.waiting())
        (fees.money_fails if how == "fails" else fees.money_comes)(fee_id)
        if how == "heard":
            self._follow()

    def cancel(self) -> None:
        live = [place for place in self.places if place.state in LIVE]
        place = self.chance.choice(live or self.places)
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
            late = place.state == "BOOKED" and self._now > half.free_until(place)
            self.late += late
            self._leave(place, "CANCELLED_PATIENT")

    def move(self) -> None:
        old = self._one("BOOKED")
        session = self.chance.choice([one for one in self.halves if one != BY_LOT])
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
        self._take(got, old.person, session, held=False, consent=old.consent)
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
        minutes = self.chance.choice((1, 9, 16, 31, 24 * 60))
        self.stage.clock.advance(minutes=minutes)

    def go_to_the_day(self) -> None:
        """To so many minutes before a place's session begins, if that is still to come."""
        minutes = self.chance.choice((-100, -15, 20, 90, 150, 20 * 60))
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
            max_examples=20,
            stateful_step_count=40,
            deadline=None,
            derandomize=True,
            # To shorten a run that fails takes longer than a test may.
            phases=(Phase.generate,),
            suppress_health_check=list(HealthCheck),
        ),
    )
