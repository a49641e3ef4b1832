"""A record that a department corrects takes the certificates made from it with it."""

from __future__ import annotations

import json
from contextlib import ExitStack
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from app.core.errors import UNAVAILABLE, DomainError
from app.documents.models import Certificate, CertificateChange, CertificateSource
from app.documents.service.correcting import RecordChange
from app.exchange.models import KeptAnswer
from app.outbox.service.posting import Outbox
from app.wiring.lineage import build_correcting, build_sources
from app.wiring.type_book import TypeBook
from certificates.catalogue import Catalogue
from certificates.status_list import TokenStatus
from tests.app.device import Device
from tests.app.documents.people import accesses, members
from tests.app.documents.test_status_lists import status
from tests.app.lineage.department import (
    compared,
    correct,
    cursor,
    made_of,
    posted,
    pulled,
    state,
    take_out,
)
from tests.app.notifications.partners import partner, receiving, told
from tests.app.racing import raced
from tests.app.world import World
from tests.sandbox.departments.building import TOKEN, Building
from tests.sandbox.departments.people import LI, ZHANG

CHILD = "tests.app.lineage.pull_child"


def changes(world: World) -> int:
    with world.database.separate() as tx:
        return len(tx.scalars(select(CertificateChange.id)).all())


def kept(world: World) -> list[str]:
    with world.database.separate() as tx:
        return list(tx.scalars(select(KeptAnswer.source)))


def notices(device: Device) -> list[str]:
    return [one["en"] for one in members(device.get("/v1/me/notices"))["items"]]


def test_everybody_concerned_is_told_of_a_correction(
    zhang: Device, world: World, building: Building
) -> None:
    with receiving() as receiver:
        made, lawyer = made_of(zhang, world), partner(world)
        lawyer.post("/v1/partners/webhooks", {"url": receiver.url})
        lawyer.post(
            "/v1/certificate-checks/subscriptions",
            {"id": made["id"], "code": made["check_code"]},
        )
        correct(building)
        assert pulled(world) == 1
        told(world)
        assert state(zhang, made) == "revoked"
        assert status(world, made) is TokenStatus.INVALID
        [notice] = notices(zhang)
        assert "the department corrected the record" in notice
        event = json.loads(receiver.calls[-1].body)
        assert event["type"] == "certificate.revoked"
        assert event["data"]["reason"] == "RECORD_CORRECTED"
        [seen] = [e for e in accesses(zhang) if e["action"] == "certificate.revoked"]
        assert seen["actor"] == "公安人口信息库 population registry of public security"


def test_what_was_kept_of_a_corrected_record_is_forgotten(
    zhang: Device, world: World, building: Building
) -> None:
    made_of(zhang, world)
    number, name = ZHANG
    with ExitStack() as closing:
        build_sources(world.shared, closing)["population"].lookup(
            citizen_number=number,
            name=name,
            fields=("status",),
            purpose="certificate:household_registration",
            case_id="cer_1",
            person_id=None,
            kept=True,
        )
    assert kept(world) == ["population"]
    correct(building)
    assert pulled(world) == 1
    assert kept(world) == []


def test_a_correction_ends_no_certificate_of_anybody_else(
    zhang: Device, li: Device, world: World, building: Building
) -> None:
    mine, theirs = made_of(zhang, world), made_of(li, world)
    correct(building, LI[0])
    pulled(world)
    told(world)
    assert (state(zhang, mine), state(li, theirs)) == ("valid", "revoked")


def test_a_suspended_certificate_is_ended_too(
    zhang: Device, world: World, building: Building
) -> None:
    made = made_of(zhang, world)
    with world.database.separate() as tx:
        tx.execute(text("UPDATE certificates SET state = 'suspended'"))
    correct(building)
    pulled(world)
    told(world)
    assert state(zhang, made) == "revoked"


