"""A hospital's information system that sends files, and what the database holds then."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy import text
from werkzeug.test import TestResponse

from app.hospital.scopes import DESK_SCOPE, SCHEDULE_SCOPE
from app.hospital.service.claiming.claims import Claimed, Wanted, claim
from app.hospital.states import AppointmentState
from app.wiring.hospital.planning import build_hospital_onboarding
from tests.app.device import Device
from tests.app.family.steps import relative
from tests.app.hospital.planting import CHINA
from tests.app.world import World

IMPORTS = "/v1/hospital/imports"
NDJSON = "application/x-ndjson"
DAY = date(2026, 12, 1)
NAME = "市第一人民医院"


def campus(**changes: Any) -> dict[str, Any]:
    return {
        "kind": "campus",
        "id": "C1",
        "name": "本部",
        "address": "人民路1号",
        "latitude": 30.25,
        "longitude": 120.16,
        **changes,
    }


def department(**changes: Any) -> dict[str, Any]:
    return {"kind": "department", "id": "D1", "campus": "C1", "name": "心血管内科", **changes}


def practitioner(**changes: Any) -> dict[str, Any]:
    return {"kind": "practitioner", "id": "P1", "name": "华佗", "title": "主任医师", **changes}


def pool(channel: str = "app", size: int = 3, **changes: Any) -> dict[str, Any]:
    return {"channel": channel, "size": size, **changes}


def session(**changes: Any) -> dict[str, Any]:
    return {
        "kind": "session",
        "id": "S1",
        "department": "D1",
        "practitioner": "P1",
        "day": DAY.isoformat(),
        "half_day": "morning",
        "starts": "08:00",
        "ends": "09:00",
        "fee_class": "expert",
        "fee": 5000,
        "item_code": "YL0001",
        "pools": [pool()],
        **changes,
    }


def window(starts: str, ends: str, channel: str = "app") -> dict[str, str]:
    return {"starts": starts, "ends": ends, "channel": channel}


def places() -> list[dict[str, Any]]:
    return [campus(), department(), practitioner()]


def ndjson(*records: Any) -> bytes:
    return "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in records).encode()


def local(day: date, at: str) -> datetime:
    return datetime.combine(day, time.fromisoformat(at), tzinfo=CHINA).astimezone(UTC)


@dataclass(frozen=True, kw_only=True)
class Bureau:
    """A hospital's information system, logged in."""

    world: World
    hospital_id: str
    device: Device

    def send(
        self, data: bytes, media: str = NDJSON, headers: Any = None, **query: str
    ) -> TestResponse:
        words = "&".join(f"{name}={value}" for name, value in query.items())
        return self.device.send(
            "POST", f"{IMPORTS}?{words}", data=data, content_type=media, headers=headers
        )

    def take(self, *records: Any, **query: str) -> Any:
        """Send records; returns the report."""
        answer = self.send(ndjson(*records), **query)
        assert answer.status_code == 200, answer.text
        return answer.json

    def taken(self, *records: Any) -> Any:
        """Send records none of which may be refused."""
        report = self.take(*records)
        assert report["lines"] == [], report
        return report

    def person(self, name: str = "张伟") -> str:
        """Somebody new; the register of persons has no answer for another day than today."""
        return relative(self.world, name).person_id(self.world)

    def hold(
        self, external_id: str = "S1", *, channel: str = "app", person: str | None = None
    ) -> Claimed:
        """Somebody's booking, taken as every place is."""
        person, now = person or self.person(), self.world.clock.now()
        wanted = Wanted(
            person_id=person,
            session_id=self.session_id(external_id),
            state=AppointmentState.BOOKED,
            deadline=None,
            channel=channel,
        )
        with self.world.database.direct() as tx:
            claimed = claim(tx, wanted, now)
        assert claimed is not None
        return claimed

    def session_id(self, external_id: str = "S1") -> str:
        return str(
            self.row("SELECT id FROM clinic_sessions WHERE external_id = :id", external_id)[0]
        )

    def session(self, external_id: str = "S1") -> Any:
        return self.row(
            "SELECT s.*, p.external_id AS doctor FROM clinic_sessions s "
            "JOIN practitioners p ON p.id = s.practitioner_id WHERE s.external_id = :id",
            external_id,
        )

    def row(self, query: str, external_id: str) -> Any:
        with self.world.database.separate() as tx:
            return tx.execute(text(query), {"id": external_id}).one()

    def units(self, external_id: str = "S1") -> list[tuple[int, str, str, str]]:
        """Number, channel, beginning in local time and state of every place."""
        query = text(
            "SELECT u.number, p.channel, u.starts_at, u.state FROM slot_units u "
            "JOIN unit_pools p ON p.id = u.pool_id "
            "JOIN clinic_sessions s ON s.id = u.session_id "
            "WHERE s.external_id = :id ORDER BY u.number"
        )
        with self.world.database.separate() as tx:
            return [
                (number, channel, f"{starts_at.astimezone(CHINA):%H:%M}", state)
                for number, channel, starts_at, state in tx.execute(query, {"id": external_id})
            ]

    def channels(self, external_id: str = "S1") -> list[str]:
        return [channel for _, channel, _, _ in self.units(external_id)]


def bureau(world: World, name: str = NAME) -> Bureau:
    """A hospital that was put on the list, and its system."""
    onboarding = build_hospital_onboarding(world.shared)
    hospital_id = onboarding.add(name=name, region="990100")
    world.merchants[name] = onboarding.read(hospital_id).merchant_id
    scopes = frozenset({SCHEDULE_SCOPE, DESK_SCOPE})
    device = world.terminal(merchant=name, purposes=frozenset({"01101"}), scopes=scopes)
    return Bureau(world=world, hospital_id=hospital_id, device=device)
