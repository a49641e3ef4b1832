"""The people of these tests, as the registry knows them."""

from __future__ import annotations

from typing import Any

from werkzeug.test import TestResponse

from tests.app.device import Device

ZHANG = {
    "citizen_number": "990101198503171010",
    "name": "张明远",
    "sex": "男",
    "birth_date": "1985-03-17",
    "ethnicity": "汉族",
    "status": "alive",
    "photo": None,
    "household": {
        "address": "虚拟省晴川市和平路 12 号 3 幢 502 室",
        "head_name": "张明远",
        "relation": "户主",
        "registered_on": "2012-05-18",
        "type": "家庭户",
    },
}
LI = ZHANG | {"citizen_number": "990101195811021037", "name": "李建国"}
HOUSEHOLD = "household_registration"


def signed_in(world: Any, person: dict[str, Any], **changes: Any) -> Device:
    """A phone of this person, whom the registry knows."""
    world.registry.persons[person["citizen_number"]] = dict(person)
    device: Device = world.citizen(
        name=person["name"], number=person["citizen_number"], **changes
    )
    return device


def issued(device: Device, type_code: str = HOUSEHOLD) -> dict[str, Any]:
    """A certificate, just issued."""
    response = device.post("/v1/certificates", json={"type": type_code})
    assert response.status_code == 201, response.get_data(as_text=True)
    return members(response)


def pdf_of(device: Device, certificate: dict[str, Any]) -> bytes:
    """Its file."""
    response = device.get(f"/v1/certificates/{certificate['id']}/pdf")
    assert response.status_code == 200
    return response.data


def members(response: TestResponse) -> dict[str, Any]:
    """The members of a JSON response."""
    found: dict[str, Any] = response.get_json(force=True)
    return found


def accesses(device: Device) -> list[dict[str, Any]]:
    """What the person sees of who looked."""
    seen: list[dict[str, Any]] = members(device.get("/v1/me/accesses?limit=100"))["items"]
    return seen
