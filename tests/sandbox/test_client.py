from collections.abc import Callable
from typing import Any

import jwt
import pytest

from sandbox.phone.client import NoTokenError, Phone
from sandbox.phone.http import Refused, UnreachableError
from sandbox.phone.results import Tokens
from tests.sandbox.fake_api import Answer, FakeApi, problem

HELD = Tokens(access="at", refresh="rt", expires_in=600, scope="citizen")

READS: list[tuple[str, Callable[[Phone], Any]]] = [
    ("GET /v1/me", Phone.me),
    ("GET /v1/me/accesses", Phone.accesses),
    ("GET /v1/certificates", Phone.certificates),
    ("GET /v1/certificates/cer_1", lambda phone: phone.certificate("cer_1")),
    ("GET /v1/certificates/cer_1/pdf", lambda phone: phone.pdf("cer_1")),
    ("GET /v1/card", Phone.card),
    ("GET /v1/card/purchases", Phone.purchases),
]
WRITES: list[tuple[str, Callable[[Phone], Any]]] = [
    ("POST /v1/certificates", lambda phone: phone.issue("household_registration")),
    ("POST /v1/card", Phone.open_card),
    ("POST /v1/card/codes", lambda phone: phone.card_code("02121")),
    ("POST /v1/card/freeze", Phone.freeze),
    ("POST /v1/card/unfreeze", Phone.unfreeze),
    ("POST /v1/card/report-loss", Phone.report_loss),
]


def claims(proof: str) -> dict[str, Any]:
    read: dict[str, Any] = jwt.decode(proof, options={"verify_signature": False})
    return read


@pytest.mark.parametrize(("call", "act"), READS + WRITES)
def test_a_citizens_call_carries_the_token_and_a_proof_of_its_own(
    api: FakeApi, phone: Phone, call: str, act: Callable[[Phone], Any]
) -> None:
    phone.adopt(HELD)
    act(phone)
    (asked,) = api.asked(call)
    proof = claims(asked.headers["DPoP"])
    assert asked.headers["Authorization"] == "DPoP at"
    assert (f"{proof['htm']} {proof['htu']}", "ath" in proof) == (
        call.replace(" ", f" {api.base_url}"),
        True,
    )


@pytest.mark.parametrize(("call", "act"), WRITES)
def test_a_write_carries_a_new_idempotency_key_each_time(
    api: FakeApi, phone: Phone, call: str, act: Callable[[Phone], Any]
) -> None:
    phone.adopt(HELD)
    act(phone)
    act(phone)
    keys = {asked.headers["Idempotency-Key"] for asked in api.asked(call)}
    assert len(keys) == 2
    assert all(8 <= len(key) <= 128 for key in keys)


def test_results_hold_what_the_server_said(phone: Phone) -> None:
    phone.adopt(HELD)
    assert phone.issue("household_registration").check_code == "k"
    assert phone.certificates()[0].titles["zh"] == "户籍证明"
    assert phone.pdf("cer_1") == b"%PDF-1.7"
    assert phone.freeze().status == "FROZEN"
    assert phone.accesses()[0].fields == ("name",)
    assert phone.card_code("02121").refresh_after_s == 60


def test_a_code_is_traded_for_tokens_and_these_are_used(api: FakeApi, phone: Phone) -> None:
    phone.token("c1")
    phone.me()
    (asked,) = api.asked("POST /oauth/token")
    assert asked.form == {
        "grant_type": "urn:zero-run:params:oauth:grant-type:face-verification",
        "code": "c1",
        "client_id": "miniprogram",
    }
    assert "Authorization" not in asked.headers
    assert api.asked("GET /v1/me")[0].headers["Authorization"] == "DPoP at"


def test_refreshing_replaces_both_tokens(api: FakeApi, phone: Phone) -> None:
    phone.adopt(HELD)
    new = {"access_token": "at2", "refresh_token": "rt2", "expires_in": 600, "scope": "citizen"}
    api.answers["POST /oauth/token"] = Answer(200, new)
    phone.refresh()
    phone.refresh()
    assert [asked.form["refresh_token"] for asked in api.asked("POST /oauth/token")] == [
        "rt",
        "rt2",
    ]


def test_after_revoking_the_phone_holds_nothing(api: FakeApi, phone: Phone) -> None:
    phone.adopt(HELD)
    phone.revoke()
    assert api.asked("POST /oauth/revoke")[0].form["token"] == "rt"
    with pytest.raises(NoTokenError):
        phone.me()


