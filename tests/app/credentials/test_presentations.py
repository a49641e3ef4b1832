"""A verifier asks, a holder shows, and each answer is judged once and part by part."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from tests.app.credentials.wallet import (
    asked,
    checked,
    claims_of,
    credential_of,
    shown,
)
from tests.app.device import Device, base64url, new_key
from tests.app.documents.people import HOUSEHOLD, accesses, issued, members
from tests.app.documents.test_database_keeps import force_state
from tests.app.world import World

PARTS = {
    "form": "WELL_FORMED",
    "issuer": "TRUSTED",
    "signature": "INTACT",
    "type": "WANTED",
    "validity": "IN_FORCE",
    "disclosures": "SIGNED",
    "binding": "BOUND",
    "in_our_log": "LISTED",
    "status": "VALID",
}


class Holder:
    """A phone with a credential of its own."""

    def __init__(self, world: World, phone: Device) -> None:
        self.world, self.phone = world, phone
        self.credential = credential_of(phone, issued(phone)["id"])

    def show(
        self,
        request: Mapping[str, Any],
        *names: str,
        key: Any = None,
        ahead: int = 0,
        **changes: Any,
    ) -> str:
        """A presentation; `ahead` moves the clock of the phone, in seconds."""
        return shown(
            self.credential,
            names,
            key=key or self.phone.key,
            asked=request,
            iat=int(self.world.clock.now().timestamp()) + ahead,
            **changes,
        )


@pytest.fixture
def holder(world: World, zhang: Device) -> Holder:
    return Holder(world, zhang)


def fault(told: Mapping[str, Any]) -> tuple[str, str]:
    """The part at fault; everything before it is good, everything after it was not asked."""
    assert told["valid"] is False
    assert "claims" not in told
    names = list(told["parts"])
    assert names == list(PARTS)
    [at] = [at for at, name in enumerate(names) if told["parts"][name].get("ok") is False]
    assert all(told["parts"][name] == {"ok": True, "code": PARTS[name]} for name in names[:at])
    assert all(told["parts"][name] == {"code": "NOT_CHECKED"} for name in names[at + 1 :])
    return names[at], told["parts"][names[at]]["code"]


def test_what_is_shown_is_told_and_nothing_else(world: World, holder: Holder) -> None:
    request = asked(world, types=[HOUSEHOLD])
    told = checked(world, request, holder.show(request, "sex", "ethnicity"))
    assert told["valid"] is True
    assert told["type"] == HOUSEHOLD
    assert told["claims"]["facts"] == {"sex": "男", "ethnicity": "汉族"}
    assert told["claims"]["provisional"] is False
    assert not told["claims"].get("predicates")
    assert told["parts"] == {name: {"ok": True, "code": code} for name, code in PARTS.items()}


def test_a_holder_may_show_that_they_hold_it_and_nothing_more(world: World, holder: Holder) -> None:
    request = asked(world)
    told = checked(world, request, holder.show(request))
    assert (told["valid"], told["claims"]["facts"]) == (True, {})


def test_the_holder_sees_who_was_shown_what(world: World, holder: Holder) -> None:
    request = asked(world)
    checked(world, request, holder.show(request, "sex"))
    [event] = [e for e in accesses(holder.phone) if e["action"] == "credential.checked"]
    assert event["fields"] == ["sex"]


def resigned(credential: str) -> str:
    """The same claims, signed by somebody else under the same key id."""
    signed, _, rest = credential.partition("~")
    header = jwt.get_unverified_header(signed)
    key = ec.generate_private_key(ec.SECP256R1())
    return jwt.encode(claims_of(credential), key, "ES256", headers=header) + "~" + rest


def renamed(credential: str) -> str:
    """The same claims under a key of one's own, brought along."""
    signed, _, rest = credential.partition("~")
    header = jwt.get_unverified_header(signed) | {"kid": "mine"}
    return jwt.encode(claims_of(credential), new_key(), "ES256", headers=header) + "~" + rest


def spoilt_disclosure(text: str) -> str:
    """The first disclosure with another value."""
    parts = text.split("~")
    padded = parts[1] + "=" * (-len(parts[1]) % 4)
    array = json.loads(jwt.utils.base64url_decode(padded.encode()))
    parts[1] = base64url(json.dumps([*array[:2], "女"], ensure_ascii=False).encode())
    return "~".join(parts)


