from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import text

from app.core.ids import new_id
from tests.app.device import Device
from tests.app.documents.people import (
    accesses,
    issued,
    members,
    pdf_of,
)
from tests.app.world import World


def test_a_person_sees_their_certificates_newest_first(
    zhang: Device, li: Device, world: World
) -> None:
    first = issued(zhang)
    world.clock.advance(seconds=1)
    second = issued(zhang)
    issued(li)
    page = members(zhang.get("/v1/certificates"))
    assert [(item["id"], item["status"]) for item in page["items"]] == [
        (second["id"], "valid"),
        (first["id"], "superseded"),
    ]


def test_lists_page_by_cursor_without_gap_or_repetition(zhang: Device, world: World) -> None:
    made = []
    for _ in range(5):
        made.append(issued(zhang)["id"])
        world.clock.advance(seconds=1)
    found: list[str] = []
    path = "/v1/certificates?limit=2"
    while path:
        page = members(zhang.get(path))
        found += [item["id"] for item in page["items"]]
        cursor = page.get("next")
        path = f"/v1/certificates?limit=2&cursor={cursor}" if cursor else ""
    assert found == made[::-1]


@pytest.mark.parametrize("query", ["limit=0", "limit=101", "cursor=1", "order=asc"])
def test_a_bad_query_is_refused(zhang: Device, query: str) -> None:
    assert zhang.get(f"/v1/certificates?{query}").status_code == 422


@pytest.mark.parametrize("path", ["", "/pdf", "/check-link"])
def test_anothers_certificate_is_as_unknown_as_one_that_never_was(
    zhang: Device, li: Device, world: World, path: str
) -> None:
    theirs = issued(li)["id"]
    never = new_id("cer", world.clock.now())
    answers = []
    for certificate_id in (theirs, never):
        response = zhang.get(f"/v1/certificates/{certificate_id}{path}")
        told = members(response)
        del told["request_id"]
        answers.append((response.status_code, told))
    assert answers[0] == answers[1]
    assert answers[0][0] == 404


def test_a_look_at_anothers_certificate_leaves_no_event(zhang: Device, li: Device) -> None:
    theirs = issued(li)["id"]
    zhang.get(f"/v1/certificates/{theirs}/pdf")
    assert {event["action"] for event in accesses(li)} == {"registry.read", "certificate.issued"}
    assert accesses(zhang) == []


def test_each_look_is_recorded(zhang: Device) -> None:
    made = issued(zhang)
    zhang.get("/v1/certificates")
    zhang.get(f"/v1/certificates/{made['id']}")
    pdf_of(zhang, made)
    assert {event["action"] for event in accesses(zhang)} >= {
        "certificate.listed",
        "certificate.read",
        "certificate.downloaded",
    }


def test_a_download_is_the_same_bytes_each_time(zhang: Device) -> None:
    made = issued(zhang)
    assert pdf_of(zhang, made) == pdf_of(zhang, made)


def test_a_download_is_a_file_by_the_certificates_number(zhang: Device) -> None:
    made = issued(zhang)
    response = zhang.get(f"/v1/certificates/{made['id']}/pdf")
    assert response.content_type == "application/pdf"
    assert response.headers["Content-Disposition"] == f'attachment; filename="{made["number"]}.pdf"'
    assert response.headers["Cache-Control"] == "no-store"


def test_a_certificate_expires_with_its_time(zhang: Device, world: World) -> None:
    made = issued(zhang)
    with world.database.separate() as tx:
        tx.execute(text("ALTER TABLE certificates DISABLE TRIGGER certificates_keep"))
        tx.execute(
            text(
                "UPDATE certificates SET issued_at = issued_at - interval '30 days',"
                " valid_until = valid_until - interval '30 days'"
            )
        )
        tx.execute(text("ALTER TABLE certificates ENABLE TRIGGER certificates_keep"))
    assert members(zhang.get(f"/v1/certificates/{made['id']}"))["status"] == "expired"


def test_the_check_link_is_the_one_in_the_file_and_checks(zhang: Device, world: World) -> None:
    made = issued(zhang)
    link = members(zhang.get(f"/v1/certificates/{made['id']}/check-link"))
    assert link == {"check_url": made["check_url"]}
    asked = {key: value[0] for key, value in parse_qs(urlsplit(link["check_url"]).query).items()}
    body = {"id": asked["id"], "code": asked["code"], "token": asked["t"]}
    assert members(world.phone().post("/v1/certificate-checks", json=body))["valid"] is True


def test_showing_the_check_link_is_recorded(zhang: Device) -> None:
    made = issued(zhang)
    zhang.get(f"/v1/certificates/{made['id']}/check-link")
    [look] = [event for event in accesses(zhang) if event["action"] == "certificate.read"]
    assert look["fields"] == ["check_code", "number"]
