from __future__ import annotations

import io
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from sqlalchemy import text
from werkzeug.test import create_environ, run_wsgi_app

from app.core.ids import new_id
from tests.app.device import Device
from tests.app.documents.people import ZHANG, accesses, issued, members, pdf_of, registered
from tests.app.world import World
from tests.certificates.appended import with_timestamp, with_validation_data

PATH = "/v1/certificate-checks"


def check_file(world: World, pdf: bytes) -> dict[str, Any]:
    response = world.client.post(PATH, data=pdf, content_type="application/pdf")
    assert response.status_code == 200, response.get_data(as_text=True)
    return members(response)


def check_code(world: World, reference: str, code: str) -> dict[str, Any]:
    response = world.client.post(PATH, json={"id": reference, "code": code})
    assert response.status_code == 200, response.get_data(as_text=True)
    return members(response)


def codes(told: dict[str, Any]) -> list[str]:
    names = ("integrity", "issuer", "status", "freshness", "in_our_log")
    return [told["verdict"][name]["code"] for name in names]


def set_state(world: World, state: str) -> None:
    with world.database.separate() as tx:
        tx.execute(text("UPDATE certificates SET state = :state"), {"state": state})


def test_a_file_as_it_was_issued_passes_all_five(zhang: Device, world: World) -> None:
    made = issued(zhang)
    told = check_file(world, pdf_of(zhang, made))
    assert told["valid"] is True
    assert codes(told) == ["INTACT", "TRUSTED", "VALID", "CURRENT", "LISTED"]
    assert {part["ok"] for part in told["verdict"].values()} == {True}
    assert told["certificate"]["number"] == made["number"]
    assert told["certificate"]["holder"] == "张*"


@pytest.mark.parametrize("offset", [8, 1000, 40_000, -2000, -10])
def test_one_flipped_byte_is_refused(zhang: Device, world: World, offset: int) -> None:
    pdf = bytearray(pdf_of(zhang, issued(zhang)))
    pdf[offset] ^= 1
    told = check_file(world, bytes(pdf))
    assert told["valid"] is False
    assert told["verdict"]["in_our_log"] == {"ok": False, "code": "UNLISTED"}
    assert "certificate" not in told


def test_an_altered_content_is_told_apart_from_a_foreign_file(zhang: Device, world: World) -> None:
    pdf = bytearray(pdf_of(zhang, issued(zhang)))
    pdf[40_000] ^= 1
    told = check_file(world, bytes(pdf))
    assert told["verdict"]["integrity"] == {"ok": False, "code": "SIGNATURE_BROKEN"}


def test_something_appended_is_refused(zhang: Device, world: World) -> None:
    told = check_file(world, pdf_of(zhang, issued(zhang)) + b"\n% more\n")
    assert told["valid"] is False
    assert "certificate" not in told


@pytest.mark.parametrize("state", ["suspended", "superseded", "revoked"])
def test_a_certificate_that_was_ended_is_genuine_but_not_valid(
    zhang: Device, world: World, state: str
) -> None:
    pdf = pdf_of(zhang, issued(zhang))
    set_state(world, state)
    told = check_file(world, pdf)
    assert told["valid"] is False
    assert codes(told) == ["INTACT", "TRUSTED", state.upper(), "CURRENT", "LISTED"]
    assert told["certificate"]["status"] == state


def test_a_certificate_past_its_time_is_not_valid(zhang: Device, world: World) -> None:
    pdf = pdf_of(zhang, issued(zhang))
    world.clock.advance(days=31)
    told = check_file(world, pdf)
    assert told["valid"] is False
    assert told["verdict"]["freshness"] == {"ok": False, "code": "EXPIRED"}


def test_id_and_code_tell_what_the_log_knows(zhang: Device, world: World) -> None:
    made = issued(zhang)
    for reference in (made["id"], made["number"]):
        told = check_code(world, reference, made["check_code"])
        assert told["valid"] is True
        assert codes(told) == ["NOT_CHECKED", "NOT_CHECKED", "VALID", "CURRENT", "LISTED"]
        assert "ok" not in told["verdict"]["integrity"]
        assert told["certificate"]["holder"] == "张*"