BAD: dict[str, tuple[Callable[[Holder, dict[str, Any]], str], tuple[str, str]]] = {
    "no presentation": (lambda _h, _r: "x", ("form", "MALFORMED")),
    "the credential alone": (lambda h, _: h.credential, ("form", "MALFORMED")),
    "an unknown issuer": (lambda h, r: with_credential(h, r, renamed), ("issuer", "NOT_TRUSTED")),
    "another signature": (lambda h, r: with_credential(h, r, resigned), ("signature", "BROKEN")),
    "a tampered disclosure": (
        lambda h, r: spoilt_disclosure(h.show(r, "sex")),
        ("disclosures", "NOT_SIGNED"),
    ),
    "another's key": (lambda h, r: h.show(r, key=new_key()), ("binding", "WRONG_KEY")),
    "another nonce": (lambda h, r: h.show(r, nonce="x"), ("binding", "OTHER_REQUEST")),
    "another audience": (
        lambda h, r: h.show(r, aud="https://elsewhere.example"),
        ("binding", "OTHER_REQUEST"),
    ),
    "an old one": (lambda h, r: h.show(r, ahead=-301), ("binding", "NOT_FRESH")),
    "one from the future": (lambda h, r: h.show(r, ahead=61), ("binding", "NOT_FRESH")),
    "fewer disclosures than signed": (
        lambda h, r: without_one(h.show(r, "sex")),
        ("binding", "OTHER_DISCLOSURES"),
    ),
}


def with_credential(holder: Holder, request: dict[str, Any], change: Callable[[str], str]) -> str:
    other = Holder.__new__(Holder)
    other.world, other.phone = holder.world, holder.phone
    other.credential = change(holder.credential)
    return other.show(request, "sex")


def without_one(text: str) -> str:
    parts = text.split("~")
    return "~".join([parts[0], *parts[2:]])


def test_each_wrong_presentation_fails_in_its_own_part(world: World, holder: Holder) -> None:
    found = {}
    for name, (make, _) in BAD.items():
        request = asked(world)
        found[name] = fault(checked(world, request, make(holder, request)))
    assert found == {name: expected for name, (_, expected) in BAD.items()}


def test_a_type_that_was_not_asked_for_is_not_wanted(world: World, holder: Holder) -> None:
    request = asked(world, types=["temporary_identity"])
    assert fault(checked(world, request, holder.show(request))) == ("type", "NOT_WANTED")


def test_a_presentation_cannot_be_shown_again(world: World, holder: Holder) -> None:
    request = asked(world)
    presentation = holder.show(request, "sex")
    assert checked(world, request, presentation)["valid"] is True
    again = check_of(world, request["id"], presentation)
    assert (again.status_code, members(again)["code"]) == (409, "PRESENTATION_REQUEST_USED")
    other = asked(world)
    assert fault(checked(world, other, presentation)) == ("binding", "OTHER_REQUEST")


def test_a_request_counts_once_whatever_comes_of_it(world: World, holder: Holder) -> None:
    request = asked(world)
    assert checked(world, request, "x")["valid"] is False
    again = check_of(world, request["id"], holder.show(request))
    assert members(again)["code"] == "PRESENTATION_REQUEST_USED"


def test_a_request_ends_after_ten_minutes(world: World, holder: Holder) -> None:
    request = asked(world)
    world.clock.advance(minutes=10)
    late = check_of(world, request["id"], holder.show(request))
    assert (late.status_code, members(late)["code"]) == (410, "PRESENTATION_REQUEST_EXPIRED")
    never = check_of(world, "vpr_" + "0" * 26, "x")
    assert (never.status_code, members(never)["code"]) == (404, "PRESENTATION_REQUEST_UNKNOWN")


def test_a_credential_ends_with_its_certificate(world: World, holder: Holder) -> None:
    for state in ("suspended", "superseded", "revoked", "expired"):
        force_state(world, state)
        request = asked(world)
        told = checked(world, request, holder.show(request))
        assert fault(told) == ("status", state.upper())
    force_state(world, "valid")
    world.clock.advance(days=31)
    request = asked(world)
    assert fault(checked(world, request, holder.show(request))) == ("validity", "NOT_IN_FORCE")


def test_a_credential_we_did_not_write_down_is_not_ours(world: World, holder: Holder) -> None:
    with world.database.separate() as tx:
        tx.connection().exec_driver_sql("DELETE FROM issued_credentials")
    request = asked(world)
    told = checked(world, request, holder.show(request))
    assert fault(told) == ("in_our_log", "UNLISTED")


def test_a_verifier_that_asks_badly_is_told_where(world: World) -> None:
    def ask(**body: Any) -> tuple[int, str]:
        answer = world.client.post("/v1/presentations/requests", json=body)
        return answer.status_code, members(answer)["pointer"]

    assert ask(audience="https://bank.example", types=["degree"]) == (422, "/types/0")
    for audience in ("", "a b", "x" * 201, "https://银行.example"):
        assert ask(audience=audience) == (422, "/audience")
    assert ask(audience="x", types=[1]) == (422, "/types/0")
    answer = world.client.post(
        "/v1/presentations/check", json={"request": "x", "presentation": "x"}
    )
    assert members(answer)["pointer"] == "/request"


def check_of(world: World, request_id: str, presentation: str) -> Any:
    return world.client.post(
        "/v1/presentations/check", json={"request": request_id, "presentation": presentation}
    )
