"""POST /v1/verifications."""

from __future__ import annotations

from typing import Any

import pytest

from app.core.errors import BUSY
from tests.app.identity.desk import NAME, NUMBER, PATH, Desk, asked, begin
from tests.app.identity.fakes import FakeFaces
from tests.app.registry import PHOTO
from tests.app.world import citizen_number

CHILD = citizen_number(born="20130101")
STRANGER = citizen_number(serial=2)


def test_a_session_begins_with_its_first_step_only(desk: Desk) -> None:
    answer = desk.phone().post(PATH, asked())

    assert answer.status_code == 201
    told = answer.get_json()
    assert set(told) == {"id", "status", "variant", "steps", "expires_at", "step"}
    assert (told["status"], told["variant"], told["steps"]) == ("CREATED", "no_light", 2)
    assert told["expires_at"] == "2026-11-23T08:03:00Z"
    assert answer.headers["Location"] == f"{PATH}/{told['id']}"
    assert told["step"] == {
        "n": 0,
        "kind": "baseline",
        "parameters": {},
        "nonce": told["step"]["nonce"],
        "window_ms": 6000,
        "min_frames": 1,
        "max_frames": 10,
        "hold_ms": 800,
    }


def test_the_same_idempotency_key_begins_one_session(desk: Desk, faces: FakeFaces) -> None:
    phone = desk.phone()

    first = phone.post(PATH, asked(), idempotency_key="one-key-only")
    again = phone.post(PATH, asked(), idempotency_key="one-key-only")

    assert first.get_data() == again.get_data()
    assert desk.rows("SELECT count(*) FROM verification_sessions") == [(1,)]
    assert len(faces.enrolled) == 1


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"citizen_number": NUMBER[:-1] + ("0" if NUMBER[-1] != "0" else "1")}, "/citizen_number"),
        ({"citizen_number": citizen_number(born="19900230")}, "/citizen_number"),
        ({"citizen_number": NUMBER[:-1]}, "/citizen_number"),
        ({"citizen_number": NUMBER + "0"}, "/citizen_number"),
        ({"citizen_number": int("1" * 18)}, "/citizen_number"),
        ({"citizen_number": "１" * 18}, "/citizen_number"),
        ({"citizen_number": NUMBER + "\n"}, "/citizen_number"),
        ({"name": "  "}, "/name"),
        ({"name": "长" * 61}, "/name"),
        ({"name": "张\u0000伟"}, "/name"),
        ({"purpose": "curiosity"}, "/purpose"),
        ({"consent": {"text_version": "2026-11", "accepted": False}}, "/consent/accepted"),
        ({"consent": {"text_version": "2026-11", "accepted": 1}}, "/consent/accepted"),
        ({"consent": {"text_version": "1999-01", "accepted": True}}, "/consent/text_version"),
        ({"surprise": 1}, "/surprise"),
        (
            {"capabilities": {"camera": {"width": 1, "height": 1, "fps": 1}, "variants": ["?"]}},
            "/capabilities/variants",
        ),
    ],
)
def test_a_wrong_field_is_named_and_nothing_happens(
    desk: Desk, change: dict[str, Any], pointer: str
) -> None:
    answer = desk.phone().post(PATH, asked(**change))

    assert answer.status_code == 422
    assert answer.get_json()["pointer"] == pointer
    assert desk.registry.asked == []
    assert desk.rows("SELECT count(*) FROM consents") == [(0,)]


def test_broken_json_is_400_and_another_media_type_415(desk: Desk) -> None:
    phone = desk.phone()

    broken = phone.post(PATH, data=b'{"name"', content_type="application/json")
    foreign = phone.post(PATH, data=b"<name/>", content_type="application/xml")

    assert (broken.status_code, broken.get_json()["code"]) == (400, "BAD_JSON")
    assert foreign.status_code == 415


def test_the_registry_is_asked_for_the_normalised_name_and_number(desk: Desk) -> None:
    number = next(n for n in (citizen_number(serial=s) for s in range(50)) if n.endswith("X"))
    desk.register(number, "José")

    begin(desk.phone(), citizen_number=number.lower(), name=" Jose\u0301 ")

    [question] = desk.registry.asked
    assert (question["citizen_number"], question["name"]) == (number, "José")


@pytest.mark.parametrize(
    ("number", "name", "registered"),
    [
        (STRANGER, NAME, None),
        (NUMBER, "李雷", None),
        (STRANGER, NAME, {"status": "deceased"}),
        (CHILD, NAME, {}),
        (STRANGER, NAME, {"photo": None}),
    ],
    ids=["unknown number", "wrong name", "deceased", "minor", "no photograph"],
)
def test_who_cannot_pass_is_told_the_same_for_the_same_work(
    desk: Desk, faces: FakeFaces, number: str, name: str, registered: dict[str, Any] | None
) -> None:
    if registered is not None:
        desk.register(number, name, **registered)

    answer = desk.phone().post(PATH, asked(citizen_number=number, name=name))

    ordinary = desk.phone().post(PATH, asked())
    assert answer.status_code == ordinary.status_code == 201
    assert set(answer.get_json()) == set(ordinary.get_json())
    assert faces.enrolled == [None, PHOTO]
    assert len(desk.registry.asked) == 2
    kept = desk.rows("SELECT template IS NULL FROM verification_sessions ORDER BY created_at, id")
    assert sorted(kept) == [(False,), (True,)]


def test_a_photograph_without_a_usable_face_does_not_show(desk: Desk, faces: FakeFaces) -> None:
    faces.enrols = False

    assert desk.phone().post(PATH, asked()).status_code == 201


def test_the_consent_is_recorded_with_its_text_and_purpose(desk: Desk) -> None:
    begin(desk.phone())

    assert desk.rows("SELECT purpose, text_version FROM consents") == [("login", "2026-11")]


def test_nothing_personal_is_stored_in_clear(desk: Desk) -> None:
    begin(desk.phone())

    stored = desk.everything()
    assert "vrf_" in stored
    for personal in (NUMBER, NAME, NUMBER.encode().hex(), "template of", "reference photograph"):
        assert personal not in stored
        assert repr(personal.encode())[2:-1] not in stored


def test_a_device_begins_three_sessions_in_ten_minutes(desk: Desk) -> None:
    phone = desk.phone()
    for serial in range(3):
        begin(phone, citizen_number=citizen_number(serial=serial))

    refused = phone.post(PATH, asked(citizen_number=citizen_number(serial=3)))

    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0


@pytest.mark.parametrize("number", [NUMBER, STRANGER], ids=["registered", "unknown"])
def test_a_number_is_tried_three_times_in_ten_minutes_by_all_devices(
    desk: Desk, number: str
) -> None:
    for _ in range(3):
        begin(desk.phone(), citizen_number=number)

    refused = desk.phone().post(PATH, asked(citizen_number=number))

    assert (refused.status_code, refused.get_json()["code"]) == (429, "TOO_MANY_REQUESTS")


def test_an_outage_of_ours_costs_no_attempt(desk: Desk, faces: FakeFaces) -> None:
    phone = desk.phone()
    desk.registry.status = 503
    outages = [phone.post(PATH, asked()) for _ in range(3)]
    desk.registry.status = 200

    def busy() -> None:
        raise BUSY(retry_after=1)

    faces.before_enrol = busy
    full = phone.post(PATH, asked())
    faces.before_enrol = lambda: None

    assert all(answer.status_code in {502, 503} for answer in outages)
    assert (full.status_code, full.headers["Retry-After"]) == (503, "1")
    assert desk.rows("SELECT count(*) FROM consents") == [(0,)]
    begin(phone)
