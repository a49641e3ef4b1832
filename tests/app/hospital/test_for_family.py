"""Somebody books for a child or an elder, as long as the mandate stands."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.app.family.steps import MANDATES, Relative, accepted, done, log_of, refused, relative
from tests.app.hospital.planting import Clinic
from tests.app.hospital.steps import ask, booked, cancel, fees, held, patient, pay, read, work_off
from tests.app.settlement.steps import sound
from tests.app.world import World


def mandated(world: World, elder: Relative, agent: Relative, **changes: Any) -> str:
    terms = {"purposes": ["01101"], "merchant_kinds": ["hospital"], **changes}
    return accepted(world, elder, agent, **terms)


def test_an_agent_holds_pays_and_cancels_for_somebody(
    world: World, clinic: Clinic, tmp_path: Path
) -> None:
    """From the patient's card; both people's logs say so."""
    elder, agent = patient(world, tmp_path, "张奶奶"), relative(world, "张伟")
    mandate = mandated(world, elder, agent)
    made = held(agent, clinic.session(), mandate_id=mandate)
    assert made["mandate_id"] == mandate
    paid = done(pay(agent, made["id"]))
    assert paid["appointment"]["status"] == "BOOKED"
    assert read(elder, made["id"])["status"] == "BOOKED"
    assert done(elder.phone.get(f"/v1/card/purchases/{paid['settlement_id']}"))
    assert [one["id"] for one in done(agent.phone.get("/v1/appointments"))["items"]] == [made["id"]]
    done(cancel(agent, made["id"]))
    work_off(world)
    assert fees(world) == ["RETURNED"]
    events = [(one["kind"], one["actor"]) for one in read(elder, made["id"])["events"]]
    assert events == [
        ("pending_payment", "agent"),
        ("extended", "agent"),
        ("booked", "system"),
        ("cancelled_patient", "agent"),
    ]
    (act,) = log_of(elder, "appointment.made")
    assert act["actor"] == "张*"
    assert len(log_of(elder, "family.used")) == len(log_of(agent, "family.used")) > 2
    sound(world)


def test_the_patients_quotas_count_not_the_agents(world: World, clinic: Clinic) -> None:
    elder, agent = relative(world, "张奶奶"), relative(world, "张伟")
    session, mandate = clinic.session(fee=0), mandated(world, elder, agent)
    booked(agent, session, mandate_id=mandate)
    booked(agent, session)
    answer = ask(elder, session)
    assert refused(answer) == (409, "APPOINTMENT_SAME_DEPARTMENT_DAY")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"purposes": ["02121"]}, "MANDATE_PURPOSE"),
        ({"merchant_kinds": ["pharmacy"]}, "MANDATE_MERCHANT"),
    ],
)
def test_a_mandate_for_something_else_is_refused(
    world: World, clinic: Clinic, changes: dict[str, list[str]], code: str
) -> None:
    elder, agent = relative(world, "张奶奶"), relative(world, "张伟")
    mandate = mandated(world, elder, agent, **changes)
    assert refused(ask(agent, clinic.session(), mandate_id=mandate))[1] == code


def test_a_mandate_is_its_agents_alone(world: World, clinic: Clinic) -> None:
    elder, agent, other = (relative(world, name) for name in ("张奶奶", "张伟", "李四"))
    mandate = mandated(world, elder, agent)
    assert refused(ask(other, clinic.session(), mandate_id=mandate))[1] == "MANDATE_NOT_YOURS"


def test_a_revoked_mandate_ends_what_the_agent_may_do_and_see(world: World, clinic: Clinic) -> None:
    elder, agent = relative(world, "张奶奶"), relative(world, "张伟")
    mandate = mandated(world, elder, agent)
    made = held(agent, clinic.session(), mandate_id=mandate)
    done(elder.phone.post(f"{MANDATES}/{mandate}/revocation"))
    assert refused(ask(agent, clinic.session(hour=14), mandate_id=mandate))[1] == "MANDATE_REVOKED"
    assert refused(cancel(agent, made["id"]))[1] == "MANDATE_REVOKED"
    assert refused(pay(agent, made["id"]))[1] == "MANDATE_REVOKED"
    answer = agent.phone.get(f"/v1/appointments/{made['id']}")
    assert refused(answer) == (404, "APPOINTMENT_UNKNOWN")
    assert done(agent.phone.get("/v1/appointments"))["items"] == []
    assert done(cancel(elder, made["id"]))["status"] == "CANCELLED_PATIENT"


def test_a_fee_above_the_mandates_limit_is_not_paid_by_it(
    world: World, clinic: Clinic, tmp_path: Path
) -> None:
    elder, agent = patient(world, tmp_path, "张奶奶"), relative(world, "张伟")
    mandate = mandated(world, elder, agent, purchase_limit=4_000)
    made = held(agent, clinic.session(), mandate_id=mandate)
    assert refused(pay(agent, made["id"]))[1] == "MANDATE_AMOUNT"
    assert done(pay(elder, made["id"]))["status"] == "PAID"
    assert fees(world) == ["DROPPED", "PAID"]