def scanned(made: dict[str, Any], **changes: str) -> dict[str, str]:
    """What a scanner reads from the QR, as a question."""
    query = dict(parse_qsl(urlsplit(made["check_url"]).query))
    return {"id": query["id"], "code": query["code"], "token": query["t"]} | changes


def test_a_scanned_qr_proves_the_issuer_too(zhang: Device, world: World) -> None:
    told = members(world.client.post(PATH, json=scanned(issued(zhang))))
    assert told["valid"] is True
    assert codes(told) == ["NOT_CHECKED", "QR_TRUSTED", "VALID", "CURRENT", "LISTED"]


def test_a_token_that_is_not_ours_fails_in_the_issuer_alone(
    zhang: Device, li: Device, world: World
) -> None:
    ours, theirs = issued(zhang), issued(li)
    forged = scanned(ours)["token"][:-4] + "AAAA"
    for token in (forged, scanned(theirs)["token"], "short"):
        told = members(world.client.post(PATH, json=scanned(ours, token=token)))
        assert told["valid"] is False
        assert codes(told) == ["NOT_CHECKED", "QR_FORGED", "VALID", "CURRENT", "LISTED"]


def test_a_good_token_opens_nothing_without_the_code(zhang: Device, world: World) -> None:
    made = issued(zhang)
    told = members(world.client.post(PATH, json=scanned(made, code="0000-0000-0000-0000")))
    assert told["valid"] is False
    assert codes(told)[1:] == ["QR_FORGED", "UNKNOWN", "UNKNOWN", "UNLISTED"]
    assert "certificate" not in told


def test_an_upgraded_file_that_was_not_logged_is_intact_and_no_more(
    zhang: Device, world: World
) -> None:
    pdf = pdf_of(zhang, issued(zhang))
    told = check_file(world, with_timestamp(with_validation_data(pdf)))
    assert told["valid"] is False
    assert codes(told) == ["INTACT", "TRUSTED", "UNKNOWN", "UNKNOWN", "UNLISTED"]


def test_a_code_may_be_typed_carelessly(zhang: Device, world: World) -> None:
    made = issued(zhang)
    typed = made["check_code"].lower().replace("-", " ").replace("0", "o").replace("1", "l")
    assert check_code(world, made["id"], typed)["valid"] is True


def test_a_wrong_code_and_an_unknown_id_get_the_same_answer(zhang: Device, world: World) -> None:
    made = issued(zhang)
    wrong = check_code(world, made["id"], "0000-0000-0000-0000")
    unknown = check_code(world, new_id("cer", world.clock.now()), made["check_code"])
    assert wrong == unknown
    assert wrong["valid"] is False
    assert "certificate" not in wrong


def test_the_code_of_one_certificate_opens_no_other(
    zhang: Device, li: Device, world: World
) -> None:
    told = check_code(world, issued(zhang)["id"], issued(li)["check_code"])
    assert told["valid"] is False


def test_a_hash_that_was_moved_to_another_certificate_fits_no_code(
    zhang: Device, li: Device, world: World
) -> None:
    theirs, ours = issued(zhang), issued(li)
    with world.database.separate() as tx:
        tx.execute(text("ALTER TABLE certificates DISABLE TRIGGER certificates_keep"))
        tx.execute(
            text(
                "UPDATE certificates SET check_code_hash ="
                " (SELECT check_code_hash FROM certificates WHERE id = :of) WHERE id = :to"
            ),
            {"of": theirs["id"], "to": ours["id"]},
        )
        tx.execute(text("ALTER TABLE certificates ENABLE TRIGGER certificates_keep"))
    for code in (theirs["check_code"], ours["check_code"]):
        assert check_code(world, ours["id"], code)["valid"] is False


