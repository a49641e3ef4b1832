"""What the tests of the family do again and again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.family.models import FamilyAgreement
from app.family.service.mutual_aid import MutualAid
from app.family.service.using import MandateUse
from app.identity.service.persons import Persons
from app.wiring.family import build_mandate_use, build_mutual_aid, build_persons
from app.wiring.notifications import build_dispatcher
from tests.app.device import Device
from tests.app.world import World

MANDATES, AID = "/v1/family/mandates", "/v1/family/mutual-aid"


@dataclass(frozen=True, kw_only=True)
class Relative:
    """Somebody with a phone of their own."""

    phone: Device
    number: str
    name: str

    def person_id(self, world: World) -> str:
        persons: Persons = build_persons(world.shared)
        found = persons.known(persons.hash_of(self.number))
        assert found is not None
        return found


def relative(world: World, name: str) -> Relative:
    number = world.register(name)
    return Relative(
        phone=world.sign_in(world.phone(), number=number, name=name), number=number, name=name
    )


def later(world: World, *who: Relative, days: float) -> None:
    """Let time pass, and have these people sign in again."""
    world.clock.advance(days=days)
    world.registry.as_of = world.clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")
    for one in who:
        one.phone.token = None
        world.sign_in(one.phone, number=one.number, name=one.name)


def in_days(world: World, days: float) -> str:
    return (world.clock.now() + timedelta(days=days)).isoformat()


def mandate_body(world: World, agent: Relative, **changes: Any) -> dict[str, Any]:
    return {
        "citizen_number": agent.number,
        "name": agent.name,
        "purposes": ["02121"],
        "merchant_kinds": ["pharmacy"],
        "purchase_limit": 20_000,
        "yearly_limit": 50_000,
        "expires_at": in_days(world, 90),
        **changes,
    }


def aid_body(world: World, beneficiary: Relative, **changes: Any) -> dict[str, Any]:
    return {
        "citizen_number": beneficiary.number,
        "name": beneficiary.name,
        "yearly_limit": 100_000,
        "expires_at": in_days(world, 365),
        **changes,
    }


def done(answer: TestResponse, status: int = 200) -> Any:
    assert answer.status_code == status, answer.text
    return answer.json


def refused(answer: TestResponse) -> tuple[int, str]:
    assert answer.content_type == "application/problem+json", answer.text
    return answer.status_code, answer.json["code"]


def offered(world: World, giver: Relative, taker: Relative, **changes: Any) -> str:
    body = mandate_body(world, taker, **changes)
    return str(done(giver.phone.post(MANDATES, body), 201)["id"])


def accepted(world: World, giver: Relative, taker: Relative, **changes: Any) -> str:
    mandate = offered(world, giver, taker, **changes)
    assert done(taker.phone.post(f"{MANDATES}/{mandate}/acceptance"))["status"] == "ACTIVE"
    return mandate


def aided(world: World, payer: Relative, taker: Relative, **changes: Any) -> str:
    made = done(payer.phone.post(AID, aid_body(world, taker, **changes)), 201)["id"]
    assert done(taker.phone.post(f"{AID}/{made}/acceptance"))["status"] == "ACTIVE"
    return str(made)


def log_of(who: Relative, action: str) -> list[dict[str, Any]]:
    """Somebody's access log, of one action."""
    items = done(who.phone.get("/v1/me/accesses?limit=100"))["items"]
    return [one for one in items if one["action"] == action]


def notices(world: World, who: Relative) -> list[str]:
    """The kinds of what somebody was told, after the outbox was worked off."""
    dispatcher = build_dispatcher(world.shared)
    while dispatcher.run(most=50):
        pass
    return [one["kind"] for one in done(who.phone.get("/v1/me/notices"))["items"]]


def use(world: World) -> MandateUse:
    return build_mandate_use(world.shared, build_persons(world.shared))


def mutual_aid(world: World) -> MutualAid:
    return build_mutual_aid(world.shared, build_persons(world.shared))


def spend(
    world: World, tx: Session, mandate: str, giver: Relative, taker: Relative, **changes: Any
) -> str:
    """A purchase of 80 yuan at a pharmacy, or as `changes` say."""
    values: dict[str, Any] = {
        "mandate_id": mandate,
        "principal_id": giver.person_id(world),
        "agent_id": taker.person_id(world),
        "purpose": "02121",
        "amount": 8_000,
        "merchant_kind": "pharmacy",
        **changes,
    }
    return use(world).check_at_commit(tx, **values)


def row(world: World, agreement: str) -> FamilyAgreement:
    with world.database.separate() as tx:
        return tx.scalars(select(FamilyAgreement).where(FamilyAgreement.id == agreement)).one()