def test_the_rule_of_the_type_decides_how_it_ends(
    zhang: Device, world: World, building: Building, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(TypeBook, "after_correction", lambda _self, _code: "superseded")
    made = made_of(zhang, world)
    correct(building)
    pulled(world)
    told(world)
    assert state(zhang, made) == "superseded"


def test_the_same_change_twice_does_nothing_more(
    zhang: Device, world: World, building: Building
) -> None:
    made_of(zhang, world)
    correct(building)
    pulled(world)
    told(world)
    world.clock.advance(minutes=3)
    told(world)
    with world.database.separate() as tx:
        tx.execute(text("UPDATE change_cursors SET last = 0"))
    assert pulled(world) == 1
    told(world)
    world.clock.advance(minutes=3)
    told(world)
    assert changes(world) == 1
    assert len(notices(zhang)) == 1


def test_a_certificate_of_the_corrected_record_is_left_alone(
    zhang: Device, world: World, building: Building
) -> None:
    correct(building)
    made = made_of(zhang, world)
    pulled(world)
    told(world)
    world.clock.advance(minutes=3)
    told(world)
    assert state(zhang, made) == "valid"


def test_a_change_from_before_the_source_was_asked_ends_nothing(
    zhang: Device, world: World
) -> None:
    made = made_of(zhang, world)
    with world.database.separate() as tx:
        lineage = tx.scalars(select(CertificateSource)).one()
        person_id = tx.scalars(select(Certificate.person_id)).one()
    correcting = build_correcting(world.shared, TypeBook(Catalogue.load()))
    earlier, then = lineage.as_of - timedelta(seconds=1), lineage.as_of
    for changed_at, ended in ((earlier, 0), (then, 1), (then, 0)):
        change = RecordChange(
            person_id=person_id,
            source="population",
            record_version="another",
            changed_at=changed_at,
        )
        assert correcting.apply(change) == ended
    assert state(zhang, made) == "revoked"


def test_a_certificate_that_was_being_made_meanwhile_is_found_at_the_second_look(
    zhang: Device, world: World, building: Building
) -> None:
    made = made_of(zhang, world)

    def force(state: str) -> None:
        with world.database.separate() as tx:
            tx.execute(text("ALTER TABLE certificates DISABLE TRIGGER certificates_keep"))
            tx.execute(text("UPDATE certificates SET state = :state"), {"state": state})
            tx.execute(text("ALTER TABLE certificates ENABLE TRIGGER certificates_keep"))

    force("issuing")  # as one that is not committed yet: nobody sees it
    correct(building)
    pulled(world)
    told(world)
    force("valid")
    told(world)
    assert state(zhang, made) == "valid"
    world.clock.advance(minutes=2)
    told(world)
    assert state(zhang, made) == "revoked"


@pytest.mark.parametrize("fault", ["dead", "unavailable", "garbage", "wrong-schema"])
def test_a_feed_that_is_down_loses_nothing(
    zhang: Device, world: World, building: Building, fault: str
) -> None:
    made = made_of(zhang, world)
    correct(building)
    building.switch(fault)
    assert pulled(world) == 0
    assert cursor(world) == 0
    building.switch("none")
    assert pulled(world) == 1
    told(world)
    assert state(zhang, made) == "revoked"


def test_the_cursor_moves_only_with_what_it_passes(
    zhang: Device, world: World, building: Building, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = made_of(zhang, world)
    correct(building)

    def failing(*_: object, **__: object) -> str:
        raise UNAVAILABLE()

    with monkeypatch.context() as broken:
        broken.setattr(Outbox, "post", failing)
        with pytest.raises(DomainError, match="UNAVAILABLE"):
            pulled(world)
    assert cursor(world) == 0
    assert pulled(world) == 1
    told(world)
    assert state(zhang, made) == "revoked"


def test_what_happens_to_people_we_do_not_know_is_passed_over(
    world: World, building: Building
) -> None:
    correct(building)
    assert pulled(world) == 1
    assert (cursor(world), posted(world)) == (1, 0)
    assert pulled(world) == 0


def test_nothing_personal_waits_in_the_outbox(
    zhang: Device, world: World, building: Building
) -> None:
    made_of(zhang, world)
    correct(building)
    pulled(world)
    with world.database.separate() as tx:
        payloads = tx.execute(text("SELECT payload::text || key FROM outbox_messages")).scalars()
        waiting = " ".join(payloads)
    assert "population" in waiting
    assert "9901011985" not in waiting


def test_processes_that_read_the_same_feed_take_each_change_once(
    world: World, building: Building
) -> None:
    for n in range(105):
        correct(building, address=f"晴川市望江区新桥路 {n} 号")
    arguments = (
        world.settings.database_url.get_secret_value(),
        world.settings.population_url,
        TOKEN,
        "prs_1",
    )
    outcomes = raced(CHILD, [arguments] * 3)
    assert sum(int(one) for one in outcomes) == 105
    assert posted(world) == 210
    assert cursor(world) == 105


def test_the_comparison_finds_what_no_feed_told(
    zhang: Device, li: Device, world: World, building: Building
) -> None:
    mine, theirs = made_of(zhang, world), made_of(li, world)
    correct(building)
    found = compared(world)
    assert (found.asked, found.ended, found.unanswered, found.stopped) == (2, 1, 0, False)
    assert (state(zhang, mine), state(li, theirs)) == ("revoked", "valid")
    looks = [e for e in accesses(li) if e["action"] == "registry.read"]
    assert len(looks) == 2  # of the issue and of the comparison
    again = compared(world)
    assert (again.asked, again.ended) == (1, 0)


def test_a_record_that_is_gone_ends_what_was_made_from_it(
    zhang: Device, world: World, building: Building
) -> None:
    made = made_of(zhang, world)
    take_out(building)
    assert compared(world).ended == 1
    assert state(zhang, made) == "revoked"


def test_nothing_is_concluded_from_a_source_that_fails(
    zhang: Device, li: Device, world: World, building: Building
) -> None:
    mine, theirs = made_of(zhang, world), made_of(li, world)
    correct(building)
    building.switch("unavailable")
    found = compared(world)
    assert (found.asked, found.ended, found.unanswered) == (0, 0, 2)
    assert (state(zhang, mine), state(li, theirs)) == ("valid", "valid")


def test_a_type_that_is_gone_keeps_no_other_from_being_compared(
    zhang: Device, li: Device, world: World, building: Building
) -> None:
    mine, theirs = made_of(zhang, world), made_of(li, world)
    with world.database.separate() as tx:
        tx.execute(text("SET LOCAL session_replication_role = replica"))
        gone = "UPDATE certificates SET type = 'gone' WHERE id = :id"
        tx.execute(text(gone), {"id": mine["id"]})
    correct(building)
    correct(building, LI[0])
    found = compared(world)
    assert (found.asked, found.ended, found.unanswered) == (1, 1, 1)
    assert state(li, theirs) == "revoked"


def test_a_source_that_lost_its_data_does_not_take_everything_with_it(
    zhang: Device, li: Device, world: World, building: Building
) -> None:
    made_of(zhang, world)
    made_of(li, world)
    for number in (None, LI[0]):
        take_out(building, *([number] if number else []))
    found = compared(world, most_ended=1)
    assert (found.ended, found.stopped) == (1, True)
