"""A parent uses the card of a child without a phone, by the register of births."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import select

from app.card.models import Card
from app.identity.models.person import Person
from config import Settings
from tests.app.exchange.department import Department
from tests.app.family.steps import MANDATES, Relative, done, in_days, refused, row, spend
from tests.app.world import World, citizen_number
from tests.fakes import FakeClock

CHILD = {"citizen_number": citizen_number("20150201", 7), "name": "苏小妹"}
PATH = f"{MANDATES}/children"


@pytest.fixture
def health(clock: FakeClock) -> Iterator[Department]:
    """The health department's counter, over real HTTP."""
    department = Department(clock)
    thread = threading.Thread(target=department.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield department
    department.closing.set()
    department.shutdown()
    department.server_close()
    thread.join()


@pytest.fixture
def settings(settings: Settings, health: Department) -> Settings:
    reached = {"health_url": health.url, "health_token": SecretStr("a token")}
    return settings.model_copy(update=reached)


def birth(health: Department, **changes: Any) -> dict[str, Any]:
    """What the register says of the child."""
    record = {
        "child": {**CHILD, "sex": "女"},
        "mother": {"citizen_number": citizen_number("19880101", 900), "name": "程氏"},
        "father": {"citizen_number": citizen_number("19880101", 901), "name": "苏洵"},
        **changes,
    }
    return health.envelope(
        contract="birth-certificate/1.1.0", record=None, records=[record], record_version="b1"
    )


def nothing(health: Department) -> dict[str, Any]:
    return health.envelope(
        contract="birth-certificate/1.1.0",
        found=False,
        record=None,
        records=[],
        record_version="b0",
    )


def body(world: World, **changes: Any) -> dict[str, Any]:
    return {
        "child": CHILD,
        "purposes": ["02121"],
        "merchant_kinds": ["pharmacy"],
        "purchase_limit": 20_000,
        "yearly_limit": 50_000,
        "expires_at": in_days(world, 300),
        **changes,
    }


def parent(agent: Relative) -> dict[str, str]:
    return {"citizen_number": agent.number, "name": agent.name}


def test_a_parent_by_the_register_has_a_mandate_at_once(
    world: World, agent: Relative, health: Department
) -> None:
    health.will_answer(birth(health, mother=parent(agent)))
    made = done(agent.phone.post(PATH, body(world)), 201)
    assert (made["status"], made["basis"], made["role"]) == ("ACTIVE", "birth_record", "agent")
    asked = health.received[0].body
    assert (asked["purpose"], asked["citizen_number"]) == (
        "guardianship:mandate",
        CHILD["citizen_number"],
    )
    assert sorted(asked["fields"]) == ["child", "father", "mother"]

    shown = done(
        agent.phone.post("/v1/card/codes", {"purpose": "02121", "mandate_id": made["id"]}), 201
    )
    till = world.terminal()
    decoded = done(till.post("/v1/terminal/decode", {"code": shown["code"], "purpose": "02121"}))
    assert (decoded["holder"]["name"], decoded["shown_by"]) == ("苏**", "representative")
    child = Relative(phone=agent.phone, number=CHILD["citizen_number"], name=CHILD["name"])
    with world.database.transaction() as tx:
        spend(world, tx, made["id"], child, agent)
    assert row(world, made["id"]).spent == 8_000
    assert done(agent.phone.post(f"{MANDATES}/{made['id']}/revocation"))["status"] == "REVOKED"


def test_whoever_the_register_does_not_name_is_refused_and_nothing_is_made(
    world: World, agent: Relative, health: Department
) -> None:
    for answer in (birth(health), nothing(health)):
        health.will_answer(answer)
        assert refused(agent.phone.post(PATH, body(world))) == (403, "CHILD_NOT_YOURS")
    with world.database.separate() as tx:
        assert tx.scalars(select(Card)).all() == []
        assert len(tx.scalars(select(Person)).all()) == 1


def test_a_father_counts_as_well_and_one_mandate_is_open(
    world: World, agent: Relative, health: Department
) -> None:
    health.will_answer(birth(health, father=parent(agent)))
    done(agent.phone.post(PATH, body(world)), 201)
    assert refused(agent.phone.post(PATH, body(world))) == (409, "FAMILY_EXISTS")


def test_somebody_of_sixteen_grants_mandates_themselves(
    world: World, agent: Relative, health: Department
) -> None:
    health.will_answer(birth(health, mother=parent(agent)))
    old = {**CHILD, "citizen_number": citizen_number("20101123", 7)}  # sixteen today
    answer = agent.phone.post(PATH, body(world, child=old))
    assert (*refused(answer), answer.json["pointer"]) == (
        422,
        "CHILD_TOO_OLD",
        "/child/citizen_number",
    )
    soon = {**CHILD, "citizen_number": citizen_number("20101124", 7)}  # sixteen tomorrow
    answer = agent.phone.post(PATH, body(world, child=soon))
    assert (*refused(answer), answer.json["pointer"]) == (422, "CHILD_TOO_OLD", "/expires_at")
    impossible = {**CHILD, "citizen_number": citizen_number("20151301", 7)}
    answer = agent.phone.post(PATH, body(world, child=impossible))
    assert refused(answer) == (422, "CHILD_TOO_OLD")
    assert health.received == []


def test_a_register_that_fails_makes_no_mandate(
    world: World, agent: Relative, health: Department
) -> None:
    health.will_answer(b"not json")
    assert agent.phone.post(PATH, body(world)).status_code == 502
    with world.database.separate() as tx:
        assert tx.scalars(select(Card)).all() == []
