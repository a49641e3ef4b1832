"""A provisional certificate does not stay so: it is confirmed, ended or recalled."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import jwt
import pytest
from sqlalchemy import select, text

from app.documents.models import CertificateChange
from app.documents.service.confirming import CONFIRMATION_POLICY
from app.exchange.models import Capability
from app.wiring.type_book import TypeBook
from certificates.status_list import TokenStatus
from tests.app.device import Device
from tests.app.documents.people import accesses, issued, members, pdf_of
from tests.app.documents.test_status_lists import move, status
from tests.app.notifications.partners import partner, receiving, told
from tests.app.provisional.department import (
    NAME,
    TYPE,
    SocialSecurity,
    exchanges,
    provisional,
    settled,
    turn_of,
)
from tests.app.world import World


def seen(device: Device, made: dict[str, Any]) -> dict[str, Any]:
    return members(device.get(f"/v1/certificates/{made['id']}"))


def checked(world: World, made: dict[str, Any]) -> dict[str, Any]:
    body = {"id": made["id"], "code": made["check_code"]}
    return members(world.client.post("/v1/certificate-checks", json=body))


def changes(world: World) -> list[tuple[str, str]]:
    row = CertificateChange
    query = select(row.state, row.reason).where(row.reason != "NEW_VERSION").order_by(row.id)
    with world.database.separate() as tx:
        return [(one.state, one.reason) for one in tx.execute(query)]


def notices(device: Device) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = members(device.get("/v1/me/notices"))["items"]
    return found


def back(world: World, number: str) -> Device:
    """The person on another day: the registry is up to date, the token before has expired."""
    world.registry.as_of = world.clock.now().isoformat()
    return world.sign_in(world.phone(), number=number, name=NAME)


def outcome(done: object) -> str:
    [(name, count)] = [(n, c) for n, c in vars_of(done).items() if c]
    assert count == 1
    return name


def vars_of(done: object) -> dict[str, int]:
    names = ("confirmed", "changed", "recalled", "over", "put_off")
    return {name: getattr(done, name) for name in names}


def test_the_same_record_ends_that_it_is_provisional(
    zhang: Device, world: World, department: SocialSecurity
) -> None:
    made = provisional(zhang, department)
    before = checked(world, made)
    assert before["verdict"]["freshness"]["code"] == "PROVISIONAL"
    assert before["certificate"]["provisional"] is True
    assert "confirmed_at" not in before["certificate"]
    department.status = 200

    assert outcome(settled(world)) == "confirmed"

    after = checked(world, made)
    assert (after["valid"], after["verdict"]["freshness"]["code"]) == (True, "CURRENT")
    assert after["certificate"]["provisional"] is False
    view = seen(zhang, made)
    assert (view["status"], view["provisional"]) == ("valid", False)
    assert view["confirmed_at"] == "2026-11-23T08:01:00Z"
    [listed] = [
        one for one in members(zhang.get("/v1/certificates"))["items"] if one["id"] == made["id"]
    ]
    assert listed["provisional"] is False
    assert status(world, made) is TokenStatus.VALID


def test_the_file_that_somebody_has_is_judged_by_what_became_of_it(
    zhang: Device, world: World, department: SocialSecurity
) -> None:
    made = provisional(zhang, department)
    pdf = pdf_of(zhang, made)

    def found() -> dict[str, Any]:
        sent = world.client.post("/v1/certificate-checks", data=pdf, content_type="application/pdf")
        return members(sent)

    assert found()["verdict"]["freshness"] == {"ok": True, "code": "PROVISIONAL"}
    department.status = 200
    settled(world)
    assert found()["verdict"]["freshness"] == {"ok": True, "code": "CURRENT"}
    assert found()["valid"] is True


def test_the_check_page_says_so_in_both_languages(
    zhang: Device, world: World, department: SocialSecurity
) -> None:
    made = provisional(zhang, department)
    at = f"/check?id={made['id']}&code={made['check_code']}"
    assert "made of slightly older data" in world.client.get(f"{at}&lang=en").text
    department.status = 200
    settled(world)
    page = world.client.get(f"{at}&lang=en").text
    assert "made of slightly older data" not in page
    assert "the file still says “provisional”, which no longer applies" in page
    assert "文件上的“暂定”字样不再适用" in world.client.get(f"{at}&lang=zh-CN").text


def test_holder_and_followers_are_told_that_it_was_confirmed(
    zhang: Device, world: World, department: SocialSecurity
) -> None:
    with receiving() as receiver:
        made, bank = provisional(zhang, department), partner(world)
        bank.post("/v1/partners/webhooks", {"url": receiver.url})
        follow = {"id": made["id"], "code": made["check_code"]}
        bank.post("/v1/certificate-checks/subscriptions", follow)
        department.status = 200
        settled(world)
        told(world)
        told(world)
        event = json.loads(receiver.calls[-1].body)
    assert event["type"] == "certificate.confirmed"
    assert (event["data"]["status"], event["data"]["reason"]) == ("valid", "CONFIRMED")
    [notice] = notices(zhang)
    assert (notice["kind"], notice["about"]) == ("certificate.confirmed", made["id"])
    assert "不再是暂定" in notice["zh"]
    assert "is no longer provisional" in notice["en"]
    assert changes(world) == [("valid", "CONFIRMED")]


def test_each_try_asks_live_under_leave_of_its_own_and_the_person_sees_it(
    zhang: Device, world: World, department: SocialSecurity
) -> None:
    made = provisional(zhang, department)
    settled(world)
    department.status = 200
    settled(world, minutes=1)
    failed, live = exchanges(world, made)
    assert (failed.outcome, live.outcome) == ("failed", "live")
    assert failed.kept_from is None
    assert failed.capability_id != live.capability_id
    with world.database.separate() as tx:
        leave = tx.get_one(Capability, live.capability_id)
    assert leave.purpose == f"certificate:{TYPE}:confirmation"
    assert leave.case_id == made["id"]
    assert [question["case"] for question in department.asked] == [made["id"]] * 2
    looks = [e for e in accesses(zhang) if e["purpose"].endswith(":confirmation")]
    assert [e["outcome"] for e in looks] == ["live", "failed"]
    assert looks[0]["purpose_words"]["en"] == "to confirm “Certificate of Social Insurance”"
    assert looks[0]["purpose_words"]["zh"] == "确认暂定的《社会保险参保证明》"
    assert looks[0]["legal_basis"]["en"] == "Social Insurance Law of the PRC"
    assert "certificate.confirmed" in {e["action"] for e in accesses(zhang)}


def test_only_the_department_that_was_down_is_asked(
    zhang: Device, world: World, department: SocialSecurity
) -> None:
    made = provisional(zhang, department)
    before = len(world.registry.asked)
    department.status = 200
    settled(world)
    assert len(world.registry.asked) == before
    assert [one.source for one in exchanges(world, made)] == [TYPE]


@pytest.mark.parametrize("ends", ["revoked", "superseded"])
def test_another_record_ends_it_by_the_rule_of_its_type(
    zhang: Device,
    world: World,
    department: SocialSecurity,
    monkeypatch: pytest.MonkeyPatch,
    ends: str,
) -> None:
    monkeypatch.setattr(TypeBook, "after_correction", lambda _self, _code: ends)
    made = provisional(zhang, department)
    department.status, department.version, department.months_paid = 200, "v2", 31

    assert outcome(settled(world)) == "changed"

    assert seen(zhang, made)["status"] == ends
    assert checked(world, made)["valid"] is False
    assert changes(world) == [(ends, "RECORD_CORRECTED")]
    told(world)
    [notice] = notices(zhang)
    assert "the department corrected the record" in notice["en"]


def test_a_record_that_is_gone_ends_it(
    zhang: Device, world: World, department: SocialSecurity
) -> None:
    made = provisional(zhang, department)
    department.status, department.knows, department.version = 200, False, "v0"
    assert outcome(settled(world)) == "changed"
    assert seen(zhang, made)["status"] == "revoked"
    assert turn_of(world, made).state == "changed"


def test_while_the_department_is_down_it_is_tried_after_growing_pauses(
    zhang: Device, world: World, department: SocialSecurity
) -> None:
    made = provisional(zhang, department)
    assert vars_of(settled(world, minutes=0.9)) == dict.fromkeys(
        vars_of(settled(world, minutes=0)), 0
    )
    pauses = []
    for _ in range(4):
        due = turn_of(world, made).due_at
        wait = (due - world.clock.now()).total_seconds() / 60
        assert outcome(settled(world, minutes=wait)) == "put_off"
        again = turn_of(world, made)
        assert (again.state, again.failure) == ("waiting", "SOURCE_UNAVAILABLE")
        pauses.append((again.due_at - world.clock.now()).total_seconds())
    assert pauses == [60, 120, 240, 480]
    assert len(exchanges(world, made)) == 4
    assert checked(world, made)["verdict"]["freshness"]["code"] == "PROVISIONAL"


def test_pauses_have_an_end() -> None:
    policy = CONFIRMATION_POLICY
    assert policy.pause(10_000) == policy.longest_pause


def test_what_nobody_confirms_in_time_is_recalled_and_the_holder_told(
    zhang: Device, number: str, world: World, department: SocialSecurity
) -> None:
    with receiving() as receiver:
        made, bank = provisional(zhang, department), partner(world)
        bank.post("/v1/partners/webhooks", {"url": receiver.url})
        follow = {"id": made["id"], "code": made["check_code"]}
        bank.post("/v1/certificate-checks/subscriptions", follow)
        assert outcome(settled(world, minutes=24 * 60 - 0.5)) == "put_off"
        left = turn_of(world, made).due_at - world.clock.now()
        assert left == timedelta(seconds=30)  # not a whole pause: its time is over then

        assert outcome(settled(world, minutes=0.5)) == "recalled"

        told(world)
        told(world)
        event = json.loads(receiver.calls[-1].body)
    assert event["type"] == "certificate.revoked"
    assert event["data"]["reason"] == "NOT_CONFIRMED"
    zhang = back(world, number)
    assert seen(zhang, made)["status"] == "revoked"
    assert status(world, made) is TokenStatus.INVALID
    assert changes(world) == [("revoked", "NOT_CONFIRMED")]
    [notice] = notices(zhang)
    assert "did not confirm in time" in notice["en"]
    assert "部门未能在期限内确认" in notice["zh"]
    assert len(exchanges(world, made)) == 2  # the last try was made after the end, too


def test_a_department_that_answers_at_the_last_try_still_confirms(
    zhang: Device, number: str, world: World, department: SocialSecurity
) -> None:
    made = provisional(zhang, department)
    department.status = 200
    assert outcome(settled(world, minutes=3 * 24 * 60)) == "confirmed"
    assert seen(back(world, number), made)["status"] == "valid"


def test_an_answer_older_than_the_one_in_doubt_settles_nothing(
    zhang: Device, world: World, department: SocialSecurity
) -> None:
    made = provisional(zhang, department)
    department.status, department.hours_old, department.version = 200, 1, "v2"
    assert outcome(settled(world)) == "put_off"
    assert turn_of(world, made).failure == "ANSWER_TOO_OLD"


def test_an_answer_that_would_be_provisional_itself_confirms_nothing(
    zhang: Device,
    number: str,
    world: World,
    department: SocialSecurity,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hours = {TYPE: timedelta(hours=5)}
    monkeypatch.setattr(TypeBook, "provisional_terms", lambda _self, _code: hours)
    issued(zhang, TYPE)
    world.clock.advance(minutes=4 * 60)
    department.status = 503
    made = issued(back(world, number), TYPE)
    department.status, department.hours_old = 200, 5.5
    assert outcome(settled(world, minutes=2 * 60)) == "put_off"
    assert turn_of(world, made).failure == "ANSWER_TOO_OLD"
    department.hours_old = 4.5
    assert outcome(settled(world)) == "confirmed"


def test_a_suspended_one_is_confirmed_and_stays_suspended(
    zhang: Device, world: World, department: SocialSecurity
) -> None:
    made = provisional(zhang, department)
    move(world, made, "suspended", "UNDER_REVIEW")
    department.status = 200
    assert outcome(settled(world)) == "confirmed"
    view = seen(zhang, made)
    assert (view["status"], view["provisional"]) == ("suspended", False)


def test_one_that_has_ended_is_left_alone_and_nobody_asked(
    zhang: Device, world: World, department: SocialSecurity
) -> None:
    made = provisional(zhang, department)
    move(world, made, "revoked", "FRAUD")
    department.status = 200
    assert outcome(settled(world)) == "over"
    assert department.asked == []
    assert changes(world) == [("revoked", "FRAUD")]


def test_a_new_version_asked_for_meanwhile_needs_no_confirmation(
    zhang: Device, world: World, department: SocialSecurity
) -> None:
    first = provisional(zhang, department)
    department.status = 200
    second = issued(zhang, TYPE)
    assert second["provisional"] is False
    assert outcome(settled(world)) == "over"
    assert turn_of(world, first).state == "over"
    with world.database.separate() as tx:
        open_ones = "SELECT count(*) FROM certificate_confirmations WHERE id = :id"
        assert tx.execute(text(open_ones), {"id": second["id"]}).scalar_one() == 0


def test_a_type_that_is_gone_is_waited_for_a_day_then_recalled(
    zhang: Device,
    number: str,
    world: World,
    department: SocialSecurity,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = provisional(zhang, department)
    department.status = 200
    monkeypatch.setattr(TypeBook, "provisional_terms", lambda _self, _code: {})
    assert outcome(settled(world)) == "put_off"
    assert turn_of(world, made).failure == "SOURCE_UNKNOWN"
    assert outcome(settled(world, minutes=24 * 60)) == "recalled"
    assert seen(back(world, number), made)["status"] == "revoked"


def test_a_round_ends_after_as_many_as_it_may(world: World, department: SocialSecurity) -> None:
    people = [world.citizen(NAME) for _ in range(3)]
    for one in people:
        issued(one, TYPE)
    department.status = 503
    for one in people:
        issued(one, TYPE)
    department.status = 200
    assert settled(world, most=2).confirmed == 2
    assert settled(world, most=2).confirmed == 1
    assert settled(world, most=2).confirmed == 0


def test_a_credential_says_how_its_certificate_stands_when_it_is_made(
    zhang: Device, world: World, department: SocialSecurity
) -> None:
    made = provisional(zhang, department)

    def says() -> bool:
        answer = zhang.post(f"/v1/certificates/{made['id']}/credential", {})
        signed = members(answer)["credential"].split("~")[0]
        claims: dict[str, bool] = jwt.decode(signed, options={"verify_signature": False})
        return claims["provisional"]

    assert says() is True
    department.status = 200
    settled(world)
    assert says() is False


def test_an_ordinary_certificate_is_never_asked_about(
    zhang: Device, world: World, department: SocialSecurity
) -> None:
    issued(zhang, TYPE)
    department.asked.clear()
    assert not any(vars_of(settled(world)).values())
    assert department.asked == []


def test_nothing_personal_is_kept_of_the_task(
    zhang: Device, number: str, world: World, department: SocialSecurity
) -> None:
    provisional(zhang, department)
    settled(world)
    with world.database.separate() as tx:
        rows = tx.execute(
            text(
                "SELECT to_jsonb(c)::text FROM certificate_confirmations c"
                " UNION ALL SELECT payload::text FROM outbox_messages"
            )
        ).scalars()
        kept = " ".join(rows)
    assert NAME not in kept
    assert number not in kept
