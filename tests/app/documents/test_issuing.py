from __future__ import annotations

import hashlib
from typing import Any

import pytest
from sqlalchemy import select, text

from app.core.fields import FieldUnreadable
from app.documents.models import Certificate, CertificateFile, CertificateSource
from app.exchange.models import Exchange
from tests.app.device import Device
from tests.app.documents.people import (
    HOUSEHOLD,
    ZHANG,
    accesses,
    asked,
    issued,
    members,
    pdf_of,
    registered,
)
from tests.app.world import World


def certificates(world: World) -> list[Certificate]:
    with world.database.separate() as tx:
        return list(tx.scalars(select(Certificate).order_by(Certificate.version)).all())


def set_state(world: World, state: str) -> None:
    with world.database.separate() as tx:
        tx.execute(text("UPDATE certificates SET state = :state"), {"state": state})


def test_a_certificate_is_issued_and_downloaded(zhang: Device) -> None:
    made = issued(zhang)
    assert made["type"] == HOUSEHOLD
    assert made["status"] == "valid"
    assert made["titles"] == {"zh": "户籍证明", "en": "Certificate of Household Registration"}
    assert made["number"].startswith("1.2.156.3005.2.")
    assert (made["version"], made["provisional"]) == (1, False)
    assert f"id={made['id']}&code={made['check_code']}" in made["check_url"]
    assert pdf_of(zhang, made).startswith(b"%PDF-")


def test_the_file_is_the_one_in_the_log_and_sealed_at_rest(zhang: Device, world: World) -> None:
    pdf = pdf_of(zhang, issued(zhang))
    (row,) = certificates(world)
    with world.database.separate() as tx:
        sealed = tx.scalars(select(CertificateFile.pdf)).one()
    assert row.sha256 == hashlib.sha256(pdf).digest()
    assert b"%PDF" not in sealed
    assert len(sealed) > len(pdf)


def test_only_the_fields_the_type_names_are_asked_for(zhang: Device, world: World) -> None:
    issued(zhang)
    (types,) = [
        kind
        for kind in members(world.client.get("/v1/certificate-types"))["items"]
        if kind["code"] == HOUSEHOLD
    ]
    (fields,) = [sent["fields"] for sent in asked(world)]
    assert sorted(fields) == sorted(types["sources"]["population"])
    assert "photo" not in fields


def test_every_fact_leads_back_to_the_exchange_it_came_by(zhang: Device, world: World) -> None:
    made = issued(zhang)
    with world.database.separate() as tx:
        source = tx.scalars(select(CertificateSource)).one()
        exchange = tx.get_one(Exchange, source.exchange_id)
    assert (source.certificate_id, source.source) == (made["id"], "population")
    assert (exchange.case_id, exchange.outcome) == (made["id"], "live")
    assert exchange.person_id is not None
    assert source.record_version == exchange.record_version


def test_the_person_sees_what_was_read_and_why(zhang: Device) -> None:
    issued(zhang)
    seen = {event["action"]: event for event in accesses(zhang)}
    assert set(seen) == {"registry.read", "certificate.issued"}
    for event in seen.values():
        assert event["purpose"] == "certificate:household_registration"
        assert "household" in event["fields"]
        assert "photo" not in event["fields"]
    assert seen["registry.read"]["actor_kind"] == "system"
    assert seen["certificate.issued"]["actor_kind"] == "self"


def test_the_check_code_is_told_once_and_kept_only_as_a_hash(zhang: Device, world: World) -> None:
    made = issued(zhang)
    again = members(zhang.get(f"/v1/certificates/{made['id']}"))
    assert "check_code" not in again
    assert "check_url" not in again
    with world.database.separate() as tx:
        dump = str(tx.execute(text("SELECT to_jsonb(c)::text FROM certificates c")).scalar_one())
    assert made["check_code"] not in dump
    assert made["check_code"].encode().hex() not in dump


def test_the_same_request_again_issues_nothing_new(zhang: Device, world: World) -> None:
    first, second = (
        zhang.post("/v1/certificates", json={"type": HOUSEHOLD}, idempotency_key="the-same-key")
        for _ in range(2)
    )
    assert first.data == second.data
    assert len(certificates(world)) == 1


def test_asking_again_supersedes_the_certificate_before(zhang: Device, world: World) -> None:
    first, second = issued(zhang), issued(zhang)
    rows = certificates(world)
    assert [(row.id, row.version, row.state) for row in rows] == [
        (first["id"], 1, "superseded"),
        (second["id"], 2, "valid"),
    ]
    assert rows[0].serial == rows[1].serial
    assert first["number"] != second["number"]


def test_types_do_not_supersede_one_another(zhang: Device, world: World, portrait: str) -> None:
    registered(world, ZHANG)["photo"] = portrait
    issued(zhang)
    issued(zhang, "temporary_identity")
    assert [row.state for row in certificates(world)] == ["valid", "valid"]


