"""An operator puts hospitals on the list; a suspended one keeps what is booked."""

from __future__ import annotations

from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.app.device import Device
from tests.app.operators import operator_console
from tests.app.world import World

HOSPITALS, MERCHANTS = "/v1/operator/hospitals", "/v1/operator/merchants"
BODY = {"name": "市第一人民医院", "region": "990100"}


@pytest.fixture
def console(world: World) -> Device:
    return operator_console(world)


def done(answer: TestResponse, status: int = 201) -> Any:
    assert answer.status_code == status, answer.text
    return answer.json


def refused(answer: TestResponse) -> tuple[int, str]:
    return answer.status_code, answer.json["code"]


def test_a_hospital_comes_with_a_merchant_of_its_kind(console: Device) -> None:
    hospital = done(console.post(HOSPITALS, BODY))
    merchant = done(console.get(f"{MERCHANTS}/{hospital['merchant_id']}"), 200)
    assert (merchant["kind"], merchant["name"]) == ("hospital", BODY["name"])
    assert (hospital["initials"], hospital["status"]) == ("sdyrmyy", "ACTIVE")
    assert done(console.get(f"{HOSPITALS}/{hospital['id']}"), 200) == hospital


def test_a_merchant_that_is_there_becomes_a_hospital_once(console: Device) -> None:
    merchant = done(console.post(MERCHANTS, {**BODY, "kind": "hospital"}))["id"]
    body = {**BODY, "merchant_id": merchant}
    assert done(console.post(HOSPITALS, body))["merchant_id"] == merchant
    assert refused(console.post(HOSPITALS, body)) == (409, "HOSPITAL_EXISTS")


def test_a_pharmacy_does_not_become_a_hospital(console: Device) -> None:
    merchant = done(console.post(MERCHANTS, {**BODY, "kind": "pharmacy"}))["id"]
    answer = console.post(HOSPITALS, {**BODY, "merchant_id": merchant})
    assert refused(answer) == (422, "HOSPITAL_MERCHANT_REFUSED")


def test_what_is_done_to_a_hospital_is_recorded(console: Device) -> None:
    hospital = done(console.post(HOSPITALS, BODY))
    stopped = done(console.post(f"{HOSPITALS}/{hospital['id']}/suspension"), 200)
    again = done(console.post(f"{HOSPITALS}/{hospital['id']}/suspension"), 200)
    resumed = done(console.post(f"{HOSPITALS}/{hospital['id']}/resumption"), 200)
    assert [one["status"] for one in (stopped, again, resumed)] == [
        "SUSPENDED",
        "SUSPENDED",
        "ACTIVE",
    ]
    changes = done(console.get(f"{MERCHANTS}/{hospital['merchant_id']}/changes"), 200)["items"]
    told = {(one["action"], tuple(one["detail"])) for one in changes}
    assert told >= {
        (f"hospital.{what}", (hospital["id"],)) for what in ("added", "suspended", "resumed")
    }
    assert len(changes) == 4


def test_hospitals_are_paged(console: Device) -> None:
    names = [f"医院{n}" for n in range(3)]
    for name in names:
        done(console.post(HOSPITALS, {**BODY, "name": name}))
    first = done(console.get(f"{HOSPITALS}?limit=2"), 200)
    rest = done(console.get(f"{HOSPITALS}?limit=2&cursor={first['next']}"), 200)
    listed = [one["name"] for one in first["items"] + rest["items"]]
    assert sorted(listed) == names
    assert "next" not in rest


@pytest.mark.parametrize("path", ["", "/suspension"])
def test_an_unknown_hospital_is_refused(console: Device, path: str) -> None:
    send = console.post if path else console.get
    assert refused(send(f"{HOSPITALS}/hos_unknown{path}")) == (404, "HOSPITAL_UNKNOWN")


def test_a_reader_adds_nothing(world: World) -> None:
    reader = operator_console(world, "partners.read")
    assert refused(reader.post(HOSPITALS, BODY))[0] == 403
