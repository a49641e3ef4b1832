"""Mandates: offered by one face, accepted by another, ended by either at once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from limits import parse
from sqlalchemy import select

from app.core.http.services import service
from app.family.models import FamilyAgreement
from app.family.service.offering import FamilyOffering
from app.wiring.family import build_family_sweep
from tests.app.family.steps import (
    AID,
    MANDATES,
    Relative,
    accepted,
    done,
    in_days,
    later,
    log_of,
    mandate_body,
    notices,
    offered,
    refused,
    relative,
    row,
)
from tests.app.world import World


def test_a_mandate_counts_once_both_agreed(world: World, elder: Relative, agent: Relative) -> None:
    body = mandate_body(world, agent, purposes=["02121", "01302", "02121"])
    made = done(elder.phone.post(MANDATES, body), 201)
    assert (made["status"], made["role"], made["counterpart"]) == ("OFFERED", "principal", "苏轼")
    assert made["purposes"] == ["01302", "02121"]
    (seen,) = done(agent.phone.get(MANDATES))["items"]
    assert (seen["status"], seen["role"], seen["counterpart"]) == ("OFFERED", "agent", "欧*")

    moved = done(agent.phone.post(f"{MANDATES}/{made['id']}/acceptance"))
    assert (moved["status"], moved["basis"], moved["spent"]) == ("ACTIVE", "consent", 0)
    assert done(elder.phone.get(f"{MANDATES}/{made['id']}"))["status"] == "ACTIVE"


def test_an_offer_can_be_declined_and_made_anew(
    world: World, elder: Relative, agent: Relative
) -> None:
    first = offered(world, elder, agent)
    for _ in range(2):  # once more changes nothing
        assert done(agent.phone.post(f"{MANDATES}/{first}/refusal"))["status"] == "DECLINED"
    assert refused(agent.phone.post(f"{MANDATES}/{first}/acceptance")) == (409, "FAMILY_ENDED")
    accepted(world, elder, agent)


@pytest.mark.parametrize("who", ["elder", "agent"])
def test_either_ends_it_at_once(world: World, elder: Relative, agent: Relative, who: str) -> None:
    mandate = accepted(world, elder, agent)
    phone = {"elder": elder, "agent": agent}[who].phone
    for _ in range(2):  # once more changes nothing
        assert done(phone.post(f"{MANDATES}/{mandate}/revocation"))["status"] == "REVOKED"
    assert refused(agent.phone.post(f"{MANDATES}/{mandate}/acceptance")) == (409, "FAMILY_ENDED")
    accepted(world, elder, agent)


def test_the_grantor_takes_an_offer_back(world: World, elder: Relative, agent: Relative) -> None:
    mandate = offered(world, elder, agent)
    assert done(elder.phone.post(f"{MANDATES}/{mandate}/revocation"))["status"] == "REVOKED"
    assert refused(agent.phone.post(f"{MANDATES}/{mandate}/acceptance")) == (409, "FAMILY_ENDED")


def test_two_people_have_one_open_mandate(world: World, elder: Relative, agent: Relative) -> None:
    offered(world, elder, agent)
    answer = elder.phone.post(MANDATES, mandate_body(world, agent))
    assert refused(answer) == (409, "FAMILY_EXISTS")
    assert elder.phone.post(AID, _aid(world, agent)).status_code == 201  # of another kind
    accepted(world, agent, elder)  # the other way round


def _aid(world: World, other: Relative) -> dict[str, Any]:
    return {
        "citizen_number": other.number,
        "name": other.name,
        "yearly_limit": 1,
        "expires_at": in_days(world, 1),
    }


def test_who_is_not_known_yet_finds_the_offer_later(world: World, elder: Relative) -> None:
    number = world.register("李清照")
    body = {**mandate_body(world, elder), "citizen_number": number, "name": "李清照"}
    mandate = done(elder.phone.post(MANDATES, body), 201)["id"]
    later = Relative(
        phone=world.sign_in(world.phone(), number=number, name="李清照"),
        number=number,
        name="李清照",
    )
    assert [one["id"] for one in done(later.phone.get(MANDATES))["items"]] == [mandate]
    assert done(later.phone.post(f"{MANDATES}/{mandate}/acceptance"))["status"] == "ACTIVE"


def test_an_offer_under_a_wrong_name_reaches_nobody(
    world: World, elder: Relative, agent: Relative
) -> None:
    mandate = offered(world, elder, agent, name="苏辙")
    assert done(agent.phone.get(MANDATES))["items"] == []
    assert refused(agent.phone.post(f"{MANDATES}/{mandate}/acceptance")) == (404, "FAMILY_UNKNOWN")
    assert refused(agent.phone.get(f"{MANDATES}/{mandate}")) == (404, "FAMILY_UNKNOWN")
    assert log_of(agent, "family.offered") == []
    assert notices(world, agent) == []
    done(elder.phone.post(f"{MANDATES}/{mandate}/revocation"))
    assert notices(world, agent) == []


def test_a_stranger_sees_and_ends_nothing(world: World, elder: Relative, agent: Relative) -> None:
    mandate, stranger = accepted(world, elder, agent), relative(world, "王安石")
    assert done(stranger.phone.get(MANDATES))["items"] == []
    for act in ("acceptance", "refusal", "revocation"):
        answer = stranger.phone.post(f"{MANDATES}/{mandate}/{act}")
        assert refused(answer) == (404, "FAMILY_UNKNOWN")


def test_the_grantor_cannot_accept_for_the_agent(
    world: World, elder: Relative, agent: Relative
) -> None:
    mandate = offered(world, elder, agent)
    for act in ("acceptance", "refusal"):
        answer = elder.phone.post(f"{MANDATES}/{mandate}/{act}")
        assert refused(answer) == (404, "FAMILY_UNKNOWN")


def test_a_mandate_is_no_mutual_aid(world: World, elder: Relative, agent: Relative) -> None:
    mandate = offered(world, elder, agent)
    assert refused(agent.phone.get(f"{AID}/{mandate}")) == (404, "FAMILY_UNKNOWN")
    assert refused(agent.phone.post(f"{AID}/{mandate}/acceptance")) == (404, "FAMILY_UNKNOWN")


def test_nobody_gives_themselves_a_mandate(world: World, elder: Relative) -> None:
    answer = elder.phone.post(MANDATES, mandate_body(world, elder))
    assert refused(answer) == (422, "FAMILY_WITH_ONESELF")


WRONG: list[tuple[dict[str, Any], str, str]] = [
    ({"purposes": []}, "INVALID_FIELD", "/purposes"),
    ({"purposes": ["99999"]}, "INVALID_FIELD", "/purposes/0"),
    ({"merchant_kinds": ["bakery"]}, "INVALID_FIELD", "/merchant_kinds/0"),
    ({"purchase_limit": 0}, "INVALID_FIELD", "/purchase_limit"),
    ({"purchase_limit": -1}, "INVALID_FIELD", "/purchase_limit"),
    ({"yearly_limit": 10_000_001}, "INVALID_FIELD", "/yearly_limit"),
    ({"yearly_limit": 1e4}, "INVALID_FIELD", "/yearly_limit"),
    ({"citizen_number": "1"}, "INVALID_FIELD", "/citizen_number"),
    ({"expires_at": "2026-12-24"}, "INVALID_FIELD", "/expires_at"),
    ({"purchase_limit": 50_001}, "FAMILY_TERMS_INVALID", "/purchase_limit"),
    ({"expires_at": "2027-11-24T08:00:01Z"}, "FAMILY_TERMS_INVALID", "/expires_at"),
    ({"expires_at": "2026-11-23T16:00:00+08:00"}, "FAMILY_TERMS_INVALID", "/expires_at"),
    ({"expires_at": "2020-01-01T00:00:00Z"}, "FAMILY_TERMS_INVALID", "/expires_at"),
]


def test_wrong_terms_are_refused_with_a_pointer(
    world: World, elder: Relative, agent: Relative
) -> None:
    for changes, code, pointer in WRONG:
        answer = elder.phone.post(MANDATES, mandate_body(world, agent, **changes))
        assert (*refused(answer), answer.json["pointer"]) == (422, code, pointer), changes
        assert agent.number not in answer.text
    longest = {"expires_at": "2027-11-24T08:00:00Z"}
    assert elder.phone.post(MANDATES, mandate_body(world, agent, **longest)).status_code == 201


def test_offering_and_accepting_need_a_fresh_face_and_revoking_does_not(
    world: World, elder: Relative, agent: Relative
) -> None:
    mandate = offered(world, elder, agent)
    world.clock.advance(minutes=6)
    stale = (401, "INSUFFICIENT_USER_AUTHENTICATION")
    assert refused(elder.phone.post(MANDATES, mandate_body(world, agent))) == stale
    assert refused(agent.phone.post(f"{MANDATES}/{mandate}/acceptance")) == stale
    assert done(elder.phone.post(f"{MANDATES}/{mandate}/revocation"))["status"] == "REVOKED"


def test_an_offer_lapses_after_a_week(world: World, elder: Relative, agent: Relative) -> None:
    mandate = offered(world, elder, agent)
    later(world, elder, agent, days=7)
    assert done(agent.phone.get(f"{MANDATES}/{mandate}"))["status"] == "EXPIRED"
    assert refused(agent.phone.post(f"{MANDATES}/{mandate}/acceptance")) == (409, "FAMILY_ENDED")
    offered(world, elder, agent)  # makes room for a new one by itself
    assert row(world, mandate).state == "EXPIRED"


def test_the_sweep_writes_down_what_time_has_ended(
    world: World, elder: Relative, agent: Relative
) -> None:
    short = accepted(world, elder, agent, expires_at=in_days(world, 1))
    long = accepted(world, agent, elder)
    world.clock.advance(days=1)
    assert build_family_sweep(world.shared).sweep() == 1
    assert build_family_sweep(world.shared).sweep() == 0
    assert (row(world, short).state, row(world, long).state) == ("EXPIRED", "ACTIVE")


def test_both_logs_tell_every_step_and_who_took_it(
    world: World, elder: Relative, agent: Relative
) -> None:
    mandate = accepted(world, elder, agent)
    done(agent.phone.post(f"{MANDATES}/{mandate}/revocation"))
    for action, by in (("offered", elder), ("accepted", agent), ("revoked", agent)):
        other = agent if by is elder else elder
        (own,) = log_of(by, f"family.{action}")
        (theirs,) = log_of(other, f"family.{action}")
        assert (own["actor_kind"], theirs["actor_kind"]) == ("self", "family")
        assert theirs["actor"] == by.name[0] + "*"
        assert theirs["purpose_words"]["zh"] == "亲情账户代办"
        assert theirs["legal_basis"]["en"].startswith("Civil Code")


def test_the_other_is_told_of_each_change(world: World, elder: Relative, agent: Relative) -> None:
    mandate = accepted(world, elder, agent)
    done(elder.phone.post(f"{MANDATES}/{mandate}/revocation"))
    assert sorted(notices(world, agent)) == ["family.offered", "family.revoked"]
    assert notices(world, elder) == ["family.active"]


def test_a_person_offers_only_so_many(world: World, elder: Relative) -> None:
    with world.app.app_context():
        rates = service(FamilyOffering)._limits._rates  # type: ignore[attr-defined]
    rates["family"] = parse("100 per hour")
    body = mandate_body(world, elder)
    answers = [
        elder.phone.post(MANDATES, {**body, "citizen_number": world.register()}) for _ in range(21)
    ]
    assert [answer.status_code for answer in answers[:20]] == [201] * 20
    assert refused(answers[20]) == (409, "FAMILY_TOO_MANY")
    rates["family"] = parse("1 per hour")
    answers = [elder.phone.post(MANDATES, body) for _ in range(2)]
    assert refused(answers[1]) == (429, "TOO_MANY_REQUESTS")


def test_pages_have_a_cursor(world: World, elder: Relative, agent: Relative) -> None:
    first = offered(world, elder, agent)
    world.clock.advance(seconds=1)
    second = offered(world, agent, elder)
    page = done(elder.phone.get(f"{MANDATES}?limit=1"))
    assert [one["id"] for one in page["items"]] == [second]
    page = done(elder.phone.get(f"{MANDATES}?limit=1&cursor={page['next']}"))
    assert [one["id"] for one in page["items"]] == [first]
    assert "next" not in page


def test_a_repeated_offer_is_made_once(world: World, elder: Relative, agent: Relative) -> None:
    body = mandate_body(world, agent)
    first = elder.phone.post(MANDATES, body, idempotency_key="one-mandate")
    second = elder.phone.post(MANDATES, body, idempotency_key="one-mandate")
    assert first.data == second.data
    assert len(done(elder.phone.get(MANDATES))["items"]) == 1


def test_number_and_name_of_the_named_are_kept_nowhere_in_clear(
    world: World, elder: Relative, agent: Relative
) -> None:
    offered(world, elder, agent)
    with world.database.separate() as tx:
        stored = tx.execute(select(*FamilyAgreement.__table__.columns)).one()
    assert agent.number not in str(stored)
    assert agent.name.encode() not in bytes(stored.other_name)
    assert timedelta(0) < stored.expires_at - stored.created_at
