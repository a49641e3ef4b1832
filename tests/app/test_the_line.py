"""The main line over HTTP, faces judged by a fake: each part meets the next."""

from __future__ import annotations

from tests.app.world import World


def test_a_verified_citizen_gets_a_certificate_anybody_can_check(world: World) -> None:
    citizen = world.citizen()
    issued = citizen.post("/v1/certificates", {"type": "household_registration"})
    assert issued.status_code == 201, issued.text
    pdf = citizen.get(f"/v1/certificates/{issued.json['id']}/pdf")
    assert pdf.data.startswith(b"%PDF-")
    checked = world.client.post(
        "/v1/certificate-checks", data=pdf.data, content_type="application/pdf"
    )
    assert checked.json["valid"] is True, checked.text


def test_a_pharmacy_reads_the_card_and_the_holder_sees_that_it_did(world: World) -> None:
    citizen, till = world.citizen(), world.terminal(merchant="平安大药房")
    assert citizen.post("/v1/card").status_code == 201
    code = citizen.post("/v1/card/codes", {"purpose": "02121"}).json["code"]
    decoded = till.post("/v1/terminal/decode", {"code": code, "purpose": "02121"})
    assert decoded.status_code == 200, decoded.text
    assert decoded.json["holder"]["name"] == "张*"
    seen = citizen.get("/v1/me/accesses").json["items"]
    assert [e["actor"] for e in seen if e["action"] == "card.code_decoded"] == ["平安大药房"]
