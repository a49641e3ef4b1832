"""What hospitals and operators do on the stage: lotteries, files, give-back, stops."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any, Final, Self

from app.core.clock import Clock
from app.core.database import Database
from app.hospital.planning.service.giving_back import GivingBack
from app.hospital.planning.service.importing.importing import ScheduleImport
from app.hospital.planning.service.importing.report import ImportReport, Mode
from app.hospital.planning.service.lines.reading import numbered, read_ndjson
from app.hospital.planning.service.sessions.taking import SessionTaking
from app.hospital.rush.policy import CITY as RUSH
from app.hospital.rush.service.admitting import QueueAdmissions
from app.hospital.rush.service.closing import LotteryClosing
from app.hospital.rush.service.drawing import Drawing
from app.hospital.rush.service.queueing import Queueing
from app.hospital.rush.service.releases import Releases, Terms
from app.hospital.rush.states import ReleaseMode
from app.hospital.stop_reasons import StopReason
from app.hospital.stopping.service.outcomes import Stopped
from app.hospital.stopping.service.stopping import ClinicStopping, Order
from app.wiring.hospital.rush import build_queue_tokens
from app.wiring.hospital.stopping import AppointmentFees
from tests.app.hospital.fakes import FakeParts
from tests.app.hospital.planting import CHINA, Clinic
from tests.app.world import World

BY_LOT: Final = "by lot"
FROM_FILE: Final = "from a file"
PLANNED: Final = {"app": 2, "window": 2}
NUMBER: Final = "03 08 17 21 25 31 + 12"


class Unlimited:
    """Counts nothing."""

    def hit(self, name: str, *keys: str) -> None:
        assert name
        assert keys


@dataclass(frozen=True, kw_only=True)
class File:
    """A session that its hospital sends in a file."""

    database: Database
    clock: Clock
    clinic: Clinic
    importing: ScheduleImport
    gives_back_at: datetime

    def planted(self) -> str:
        """Send it the first time; returns its id."""
        assert self.sent(PLANNED).created == 1
        query = "SELECT id FROM clinic_sessions WHERE external_id = 'HIS-1'"
        return str(self.database.look(query, {})[0][0])

    def sent(self, sizes: dict[str, int], mode: Mode = Mode.EACH) -> ImportReport:
        """Send it with pools of these sizes."""
        line = json.dumps(self._record(sizes)).encode()
        hospital = self.clinic.hospital_id
        return self.importing.run(hospital, lambda: read_ndjson(numbered(BytesIO(line))), mode)

    def _record(self, sizes: dict[str, int]) -> dict[str, Any]:
        names = "SELECT external_id FROM {} WHERE id = %(id)s"
        named = {
            table: self.database.look(names.format(table), {"id": one})[0][0]
            for table, one in (
                ("departments", self.clinic.department_id),
                ("practitioners", self.clinic.practitioner_id),
            )
        }
        pools = [{"channel": channel, "size": size} for channel, size in sizes.items()]
        pools[1]["gives_back_at"] = self.gives_back_at.isoformat()
        return {
            "kind": "session",
            "id": "HIS-1",
            "department": named["departments"],
            "practitioner": named["practitioners"],
            "day": (self.gives_back_at.astimezone(CHINA) + timedelta(days=3)).date().isoformat(),
            "half_day": "morning",
            "starts": "08:00",
            "ends": "10:00",
            "fee_class": "expert",
            "fee": 5000,
            "item_code": "YL0001",
            "pools": pools,
        }


@dataclass(frozen=True, kw_only=True)
class Lots:
    """A lottery: for a day, twenty minutes for entries, one admission a minute."""

    clock: Clock
    clinic: Clinic
    releases: Releases
    queueing: Queueing
    closing: LotteryClosing
    drawing: Drawing
    admissions: QueueAdmissions

    def announced(self, session: str) -> str:
        """Release a session by lot; the release's id."""
        now = self.clock.now()
        terms = Terms(
            name="专家门诊",
            mode=ReleaseMode.LOTTERY,
            session_ids=[session],
            tickets_from=now,
            tickets_until=now + timedelta(minutes=20),
            opens_at=now + timedelta(minutes=20),
            closes_at=now + timedelta(days=3),
            admits_per_minute=1,
            admission_seconds=86_400,
            most_tickets=100,
            public_source="双色球第2026150期开奖号码",
        )
        return self.releases.make(self.clinic.hospital_id, terms)


@dataclass(frozen=True, kw_only=True)
class Offices:
    """All of them."""

    clinic: Clinic
    file: File
    lots: Lots
    giving: GivingBack
    stopping: ClinicStopping

    @classmethod
    def of(cls, world: World, clinic: Clinic, *, parts: FakeParts) -> Self:
        """By the stage's clock; what is freed is told to its waitlist."""
        database, clock = world.database, clinic.clock
        return cls(
            clinic=clinic,
            file=File(
                database=database,
                clock=clock,
                clinic=clinic,
                importing=ScheduleImport(
                    database=database,
                    clock=clock,
                    sessions=SessionTaking(rules=parts, succession=parts),
                ),
                gives_back_at=clock.now() + timedelta(days=1),
            ),
            lots=_lots(world, clinic),
            giving=GivingBack(database=database, clock=clock, succession=parts),
            stopping=ClinicStopping(
                database=database, clock=clock, rules=parts, fees=AppointmentFees()
            ),
        )

    def stop(self, session: str) -> Stopped:
        """Call a session off."""
        order = Order(
            hospital_id=self.clinic.hospital_id,
            terminal_id="trm",
            reason=StopReason.DOCTOR_AWAY,
            session_ids=[session],
        )
        return self.stopping.stop(order, session)


def _lots(world: World, clinic: Clinic) -> Lots:
    database, clock, cipher = world.database, clinic.clock, world.shared.cipher
    tokens, drawing = (
        build_queue_tokens(world.shared),
        Drawing(database=database, clock=clock, cipher=cipher),
    )
    return Lots(
        clock=clock,
        clinic=clinic,
        releases=Releases(
            database=database,
            clock=clock,
            cipher=cipher,
            random_bytes=secrets.token_bytes,
            policy=RUSH,
        ),
        queueing=Queueing(
            database=database, clock=clock, limits=Unlimited(), tokens=tokens, policy=RUSH
        ),
        closing=LotteryClosing(database=database, clock=clock, drawing=drawing),
        drawing=drawing,
        admissions=QueueAdmissions(tokens=tokens),
    )
