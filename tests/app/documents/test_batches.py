"""Several certificates with one request: each ends on its own, and the whole can be followed."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select, text

from app.core.database import Database
from app.documents.batch_models import BatchItem
from app.documents.models import Certificate
from app.documents.ports import RecordSource
from app.exchange.errors import SOURCE_FAILED, SOURCE_UNAVAILABLE, SourceName, naming
from app.wiring.documents import build_batch_items
from sandbox.departments.told import ZHANG, ZHOU, CityRecords
from tests.app.device import Device
from tests.app.documents.departments import CitySource
from tests.app.documents.people import accesses, members, pdf_of
from tests.app.registry import record
from tests.app.world import World
from tests.conftest import Servers
from tests.fakes import FakeClock

FOUR = ["household_registration", "marriage_status", "no_housing", "social_insurance"]
POPULATION = SourceName(zh="公安人口信息库", en="population registry of public security")
HOUSING = SourceName(zh="不动产登记库", en="register of real estate")


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> CityRecords:
    return CityRecords(tmp_path_factory.mktemp("city"))


@pytest.fixture
def sources(
    city: CityRecords, servers: Servers, clock: FakeClock
) -> Iterator[dict[str, RecordSource]]:
    database = Database(servers.database_url, pool_size=4)
    yield {
        name: CitySource(name=name, city=city, database=database, clock=clock)
        for name in city.sources
        if name != "veteran"
    }
    database.close()


@pytest.fixture(autouse=True)
def nobody_looks_unasked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Workers are woken: a batch must not wait for the look that finds what a dead one left."""
    monkeypatch.setattr("app.wiring.documents._LOOK_S", 600.0)


def department(sources: dict[str, RecordSource], name: str) -> CitySource:
    source = sources[name]
    assert isinstance(source, CitySource)
    return source


@pytest.fixture
def housing(sources: dict[str, RecordSource]) -> CitySource:
    return department(sources, "home_ownership")


@pytest.fixture
def population(sources: dict[str, RecordSource]) -> CitySource:
    return department(sources, "population")


def signed_in(world: World, who: tuple[str, str]) -> Device:
    number, name = who
    world.registry.persons[number] = record(number, name)
    return world.sign_in(world.phone(), number=number, name=name)


@pytest.fixture
def zhou(world: World) -> Device:
    return signed_in(world, ZHOU)


def placed(phone: Device, types: list[str], **headers: Any) -> dict[str, Any]:
    response = phone.post("/v1/certificates/batch", json={"types": types}, **headers)
    assert response.status_code == 202, response.text
    taken = members(response)
    assert response.headers["Location"] == f"/v1/certificates/batches/{taken['id']}"
    return taken


def ended(phone: Device, batch: dict[str, Any], **headers: Any) -> list[dict[str, Any]]:
    """The items once all have ended; the workers are threads of the application."""
    for _ in range(600):
        told = members(phone.get(f"/v1/certificates/batches/{batch['id']}", **headers))
        if told["ended"]:
            items: list[dict[str, Any]] = told["items"]
            return items
        time.sleep(0.05)
    pytest.fail("the batch does not end")


def test_each_is_issued_and_can_be_downloaded(zhou: Device, world: World) -> None:
    taken = placed(zhou, FOUR)
    assert (taken["ended"], {item["status"] for item in taken["items"]}) == (False, {"queued"})
    items = ended(zhou, taken)
    assert [item["type"] for item in items] == FOUR
    assert [item["status"] for item in items] == ["issued"] * 4
    for item in items:
        assert pdf_of(zhou, item["certificate"]).startswith(b"%PDF-")
        assert "check_code" not in item["certificate"]
    with world.database.separate() as tx:
        assert len(tx.scalars(select(Certificate)).all()) == 4


def test_a_refused_one_leaves_the_others_alone_and_says_why(world: World) -> None:
    zhang = signed_in(world, ZHANG)
    items = ended(zhang, placed(zhang, FOUR), headers={"Accept-Language": "en"})
    assert [item["status"] for item in items] == ["issued", "issued", "refused", "issued"]
    problem = items[2]["problem"]
    assert (problem["code"], problem["status"]) == ("CERTIFICATE_FACT_REFUSED", 409)
    assert (problem["source"], problem["reason"]) == ("home_ownership", "owns_home")
    assert problem["detail"].startswith("Register of real estate: you own a home")
    with world.database.separate() as tx:
        dump = str(tx.execute(text("SELECT json_agg(i)::text FROM certificate_batch_items i")))
    assert "owns_home" not in dump


def test_a_source_that_is_away_is_named_and_when_to_come_back(
    zhou: Device, housing: CitySource
) -> None:
    housing.refusal = naming(SOURCE_UNAVAILABLE, HOUSING)(retry_after=7)
    items = ended(zhou, placed(zhou, FOUR))
    assert [item["status"] for item in items] == ["issued", "issued", "refused", "issued"]
    problem = items[2]["problem"]
    assert (problem["code"], problem["retry_after"]) == ("SOURCE_UNAVAILABLE", 7)
    assert "不动产登记库" in problem["detail"]
    assert problem["sources"] == ["home_ownership"]


