"""What the model-based test of appointments plays on: services on the real database, and fakes."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import text

from app.core.access.principals import Citizen, Terminal
from app.core.database import Database
from app.core.errors import UNAVAILABLE
from app.core.ids import new_id
from app.core.statements import Tx
from app.hospital.ports import Bill, Payment, Standing
from app.hospital.service.attending import Attending
from app.hospital.service.booking.acting import ActingPeople
from app.hospital.service.booking.cancelling import Cancelling
from app.hospital.service.booking.holding import Holding
from app.hospital.service.booking.paying import Paying
from app.hospital.service.booking.rescheduling import Rescheduling
from app.hospital.service.directory import HospitalDirectory
from app.hospital.service.fees.following import FeeFollowing
from app.hospital.service.sweeping import AppointmentSweep
from tests.app.hospital.city import CITY
from tests.app.hospital.fakes import FakeParts
from tests.app.hospital.offices import BY_LOT, FROM_FILE, Offices
from tests.app.hospital.planting import Clinic
from tests.app.world import World
from tests.fakes import FakeClock

START = datetime.fromisoformat("2026-12-28T08:00:00+00:00")
"""Four in the afternoon in China, three days before the year ends."""
SETTLEMENTS = 80
PEOPLE = 3
_COPY = text(
    "INSERT INTO settlements OVERRIDING SYSTEM VALUE SELECT (jsonb_populate_record(s, "
    "jsonb_build_object('id', CAST(:id AS text), 'number', CAST(:n AS int), 'quote_id', "
    "CAST(:id AS text), 'presentation_id', CAST(:id AS text), 'msgid', CAST(:id AS text)))).* "
    "FROM settlements s WHERE s.id = :like"
)
_FORGET = (
    "appointment_fees",
    "appointment_events",
    "appointments",
    "stop_outcomes",
    "clinic_stops",
    "queue_tickets",
    "queue_tails",
    "release_sessions",
    "releases",
    "session_plans",
    "slot_units",
    "unit_pools",
    "clinic_sessions",
    "outbox_messages",
    "access_events",
)


@dataclass
class FakeFees:
    """Payments in memory (`app.hospital.ports.Fees`); `next` says how the next one goes."""

    settlements: list[str]
    """Rows that may have paid something."""
    next: str = "paid"
    known: dict[str, Payment] = field(default_factory=dict)
    fenced: set[str] = field(default_factory=set)
    taken: int = 0
    returned: int = 0
    amounts: dict[str, int] = field(default_factory=dict)

    def pay(self, citizen: Citizen, bill: Bill, *, mandate_id: str | None) -> Payment:
        assert citizen.person_id
        assert mandate_id is None
        if bill.fee_id in self.fenced:
            return Payment(standing=Standing.FAILED)
        if bill.fee_id in self.known:
            return self.known[bill.fee_id]
        if self.next == "refused":
            raise UNAVAILABLE()
        self.amounts[bill.fee_id] = bill.amount
        self._set(bill.fee_id, Standing.UNDER_WAY)
        if self.next in {"paid", "lost"}:
            self.money_comes(bill.fee_id)
        if self.next == "lost":
            raise UNAVAILABLE()
        return self.known[bill.fee_id]

    def look(self, bill: Bill, *, fence: bool) -> Payment:
        if bill.fee_id not in self.known and fence:
            self.fenced.add(bill.fee_id)
        return self.known.get(bill.fee_id, Payment(standing=Standing.NONE))

    def give_back(self, bill: Bill, settlement_id: str) -> Payment:
        known = self.known[bill.fee_id]
        assert known.settlement_id == settlement_id
        if known.standing is Standing.PAID:
            self.returned += self.amounts[bill.fee_id]
            self._set(bill.fee_id, Standing.RETURNED)
        return self.known[bill.fee_id]

    def waiting(self) -> list[str]:
        return [one for one, it in self.known.items() if it.standing is Standing.UNDER_WAY]

    def money_comes(self, fee_id: str) -> None:
        self.taken += self.amounts[fee_id]
        self._set(fee_id, Standing.PAID)

    def money_fails(self, fee_id: str) -> None:
        self._set(fee_id, Standing.FAILED)

    def _set(self, fee_id: str, standing: Standing) -> None:
        before = self.known.get(fee_id)
        paid_by = before.settlement_id if before else self.settlements[len(self.known)]
        self.known[fee_id] = Payment(standing=standing, settlement_id=paid_by)


class NoMandates:
    """Nobody acts for anybody."""

    def represent(self, tx: Tx, *, mandate_id: str, agent_id: str) -> Any:
        raise NotImplementedError((tx, mandate_id, agent_id))

    def held_by(self, tx: Tx, agent_id: str) -> frozenset[str]:
        assert (tx, agent_id) is not None
        return frozenset()


class PersonCodes:
    """A code is the id of whose card it is."""

    def read(self, terminal: Terminal, code: str) -> str:
        assert terminal.merchant_id
        return code


@dataclass(kw_only=True)
class Stage:
    """Services, people and sessions, begun anew for each run."""

    world: World
    clinic: Clinic
    people: list[str]
    settlements: list[str]
    clock: FakeClock = field(default_factory=lambda: FakeClock(START))
    parts: FakeParts = field(default_factory=FakeParts)
    fees: FakeFees = field(default_factory=lambda: FakeFees([]))
    sessions: dict[str, str] = field(default_factory=dict)

    @property
    def database(self) -> Database:
        return self.world.database

    def begin(self) -> None:
        """Forget the run before; four sessions, of which some exclude each other."""
        with self.database.separate() as tx:
            tx.execute(text("SET LOCAL session_replication_role = replica"))
            for table in _FORGET:
                tx.execute(text(f'DELETE FROM "{table}"'))  # noqa: S608 - our own names
        self.clock, self.parts = FakeClock(START), FakeParts(policy=CITY)
        self.fees = FakeFees(self.settlements)
        self.clinic = replace(self.clinic, clock=self.clock)
        other: dict[str, Any] = {
            "department_id": self.departments[1],
            "practitioner_id": self.doctors[1],
        }
        self.sessions = {
            "morning": self.clinic.session(units=2),
            "afternoon": self.clinic.session(units=2, hour=14, practitioner_id=self.doctors[1]),
            "at the same time": self.clinic.session(units=1, **other),
            "after new year": self.clinic.session(units=1, days=5, fee_class="ordinary"),
            "for nothing": self.clinic.session(units=1, days=5, hour=14, fee=0, **other),
            BY_LOT: self.clinic.session(units=2, days=6, fee=0, opens_at=START, **other),
        }
        self.offices = Offices.of(self.world, self.clinic, parts=self.parts)
        self.sessions[FROM_FILE] = self.offices.file.planted()
        self.release = self.offices.lots.announced(self.sessions[BY_LOT])
        self._build()

    departments: list[str] = field(default_factory=list)
    doctors: list[str] = field(default_factory=list)

    def _build(self) -> None:
        database, clock, parts = self.database, self.clock, self.parts
        accesses = self.world.shared.accesses
        people = ActingPeople(mandates=NoMandates(), accesses=accesses)
        self.following = FeeFollowing(database=database, clock=clock, fees=self.fees)
        common: dict[str, Any] = {"database": database, "clock": clock, "rules": parts}
        admissions = self.offices.lots.admissions
        self.holding = Holding(people=people, conduct=parts, admissions=admissions, **common)
        self.paying = Paying(people=people, fees=self.fees, following=self.following, **common)
        self.cancelling = Cancelling(people=people, conduct=parts, succession=parts, **common)
        self.rescheduling = Rescheduling(
            people=people, admissions=admissions, succession=parts, **common
        )
        self.sweep = AppointmentSweep(
            conduct=parts, succession=parts, following=self.following, **common
        )
        self.attending = Attending(
            directory=HospitalDirectory(database=database),
            codes=PersonCodes(),
            accesses=accesses,
            **common,
        )

    def citizen(self, person: int) -> Citizen:
        return Citizen(
            person_id=self.people[person],
            thumbprint="t",
            level="L2",
            authenticated_at=self.clock.now(),
            client_id="miniprogram",
            session_id="",
            scope=frozenset({"citizen"}),
        )

    def terminal(self) -> Terminal:
        return Terminal(
            terminal_id="trm",
            merchant_id=self.clinic.merchant_id,
            merchant_name="市第一人民医院",
            thumbprint="",
            purposes=frozenset({"01101"}),
            scope=frozenset({"hospital.desk"}),
        )

    def rows(self, query: str, **values: object) -> list[Any]:
        """One look: a test of so many steps has no time for transactions around each."""
        return self.database.look(query, values)


def add_people(world: World) -> list[str]:
    ids = [new_id("per", world.clock.now()) for _ in range(PEOPLE)]
    person = text(
        "INSERT INTO persons (id, citizen_hash, name, citizen_number, created_at) "
        "VALUES (:id, :hash, '', '', now())"
    )
    with world.database.separate() as tx:
        tx.execute(person, [{"id": one, "hash": one.encode()} for one in ids])
    return ids


def copies_of(world: World, settlement: str) -> list[str]:
    """Rows like one settlement: what a fake payment can name as having paid."""
    ids = [new_id("stl", world.clock.now()) for _ in range(SETTLEMENTS)]
    with world.database.separate() as tx:
        tx.execute(text("SET LOCAL session_replication_role = replica"))
        for n, one in enumerate(ids, start=1_000):
            tx.execute(_COPY, {"id": one, "n": n, "like": settlement})
    return ids


def day_of(moment: datetime) -> date:
    """The day in China."""
    return (moment + timedelta(hours=8)).date()
