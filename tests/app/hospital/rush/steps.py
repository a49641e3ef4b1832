"""What the tests of the rush do again and again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from werkzeug.test import TestResponse

from app.core.errors import DomainError
from app.hospital.service.claiming.claims import Claimed, Wanted, claim
from app.hospital.states import AppointmentState
from app.identity.service.persons import PersonIdentity
from app.wiring.family import build_persons
from app.wiring.hospital.rush import build_admissions
from sandbox.lottery.ranks import Draw
from tests.app.device import Device
from tests.app.family.steps import Relative, done
from tests.app.hospital.planting import Clinic
from tests.app.world import World, citizen_number

RELEASES, TICKETS, DRAWS = (
    "/v1/hospital/releases",
    "/v1/queue-tickets",
    "/v1/operator/hospitals/releases",
)
HOSPITAL = "市第一人民医院"


@dataclass(frozen=True, kw_only=True)
class Desk:
    """A hospital that releases its sessions."""

    world: World
    clinic: Clinic
    device: Device

    def body(self, *sessions: str, **changes: Any) -> dict[str, Any]:
        """Tickets from now on, admissions in ten minutes, one a second."""
        now = self.world.clock.now()
        return {
            "name": "专家门诊",
            "mode": "FIFO",
            "session_ids": list(sessions) or [self.clinic.session()],
            "tickets_from": now.isoformat(),
            "opens_at": (now + timedelta(minutes=10)).isoformat(),
            "closes_at": (now + timedelta(hours=2)).isoformat(),
            "admits_per_minute": 60,
            **changes,
        }

    def send(self, body: dict[str, Any]) -> TestResponse:
        return self.device.post(RELEASES, body)

    def release(self, *sessions: str, **changes: Any) -> str:
        return str(done(self.send(self.body(*sessions, **changes)), 201)["id"])

    def lottery(self, *sessions: str, **changes: Any) -> str:
        return self.release(
            *sessions, mode="LOTTERY", public_source="双色球第2026140期开奖号码", **changes
        )


def hospital(world: World, clinic: Clinic, name: str = HOSPITAL) -> Desk:
    device = world.terminal(
        merchant=name, scopes=frozenset({"hospital.schedule"}), purposes=frozenset({"01101"})
    )
    return Desk(world=world, clinic=clinic, device=device)


def published(world: World, release: str) -> Draw:
    """All that anybody can fetch, page by page."""
    facts = done(world.client.get(f"/v1/releases/{release}/draw"))
    pages = f"/v1/releases/{release}/draw/tickets?limit=3"
    page = done(world.client.get(pages))
    items: list[dict[str, Any]] = list(page["items"])
    while "next" in page:
        page = done(world.client.get(f"{pages}&cursor={page['next']}"))
        items += page["items"]
    return Draw.of({**facts, "tickets": items})


def join(who: Relative, release: str) -> dict[str, Any]:
    found: dict[str, Any] = done(who.phone.post(TICKETS, {"release_id": release}))
    return found


def look(who: Relative, ticket: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = done(who.phone.get(f"{TICKETS}/{ticket['id']}"))
    return found


def hold(
    world: World, who: Relative, session: str, ticket: str | None
) -> tuple[bool, Claimed | None]:
    """What the holding of a place does: the admission first, then the place."""
    now = world.clock.now()
    person = who.person_id(world)
    wanted = Wanted(
        person_id=person,
        session_id=session,
        state=AppointmentState.PENDING_PAYMENT,
        deadline=now + timedelta(minutes=10),
        opened=now,
    )
    with world.database.direct() as tx:
        used = build_admissions(world.shared).require(tx, person, session, ticket, now)
        return used, claim(tx, wanted, now)


def refusal(world: World, who: Relative, session: str, ticket: str | None) -> DomainError:
    """Why a hold is refused."""
    try:
        hold(world, who, session, ticket)
    except DomainError as found:
        return found
    raise AssertionError


def people(world: World, count: int) -> list[str]:
    """Persons without a phone."""
    persons = build_persons(world.shared)
    identities = [
        PersonIdentity(citizen_number=citizen_number(serial=500 + n), name="张伟")
        for n in range(count)
    ]
    return [persons.find_or_create(one).id for one in identities]
