"""What is to be expected of appointments: a model in memory that knows nothing of rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random  # noqa: TID251 - a test's choices

from hypothesis.stateful import RuleBasedStateMachine

from tests.app.hospital.stage import Stage, day_of

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
    consent: str = "none"
    put_there: bool = False
    """By the hospital, which called off the session it replaces."""


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
    channels: dict[int, str]
    """Of every number that is not blocked."""
    closed: bool = False
    stopped: bool = False

    def excludes(self, number: int, other: Half, others: int) -> bool:
        """Whether one person cannot have both places."""
        mine, theirs = self.windows[number], other.windows[others]
        same_day = day_of(self.starts) == day_of(other.starts)
        return (
            (same_day and self.department == other.department)
            or (same_day and self.doctor == other.doctor)
            or (mine[0] < theirs[1] and theirs[0] < mine[1])
        )

    def free_until(self, place: Place) -> datetime:
        """Until when cancelling costs nothing; three in China the day before."""
        begins = self.windows[place.number][0]
        if place.put_there:
            return begins
        if self.ordinary:
            return begins - timedelta(minutes=30)
        before = (self.starts + timedelta(hours=8)).replace(hour=15, minute=0) - timedelta(days=1)
        return before - timedelta(hours=8)


class Model(RuleBasedStateMachine):
    """Appointments and sessions as they should be, and what must come of the next step."""

    stage: Stage
    halves: dict[str, Half]
    chance: Random

    def __init__(self) -> None:
        super().__init__()
        self.stage = type(self).stage
        self.places: list[Place] = []
        self.freed = self.late = 0

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
        units = self.stage.rows(
            "SELECT u.number, u.starts_at, u.ends_at, p.channel, u.state FROM slot_units u "
            "JOIN unit_pools p ON p.id = u.pool_id WHERE u.session_id = %(id)s",
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
            windows={number: (starts_at, ends_at) for number, starts_at, ends_at, _, _ in units},
            channels={one[0]: one[3] for one in units if one[4] != "BLOCKED"},
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
            n
            for n, channel in half.channels.items()
            if channel == "app" and n not in taken and half.windows[n][1] > self._now
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
        return self._refused_admission(person, session) or self._refused_claim(person, session)

    def _refused_admission(self, person: int, session: str) -> set[str]:
        """Why a release does not let somebody in; where there is none it does."""
        assert (person, session) is not None
        return set()

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
        if self._now > here.free_until(old):
            return {"APPOINTMENT_TOO_LATE"}
        if there.closed or there.ends <= self._now:
            return {"SESSION_NOT_OPEN"}
        if (here.fee, here.item) != (there.fee, there.item):
            return {"APPOINTMENT_FEE_DIFFERS"}
        return self._refused_claim(old.person, session, without=old)

    def _take(
        self, appointment: str, person: int, session: str, *, held: bool, consent: str = "none"
    ) -> None:
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
                consent=consent,
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
            self._take(appointment, place.person, place.session, held=False, consent=place.consent)
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
        return self.chance.choice(found)

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