def test_checks_need_no_token(api: FakeApi, phone: Phone) -> None:
    assert phone.check_pdf(b"%PDF").valid
    assert phone.check_code("cer_1", "k").verdict == {"integrity": "ok"}
    pdf, code = api.asked("POST /v1/certificate-checks")
    assert (pdf.headers["Content-Type"], pdf.body) == ("application/pdf", b"%PDF")
    assert code.json == {"id": "cer_1", "code": "k"}


def test_a_sessions_receipt_is_fetched_by_its_own_device(api: FakeApi, phone: Phone) -> None:
    api.answers["GET /v1/verifications/vrf_1/receipt"] = Answer(200, {"receipt": "a.b.c"})
    assert phone.receipt("vrf_1") == "a.b.c"
    (asked,) = api.asked("GET /v1/verifications/vrf_1/receipt")
    assert "DPoP" in asked.headers
    assert "Authorization" not in asked.headers


def test_a_problem_becomes_its_code(api: FakeApi, phone: Phone) -> None:
    phone.adopt(HELD)
    api.answers["GET /v1/card"] = problem(404, "CARD_UNKNOWN")
    with pytest.raises(Refused) as refused:
        phone.card()
    assert (refused.value.status, refused.value.code) == (404, "CARD_UNKNOWN")


def test_an_oauth_error_becomes_its_code(api: FakeApi, phone: Phone) -> None:
    api.answers["POST /oauth/token"] = Answer(400, {"error": "invalid_grant"})
    with pytest.raises(Refused, match="400 invalid_grant"):
        phone.token("used")


def test_an_answer_that_is_no_problem_is_still_a_refusal(api: FakeApi, phone: Phone) -> None:
    phone.adopt(HELD)
    api.answers["GET /v1/card"] = Answer(502, b"<html>bad gateway</html>")
    with pytest.raises(Refused, match="HTTP_502"):
        phone.card()


@pytest.mark.parametrize(
    "demand",
    [
        Answer(400, {"error": "use_dpop_nonce"}, {"DPoP-Nonce": "n1"}),
        Answer(401, {}, {"DPoP-Nonce": "n1", "WWW-Authenticate": 'DPoP error="use_dpop_nonce"'}),
    ],
)
def test_a_servers_nonce_is_put_into_a_second_proof(
    api: FakeApi, phone: Phone, demand: Answer
) -> None:
    phone.adopt(HELD)
    api.answers["GET /v1/me"] = [demand, Answer(200, {"name": "x"})]
    assert phone.me() == {"name": "x"}
    first, second = (claims(asked.headers["DPoP"]) for asked in api.asked("GET /v1/me"))
    assert ("nonce" in first, second["nonce"]) == (False, "n1")
    assert first["jti"] != second["jti"]


def test_a_nonce_is_tried_once_only(api: FakeApi, phone: Phone) -> None:
    phone.adopt(HELD)
    api.answers["GET /v1/me"] = Answer(401, {"code": "use_dpop_nonce"}, {"DPoP-Nonce": "n1"})
    with pytest.raises(Refused):
        phone.me()
    assert len(api.asked("GET /v1/me")) == 2


def test_a_redirect_is_not_followed(api: FakeApi, phone: Phone) -> None:
    phone.adopt(HELD)
    api.answers["GET /v1/me"] = Answer(302, {}, {"Location": f"{api.base_url}/v1/card"})
    with pytest.raises(Refused, match="HTTP_302"):
        phone.me()
    assert not api.asked("GET /v1/card")


def test_nobody_there_is_told_apart_from_a_refusal(phone: Phone) -> None:
    phone.adopt(HELD)
    phone.http.base_url = "http://127.0.0.1:1"
    with pytest.raises(UnreachableError):
        phone.me()


def test_each_call_is_timed(phone: Phone) -> None:
    phone.adopt(HELD)
    phone.card()
    phone.me()
    assert [(timing.call, timing.status) for timing in phone.http.timings] == [
        ("GET /v1/card", 200),
        ("GET /v1/me", 200),
    ]


def test_tokens_and_codes_do_not_show_when_printed(phone: Phone) -> None:
    assert "at" not in repr(HELD).replace("expires_in", "")
    phone.adopt(HELD)
    assert "281234567890123457" not in repr(phone.card_code("02121"))