def test_people_do_not_share_a_series(zhang: Device, li: Device, world: World) -> None:
    issued(zhang)
    issued(li)
    assert [row.state for row in certificates(world)] == ["valid", "valid"]
    assert len({row.serial for row in certificates(world)}) == 2


def test_asking_again_is_no_way_around_a_suspension(zhang: Device, world: World) -> None:
    issued(zhang)
    set_state(world, "suspended")
    refused = zhang.post("/v1/certificates", json={"type": HOUSEHOLD})
    assert refused.status_code == 409
    assert members(refused)["code"] == "CERTIFICATE_SUSPENDED"
    assert [row.state for row in certificates(world)] == ["suspended"]
    assert len(asked(world)) == 1


def test_after_a_withdrawal_a_new_one_can_be_had(zhang: Device, world: World) -> None:
    issued(zhang)
    set_state(world, "revoked")
    assert issued(zhang)["version"] == 2
    assert [row.state for row in certificates(world)] == ["revoked", "valid"]


def test_after_the_last_version_a_new_series_begins(zhang: Device, world: World) -> None:
    first = issued(zhang)
    with world.database.separate() as tx:
        tx.execute(text("UPDATE certificate_series SET version = 999"))
    second = issued(zhang)
    serials = {row.serial for row in certificates(world)}
    assert (first["version"], second["version"], len(serials)) == (1, 1, 2)


@pytest.mark.parametrize(
    ("body", "code", "pointer"),
    [
        ({"type": "moon_landing"}, "CERTIFICATE_TYPE_UNKNOWN", "/type"),
        ({"type": "../types"}, "CERTIFICATE_TYPE_UNKNOWN", "/type"),
        ({"type": ""}, "INVALID_FIELD", "/type"),
        ({"type": 7}, "INVALID_FIELD", "/type"),
        ({}, "INVALID_FIELD", "/type"),
        ({"type": HOUSEHOLD, "name": "李"}, "INVALID_FIELD", "/name"),
    ],
)
def test_a_bad_request_is_refused_with_a_pointer(
    zhang: Device, world: World, body: dict[str, Any], code: str, pointer: str
) -> None:
    refused = zhang.post("/v1/certificates", json=body)
    told = members(refused)
    assert (refused.status_code, told["code"], told["pointer"]) == (422, code, pointer)
    assert asked(world) == []


def test_nothing_is_issued_to_a_stranger(world: World) -> None:
    refused = world.client.post("/v1/certificates", json={"type": HOUSEHOLD})
    assert refused.status_code == 401


def test_a_person_the_registry_does_not_know_gets_nothing(zhang: Device, world: World) -> None:
    world.registry.persons.clear()
    refused = zhang.post("/v1/certificates", json={"type": HOUSEHOLD})
    assert refused.status_code == 409
    assert members(refused)["code"] == "CERTIFICATE_NO_RECORD"
    assert certificates(world) == []


def test_a_fact_that_does_not_hold_is_not_certified_but_the_look_is_shown(
    zhang: Device, world: World
) -> None:
    registered(world, ZHANG)["status"] = "deceased"
    refused = zhang.post("/v1/certificates", json={"type": HOUSEHOLD})
    assert refused.status_code == 409
    told = members(refused)
    assert (told["code"], told["source"], told["reason"]) == (
        "CERTIFICATE_FACT_REFUSED",
        "population",
        "deceased",
    )
    assert told["detail"].startswith("公安人口信息库：")
    assert certificates(world) == []
    assert [event["action"] for event in accesses(zhang)] == ["registry.read"]


def test_a_record_without_a_portrait_makes_no_proof_of_identity(
    zhang: Device, world: World
) -> None:
    registered(world, ZHANG)["photo"] = None
    refused = zhang.post("/v1/certificates", json={"type": "temporary_identity"})
    assert refused.status_code == 409
    assert members(refused)["code"] == "CERTIFICATE_FACT_MISSING"


def test_while_the_registry_is_away_nothing_is_issued_and_the_key_stays_free(
    zhang: Device, world: World
) -> None:
    world.registry.status = 503
    refused = zhang.post("/v1/certificates", json={"type": HOUSEHOLD}, idempotency_key="key-0001")
    assert refused.status_code == 503
    assert members(refused)["code"] == "SOURCE_UNAVAILABLE"
    assert "公安人口信息库" in members(refused)["detail"]
    assert int(refused.headers["Retry-After"]) > 0
    world.registry.status = 200
    again = zhang.post("/v1/certificates", json={"type": HOUSEHOLD}, idempotency_key="key-0001")
    assert again.status_code == 201
    assert len(certificates(world)) == 1


def test_a_damaged_file_is_never_handed_out(zhang: Device, world: World) -> None:
    made = issued(zhang)
    with world.database.separate() as tx:
        tx.execute(text("UPDATE certificate_files SET pdf = set_byte(pdf, 99, 0)"))
        tx.execute(text("UPDATE certificate_files SET pdf = set_byte(pdf, 98, 1)"))
    response = zhang.get(f"/v1/certificates/{made['id']}/pdf")
    assert response.status_code == 500
    assert FieldUnreadable.__name__ not in response.text
