"""A page in a browser registers its key by a code that an operator made, once."""

from __future__ import annotations

from typing import Any

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError
from werkzeug.test import TestResponse

from app.partners.service.changes import COMMANDS
from app.partners.service.enrolment_codes import new_code, read_code, shown
from app.wiring.partners import build_key_enrolments
from tests.app.device import Device, public_jwk
from tests.app.operators import operator_console
from tests.app.racing import raced
from tests.app.world import World

CODES, HERE = "/v1/operator/enrolments", "/v1/enrolments"
WRONG = "0000000000"


@pytest.fixture
def console(world: World) -> Device:
    return operator_console(world)


@pytest.fixture
def client(world: World) -> str:
    """A terminal on the list, with one key."""
    return world.onboard(world.phone())


def made(console: Device, client: str) -> dict[str, Any]:
    answer = console.post(CODES, {"client_id": client})
    assert answer.status_code == 201, answer.text
    assert answer.json is not None
    return dict(answer.json)


def redeem(browser: Device, code: str, **more: Any) -> TestResponse:
    return browser.post(HERE, {"code": code, "jwk": public_jwk(browser.key)}, **more)


def log_in(world: World, browser: Device, client: str, scope: str) -> TestResponse:
    """A client with several keys names the one it signs with: by its thumbprint, as enrolled."""
    form = world.login_form(browser, client) | {"scope": scope}
    claims = jwt.decode(form["client_assertion"], options={"verify_signature": False})
    kid = {"kid": browser.thumbprint}
    signed = jwt.encode(claims, browser.key, algorithm="ES256", headers=kid)
    return browser.form("/oauth/token", form | {"client_assertion": signed})


def refused(answer: TestResponse) -> tuple[int, str]:
    return answer.status_code, answer.json["code"]


UNKNOWN = (404, "ENROLMENT_CODE_UNKNOWN")


def test_a_browser_logs_in_after_its_key_was_enrolled(
    world: World, console: Device, client: str
) -> None:
    browser = world.phone()
    answer = redeem(browser, made(console, client)["code"])
    assert answer.status_code == 201, answer.text
    assert answer.json == {
        "client_id": client,
        "kind": "terminal",
        "name": "平安大药房",
        "scopes": ["card.decode"],
    }
    assert log_in(world, browser, client, "card.decode").status_code == 200


def test_a_client_of_a_hospital_is_told_apart(world: World, console: Device) -> None:
    hospital = console.post(
        "/v1/operator/merchants", {"name": "市一医院", "kind": "hospital", "region": "990100"}
    ).json["id"]
    client = world.onboarding.add_terminal(
        merchant_id=hospital, jwks=[dict(public_jwk(world.phone().key))], purposes={"01301"}
    )
    assert redeem(world.phone(), made(console, client)["code"]).json["kind"] == "hospital"


def test_an_operators_next_key_is_enrolled_alike(world: World, console: Device) -> None:
    me = made_by(console)
    browser = world.phone()
    answer = redeem(browser, made(console, me)["code"])
    assert (answer.status_code, answer.json["kind"]) == (201, "operator")
    assert log_in(world, browser, me, "partners.read").status_code == 200


def made_by(console: Device) -> str:
    return str(jwt.decode(str(console.token), options={"verify_signature": False})["client_id"])


def test_nobody_enrols_a_key_that_may_do_more_than_they(world: World, console: Device) -> None:
    lesser = operator_console(world, "partners.write")
    answer = lesser.post(CODES, {"client_id": made_by(console)})
    assert refused(answer) == (403, "ENROLMENT_BEYOND_YOURS")


@pytest.mark.parametrize(
    "typed",
    [str.lower, lambda code: code.replace("-", " "), lambda code: code.replace("-", "")],
    ids=["lower", "blanks", "together"],
)
def test_the_code_is_taken_as_people_type_it(
    world: World, console: Device, client: str, typed: Any
) -> None:
    code = made(console, client)["code"]
    assert redeem(world.phone(), typed(code)).status_code == 201


def test_a_code_is_used_once(world: World, console: Device, client: str) -> None:
    code = made(console, client)["code"]
    assert redeem(world.phone(), code).status_code == 201
    assert refused(redeem(world.phone(), code)) == UNKNOWN


def test_a_lost_answer_is_given_again(world: World, console: Device, client: str) -> None:
    code, browser = made(console, client)["code"], world.phone()
    first = redeem(browser, code, idempotency_key="one-enrolment")
    assert redeem(browser, code, idempotency_key="one-enrolment").data == first.data


def test_a_code_ends_after_a_quarter_of_an_hour(world: World, console: Device, client: str) -> None:
    code = made(console, client)["code"]
    world.clock.advance(minutes=15)
    assert refused(redeem(world.phone(), code)) == UNKNOWN


def test_a_revoked_code_is_no_code(world: World, console: Device, client: str) -> None:
    enrolment = made(console, client)
    answer = console.post(f"{CODES}/{enrolment['id']}/revocation")
    assert answer.json["revoked_by"] == made_by(console)
    assert console.post(f"{CODES}/{enrolment['id']}/revocation").status_code == 200
    assert refused(redeem(world.phone(), enrolment["code"])) == UNKNOWN


def test_a_used_code_is_not_revoked(world: World, console: Device, client: str) -> None:
    enrolment = made(console, client)
    redeem(world.phone(), enrolment["code"])
    answer = console.post(f"{CODES}/{enrolment['id']}/revocation")
    assert refused(answer) == (409, "ENROLMENT_ENDED")


def test_an_enrolment_nobody_made_is_not_revoked(console: Device) -> None:
    assert refused(console.post(f"{CODES}/enr_none/revocation")) == (404, "ENROLMENT_UNKNOWN")