def test_nothing_of_the_holder_but_a_masked_name_is_told(zhang: Device, world: World) -> None:
    made = issued(zhang)
    for told in (
        check_code(world, made["id"], made["check_code"]),
        check_file(world, pdf_of(zhang, made)),
    ):
        words, person = repr(told), registered(world, ZHANG)
        for personal in (ZHANG, person["citizen_number"], person["household"]["address"]):
            assert personal not in words


def test_the_holder_sees_that_it_was_checked(zhang: Device, world: World) -> None:
    made = issued(zhang)
    check_file(world, pdf_of(zhang, made))
    check_code(world, made["id"], made["check_code"])
    check_code(world, made["id"], "0000-0000-0000-0000")
    checked = [e for e in accesses(zhang) if e["action"] == "certificate.checked"]
    assert len(checked) == 2
    assert {(e["actor_kind"], e["actor"]) for e in checked} == {("system", "public check")}


def test_guessing_is_limited_by_address(zhang: Device, world: World) -> None:
    made = issued(zhang)
    guess = {"id": made["id"], "code": "0000-0000-0000-0000"}
    response = world.client.post(PATH, json=guess)
    for _ in range(500):
        if response.status_code != 200:
            break
        response = world.client.post(PATH, json=guess)
    assert response.status_code == 429
    assert members(response)["code"] == "TOO_MANY_REQUESTS"
    assert int(response.headers["Retry-After"]) > 0


@pytest.mark.parametrize(
    ("body", "content_type", "status", "code"),
    [
        (b"", "application/pdf", 422, "INVALID_FIELD"),
        (b"hello", "application/pdf", 422, "NOT_A_PDF"),
        (b"%PDF-1.7\n" + b"0" * 5_000_000, "application/pdf", 413, "TOO_LARGE"),
        (b"%PDF-1.7\n", "text/plain", 415, "UNSUPPORTED_MEDIA_TYPE"),
        (b"%PDF-1.7\n", "image/jpeg", 415, "UNSUPPORTED_MEDIA_TYPE"),
        (b"{", "application/json", 400, "BAD_JSON"),
        (b"{}", "application/json", 422, "INVALID_FIELD"),
        (b'{"id":"cer_1","code":"A","x":1}', "application/json", 422, "INVALID_FIELD"),
        (b'{"id":"cer_1","code":7}', "application/json", 422, "INVALID_FIELD"),
        (b'{"id":"cer_1","code":"A","token":"a b"}', "application/json", 422, "INVALID_FIELD"),
        (b'{"id":"cer_1","code":"short"}', "application/json", 422, "CHECK_CODE_MALFORMED"),
    ],
)
def test_a_bad_request_is_refused_with_its_code(
    world: World, body: bytes, content_type: str, status: int, code: str
) -> None:
    response = world.client.post(PATH, data=body, content_type=content_type)
    assert (response.status_code, members(response)["code"]) == (status, code)


def test_an_upload_without_a_length_is_bounded_too(world: World) -> None:
    environ = create_environ(PATH, method="POST", content_type="application/pdf")
    environ.pop("CONTENT_LENGTH", None)
    endless = Endless()
    environ["wsgi.input"], environ["wsgi.input_terminated"] = endless, True
    body, status, _ = run_wsgi_app(world.app, environ)
    assert status.startswith("413")
    assert b"TOO_LARGE" in b"".join(body)
    assert endless.served <= 5_000_001


class Endless(io.RawIOBase):
    """A body that never ends."""

    served = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        buffer[:] = b"%" * len(buffer)
        self.served += len(buffer)
        return len(buffer)


def test_a_pdf_that_is_none_inside_is_unreadable(world: World) -> None:
    told = check_file(world, b"%PDF-1.7\n" + bytes(range(256)) * 40 + b"%%EOF")
    assert codes(told) == ["UNREADABLE", "UNKNOWN", "UNKNOWN", "UNKNOWN", "UNLISTED"]
    assert [told["verdict"][n].get("ok") for n in ("integrity", "issuer")] == [False, None]
