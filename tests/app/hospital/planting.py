"""A hospital with a department, doctors and sessions, as rows; without any route in between."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import text

from app.core.clock import Clock
from app.core.database import Database
from app.core.ids import new_id
from app.hospital.models.places import Campus, Department, Hospital, PlaceState, Practitioner
from app.hospital.models.planning import ClinicSession, SlotUnit, UnitPool
from app.hospital.states import SessionState, UnitState
from app.partners.models import MerchantKind
from tests.app.world import World

CHINA = ZoneInfo("Asia/Shanghai")
WINDOW = timedelta(minutes=10)
_UNITS = {SessionState.DRAFT: UnitState.DRAFT, SessionState.STOPPED: UnitState.BLOCKED}


@dataclass(frozen=True, kw_only=True)
class Clinic:
    """One hospital with one department and one doctor."""

    database: Database
    clock: Clock
    hospital_id: str
    merchant_id: str
    campus_id: str
    department_id: str
    practitioner_id: str

    def department(self, name: str = "骨科") -> str:
        return _add(
            self.database,
            Department(
                id=new_id("dep", self.clock.now()),
                hospital_id=self.hospital_id,
                campus_id=self.campus_id,
                external_id=new_id("D", self.clock.now()),
                name=name,
                initials="gk",
                state=PlaceState.ACTIVE,
                changed_at=self.clock.now(),
            ),
        )

    def practitioner(self, name: str = "孙思邈") -> str:
        return _add(
            self.database,
            Practitioner(
                id=new_id("doc", self.clock.now()),
                hospital_id=self.hospital_id,
                external_id=new_id("P", self.clock.now()),
                name=name,
                initials="ssm",
                title="主任医师",
                state=PlaceState.ACTIVE,
                changed_at=self.clock.now(),
            ),
        )

    def session(
        self,
        *,
        units: int = 3,
        days: int = 3,
        hour: int = 9,
        channel: str = "app",
        state: SessionState = SessionState.PUBLISHED,
        **changes: Any,
    ) -> str:
        """A session some days ahead, open now, with numbered places of ten minutes; its id."""
        now = self.clock.now()
        morning = now.astimezone(CHINA).replace(hour=hour, minute=0, second=0, microsecond=0)
        starts_at = morning + timedelta(days=days)
        unit_state = _UNITS.get(state, UnitState.FREE)
        session = ClinicSession(
            **{
                "id": new_id("ses", now),
                "hospital_id": self.hospital_id,
                "external_id": new_id("S", now),
                "department_id": self.department_id,
                "practitioner_id": self.practitioner_id,
                "day": starts_at.date(),
                "half_day": "morning",
                "starts_at": starts_at,
                "ends_at": starts_at + max(units, 1) * WINDOW,
                "fee_class": "expert",
                "fee": 5000,
                "item_code": "YL0001",
                "opens_at": now,
                "state": state,
                "created_at": now,
                "state_changed_at": now,
                **changes,
            }
        )
        pool = UnitPool(
            id=new_id("poo", now),
            session_id=session.id,
            channel=channel,
            size=units,
            gives_back_at=None,
        )
        numbered = [
            _unit(pool, n, starts_at=session.starts_at, state=unit_state, now=now)
            for n in range(units)
        ]
        with self.database.separate() as tx:
            tx.add(session)
            tx.flush()
            tx.add(pool)
            tx.flush()
            tx.add_all(numbered)
        return session.id


_STOPPED = (
    (
        "UPDATE appointments a SET state = 'CANCELLED_HOSPITAL' FROM clinic_sessions s "
        "WHERE s.id = a.session_id AND s.external_id LIKE :name AND a.state = 'BOOKED'"
    ),
    (
        "UPDATE slot_units u SET state = 'BLOCKED' FROM clinic_sessions s "
        "WHERE s.id = u.session_id AND s.external_id LIKE :name"
    ),
    "UPDATE clinic_sessions SET state = 'STOPPED' WHERE external_id LIKE :name",
)


def called_off(database: Database, external_id: str = "%") -> None:
    """Sessions as a stop leaves them: nobody has a place of theirs, and none is left."""
    with database.separate() as tx:
        for statement in _STOPPED:
            tx.execute(text(statement), {"name": external_id})


def plant(world: World, name: str = "市第一人民医院") -> Clinic:
    """A hospital that is a partner; terminals of the merchant `name` are its own."""
    if name not in world.merchants:
        world.merchants[name] = world.onboarding.add_merchant(
            name=name, kind=MerchantKind.HOSPITAL, region="990100"
        )
    return planted(world.database, world.clock, merchant_id=world.merchants[name], name=name)


def planted(database: Database, clock: Clock, *, merchant_id: str, name: str) -> Clinic:
    now = clock.now()
    hospital = _add(
        database,
        Hospital(
            id=new_id("hos", now),
            merchant_id=merchant_id,
            name=name,
            initials="sdyrmyy",
            region="990100",
            state=PlaceState.ACTIVE,
            created_at=now,
            state_changed_at=now,
        ),
    )
    campus = _add(
        database,
        Campus(
            id=new_id("cam", now),
            hospital_id=hospital,
            external_id="C1",
            name="本部",
            address="人民路1号",
            latitude=30.0,
            longitude=120.0,
            changed_at=now,
        ),
    )
    bare = Clinic(
        database=database,
        clock=clock,
        hospital_id=hospital,
        merchant_id=merchant_id,
        campus_id=campus,
        department_id="",
        practitioner_id="",
    )
    return Clinic(
        database=database,
        clock=clock,
        hospital_id=hospital,
        merchant_id=merchant_id,
        campus_id=campus,
        department_id=bare.department("内科"),
        practitioner_id=bare.practitioner("华佗"),
    )


def _unit(
    pool: UnitPool, n: int, *, starts_at: datetime, state: UnitState, now: datetime
) -> SlotUnit:
    return SlotUnit(
        id=new_id("unt", now),
        session_id=pool.session_id,
        pool_id=pool.id,
        number=n + 1,
        starts_at=starts_at + n * WINDOW,
        ends_at=starts_at + (n + 1) * WINDOW,
        state=state,
        state_changed_at=now,
    )


def _add(database: Database, row: Campus | Department | Hospital | Practitioner) -> str:
    with database.separate() as tx:
        tx.add(row)
    return row.id