def test_the_key_is_the_one_that_signs_the_request(
    world: World, console: Device, client: str
) -> None:
    code, browser = made(console, client)["code"], world.phone()
    body = {"code": code, "jwk": public_jwk(world.phone().key)}
    assert refused(browser.post(HERE, body)) == (422, "ENROLMENT_KEY_OF_ANOTHER")
    assert redeem(browser, code).status_code == 201  # it was not used up


def test_a_name_of_the_callers_choice_does_not_count(
    world: World, console: Device, client: str
) -> None:
    browser = world.phone()
    jwk = {**public_jwk(browser.key), "kid": "first"}
    browser.post(HERE, {"code": made(console, client)["code"], "jwk": jwk})
    told = console.get(f"/v1/operator/terminals/{client}").json["kids"]
    assert told[1:] == [browser.thumbprint]


def test_without_a_proof_nothing_is_enrolled(world: World, console: Device, client: str) -> None:
    body = {"code": made(console, client)["code"], "jwk": public_jwk(world.phone().key)}
    assert world.client.post(HERE, json=body).status_code == 401


def test_a_key_is_enrolled_once_and_the_code_stays(
    world: World, console: Device, client: str
) -> None:
    browser = world.phone()
    redeem(browser, made(console, client)["code"])
    code = made(console, client)["code"]
    assert refused(redeem(browser, code)) == (409, "TERMINAL_KEY_EXISTS")
    assert redeem(world.phone(), code).status_code == 201


def test_five_keys_are_enough(world: World, console: Device, client: str) -> None:
    late = made(console, client)["code"]
    for _ in range(4):
        assert redeem(world.phone(), made(console, client)["code"]).status_code == 201
    assert refused(console.post(CODES, {"client_id": client})) == (409, "ENROLMENT_NO_ROOM")
    assert refused(redeem(world.phone(), late)) == (409, "ENROLMENT_NO_ROOM")


def test_a_suspended_client_gets_no_key(world: World, console: Device, client: str) -> None:
    code = made(console, client)["code"]
    console.post(f"/v1/operator/terminals/{client}/suspension")
    assert refused(redeem(world.phone(), code)) == (409, "ENROLMENT_CLIENT_STOPPED")
    answer = console.post(CODES, {"client_id": client})
    assert refused(answer) == (409, "ENROLMENT_CLIENT_STOPPED")


def test_nobodys_key_is_not_enrolled(console: Device) -> None:
    answer = console.post(CODES, {"client_id": "trm_nobody"})
    assert refused(answer) == (404, "ENROLMENT_CLIENT_UNKNOWN")


def test_an_address_tries_twenty_times(world: World, console: Device, client: str) -> None:
    code = made(console, client)["code"]
    for _ in range(20):
        assert refused(redeem(world.phone(), WRONG)) == UNKNOWN
    assert refused(redeem(world.phone(), code)) == (429, "TOO_MANY_REQUESTS")


def test_all_addresses_together_miss_so_often(world: World, console: Device, client: str) -> None:
    code = made(console, client)["code"]
    for _ in range(300):
        world.shared.limits.hit("enrolment_misses_all", "all")
    assert refused(redeem(world.phone(), code)) == (429, "TOO_MANY_REQUESTS")


def test_what_was_done_is_on_record(world: World, console: Device, client: str) -> None:
    enrolment, browser = made(console, client), world.phone()
    redeem(browser, enrolment["code"])
    (row,) = console.get(CODES).json["items"]
    assert row["made_by"] == made_by(console)
    assert row["kid"] == browser.thumbprint
    assert enrolment["code"] not in console.get(CODES).text
    merchant = console.get(f"/v1/operator/terminals/{client}").json["merchant_id"]
    changes = console.get(f"/v1/operator/merchants/{merchant}/changes").json["items"]
    told = [(one["action"], one["actor"], one["detail"]) for one in changes]
    assert ("terminal.key_added", enrolment["id"], [browser.thumbprint]) in told
    assert ("terminal.enrolment_made", made_by(console), [enrolment["id"]]) in told


def test_the_database_keeps_what_has_ended(world: World, console: Device, client: str) -> None:
    redeem(world.phone(), made(console, client)["code"])
    undone = "UPDATE key_enrolments SET used_at = NULL, kid = NULL"
    for change in (undone, "DELETE FROM key_enrolments"):
        with pytest.raises(DatabaseError), world.database.separate() as tx:
            tx.execute(text(change))


def test_of_two_browsers_with_one_code_one_is_enrolled(world: World, client: str) -> None:
    code = build_key_enrolments(world.shared).make(client, by=COMMANDS).code
    url = world.settings.database_url.get_secret_value()
    keys = str(world.settings.keys_path)
    redis_url = world.settings.redis_url.get_secret_value()
    instant = world.clock.now().isoformat()
    outcomes = raced("tests.app.partners.enrol_child", [(url, redis_url, keys, instant, code)] * 4)
    assert sorted(outcomes) == ["ENROLMENT_CODE_UNKNOWN"] * 3 + ["enrolled"]
    with world.database.separate() as tx:
        assert tx.scalar(text("SELECT jsonb_array_length(jwks) FROM terminals")) == 2


@given(st.lists(st.integers(0, 31), min_size=10, max_size=10))
def test_every_code_is_read_as_it_is_shown(digits: list[int]) -> None:
    given_digits = iter(digits)
    code = new_code(lambda _: next(given_digits))
    assert read_code(shown(code)) == read_code(shown(code).lower()) == code


@given(st.text(max_size=32))
def test_whatever_is_typed_is_a_code_or_none(typed: str) -> None:
    read = read_code(typed)
    assert read is None or read_code(read) == read