def test_all_sources_that_fail_are_named_in_one_refusal(
    zhou: Device, housing: CitySource, population: CitySource
) -> None:
    housing.refusal = naming(SOURCE_UNAVAILABLE, HOUSING)(retry_after=7)
    population.refusal = naming(SOURCE_FAILED, POPULATION)()
    refused = zhou.post("/v1/certificates", json={"type": "no_housing"})
    told = members(refused)
    assert told["sources"] == ["home_ownership", "population"]
    assert "不动产登记库" in told["detail"]
    assert "公安人口信息库" in told["detail"]
    assert told["retry_after"] == 7


def test_silence_of_a_source_that_was_not_asked_just_now_certifies_nothing(
    zhou: Device, housing: CitySource
) -> None:
    housing.live = False
    refused = zhou.post("/v1/certificates", json={"type": "no_housing"})
    told = members(refused)
    assert (refused.status_code, told["code"]) == (503, "CERTIFICATE_SOURCE_NOT_LIVE")
    assert told["detail"].startswith("不动产登记库：")
    assert int(refused.headers["Retry-After"]) > 0


def test_a_type_whose_source_is_not_connected_is_listed_as_unavailable(
    zhou: Device, world: World
) -> None:
    listed = {
        kind["code"]: kind for kind in members(world.client.get("/v1/certificate-types"))["items"]
    }
    assert listed["veteran"]["available"] is False
    assert sum(kind["available"] for kind in listed.values()) == 10
    assert listed["veteran"]["source_names"]["veteran"]["zh"] == "退役军人事务信息库"
    items = ended(zhou, placed(zhou, ["veteran", "no_housing"]))
    assert [item["status"] for item in items] == ["refused", "issued"]
    assert items[0]["problem"]["code"] == "CERTIFICATE_TYPE_UNAVAILABLE"


def test_the_same_request_again_is_the_same_batch(zhou: Device, world: World) -> None:
    first, second = (placed(zhou, FOUR[:2], idempotency_key="the-same-key") for _ in range(2))
    assert first == second
    ended(zhou, first)
    with world.database.separate() as tx:
        assert len(tx.scalars(select(BatchItem)).all()) == 2


def test_every_certificate_and_every_look_is_in_the_person_s_log(zhou: Device) -> None:
    ended(zhou, placed(zhou, FOUR))
    issued = [e for e in accesses(zhou) if e["action"] == "certificate.issued"]
    assert {event["purpose"] for event in issued} == {f"certificate:{code}" for code in FOUR}
    assert {event["actor_kind"] for event in issued} == {"self"}


BAD: list[tuple[dict[str, Any], str, str]] = [
    ({"types": []}, "INVALID_FIELD", "/types"),
    ({"types": [f"t{n}" for n in range(11)]}, "INVALID_FIELD", "/types"),
    ({"types": ["no_housing", "no_housing"]}, "INVALID_FIELD", "/types"),
    ({"types": ["no_housing", ""]}, "INVALID_FIELD", "/types/1"),
    ({"types": ["no_housing", 7]}, "INVALID_FIELD", "/types/1"),
    ({"types": "no_housing"}, "INVALID_FIELD", "/types"),
    ({}, "INVALID_FIELD", "/types"),
    ({"types": ["no_housing"], "x": 1}, "INVALID_FIELD", "/x"),
    ({"types": ["no_housing", "moon"]}, "CERTIFICATE_TYPE_UNKNOWN", "/types/1"),
]


def test_a_bad_request_is_refused_whole(zhou: Device, world: World) -> None:
    for body, code, pointer in BAD:
        refused = zhou.post("/v1/certificates/batch", json=body)
        told = members(refused)
        assert (refused.status_code, told["code"], told["pointer"]) == (422, code, pointer), body
    with world.database.separate() as tx:
        assert tx.scalars(select(BatchItem)).all() == []


def test_a_person_may_ask_for_so_many_batches_an_hour(zhou: Device) -> None:
    limit = 20
    taken = [placed(zhou, FOUR[:1]) for _ in range(limit)]
    refused = zhou.post("/v1/certificates/batch", json={"types": FOUR[:1]})
    assert (refused.status_code, members(refused)["code"]) == (429, "TOO_MANY_REQUESTS")
    assert ended(zhou, taken[-1])[0]["status"] == "issued"


def test_a_batch_is_its_owner_s_alone(zhou: Device, world: World) -> None:
    batch = placed(zhou, FOUR[:1])
    zhang = signed_in(world, ZHANG)
    refused = zhang.get(f"/v1/certificates/batches/{batch['id']}")
    assert (refused.status_code, members(refused)["code"]) == (404, "NOT_FOUND")
    stranger = world.client.get(f"/v1/certificates/batches/{batch['id']}")
    assert stranger.status_code == 401
    ended(zhou, batch)


def test_a_batch_is_swept_a_day_after_it_is_over_and_its_certificates_stay(
    zhou: Device, world: World
) -> None:
    batch = placed(zhou, FOUR[:1])
    ended(zhou, batch)
    items = build_batch_items(world.shared)
    world.clock.advance(days=1)
    assert items.sweep() == 0
    world.clock.advance(minutes=16)
    assert items.sweep() == 1
    with world.database.separate() as tx:
        assert tx.scalars(select(BatchItem)).all() == []
        assert len(tx.scalars(select(Certificate)).all()) == 1
