from __future__ import annotations

import base64

import pytest

from app.exchange.population import PopulationLookup
from app.exchange.service import ExchangeService
from tests.app.exchange.department import NAME, NUMBER, Department

JPEG = b"\xff\xd8\xff\xe0 a picture"


def test_identity_learns_face_and_life_and_nothing_more(
    exchange: ExchangeService, department: Department
) -> None:
    photo = base64.b64encode(JPEG).decode()
    department.will_answer(department.envelope(record={"photo": photo, "status": "alive"}))
    person = PopulationLookup(exchange).find(citizen_number=NUMBER, name=NAME, case_id="vrf_1")
    assert department.received[0].body["fields"] == ["photo", "status"]
    assert department.received[0].body["purpose"] == "identity_verification"
    assert person is not None
    assert (person.photo, person.alive) == (JPEG, True)


@pytest.mark.parametrize(
    ("record", "alive"),
    [
        ({"photo": None, "status": "alive"}, True),
        ({"photo": None, "status": "deceased"}, False),
        ({"photo": None, "status": None}, False),
        ({"photo": "AAAAA", "status": "alive"}, True),
    ],
)
def test_a_missing_or_broken_photograph_is_none(
    exchange: ExchangeService, department: Department, record: dict[str, object], *, alive: bool
) -> None:
    department.will_answer(department.envelope(record=record))
    person = PopulationLookup(exchange).find(citizen_number=NUMBER, name=NAME, case_id="vrf_1")
    assert person is not None
    assert (person.photo, person.alive) == (None, alive)


def test_a_person_the_registry_does_not_know_is_none(
    exchange: ExchangeService, department: Department
) -> None:
    department.will_answer(department.envelope(found=False, record=None, record_version=None))
    assert PopulationLookup(exchange).find(citizen_number=NUMBER, name=NAME, case_id="v") is None
