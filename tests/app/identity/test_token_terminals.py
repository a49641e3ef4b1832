"""A partner's terminal logs in with its key (RFC 7523) and gets a token bound to it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.app.device import Device, new_key
from tests.app.identity.tokens import INVALID_CLIENT, INVALID_REQUEST, TOKEN, parts_of, refusal
from tests.app.world import World


@pytest.fixture
def till(world: World) -> Device:
    return world.phone()


@pytest.fixture
def client_id(world: World, till: Device) -> str:
    return world.onboard(till)


def test_a_terminal_gets_a_token_of_its_own_kind(
    world: World, till: Device, client_id: str
) -> None:
    answer = till.form(TOKEN, world.login_form(till, client_id))

    assert answer.status_code == 200
    assert answer.json["scope"] == "card.decode"
    assert "refresh_token" not in answer.get_json()
    claims = parts_of(answer.json["access_token"])[1]
    assert claims["sub"] == claims["client_id"] == client_id
    assert claims["cnf"] == {"jkt": till.thumbprint}
    assert not {"acr", "auth_time", "sid", "vrf"} & claims.keys()


def test_without_a_scope_it_gets_all_it_may_have(
    world: World, till: Device, client_id: str
) -> None:
    form = world.login_form(till, client_id) | {"scope": ""}
    assert till.form(TOKEN, form).json["scope"] == "card.decode"


def test_it_may_not_ask_for_more(world: World, till: Device, client_id: str) -> None:
    for scope in ("citizen", "card.decode citizen", "admin", "null"):
        form = world.login_form(till, client_id) | {"scope": scope}
        assert refusal(till.form(TOKEN, form)) == (400, "INVALID_SCOPE", "invalid_scope")


def test_an_assertion_counts_once(world: World, till: Device, client_id: str) -> None:
    form = world.login_form(till, client_id)
    assert till.form(TOKEN, form).status_code == 200
    assert refusal(till.form(TOKEN, form)) == INVALID_CLIENT


OTHER_CLAIMS: tuple[dict[str, Any], ...] = (
    {"aud": "https://another.example"},
    {"aud": "http://127.0.0.1:8000/v1"},
    {"aud": "http://127.0.0.1:8000/oauth/token"},
    {"exp": 9_999_999_999},
    {"exp": 1},
    {"sub": "trm_another"},
    {"iss": "trm_another", "sub": "trm_another"},
    {"jti": ""},
    {"iat": 9_999_999_999},
)


def test_an_assertion_that_says_anything_else_is_refused(
    world: World, till: Device, client_id: str
) -> None:
    for claims in OTHER_CLAIMS:
        form = world.login_form(till, client_id, **claims)
        assert refusal(till.form(TOKEN, form)) == INVALID_CLIENT


def test_an_assertion_by_another_key_is_refused(world: World, till: Device, client_id: str) -> None:
    till.key = new_key()
    assert refusal(till.form(TOKEN, world.login_form(till, client_id))) == INVALID_CLIENT


def test_a_proof_is_no_assertion(world: World, till: Device, client_id: str) -> None:
    proof = till.proof("POST", TOKEN, iss=client_id, sub=client_id, aud=world.settings.public_url)
    form = world.login_form(till, client_id) | {"client_assertion": proof}
    assert refusal(till.form(TOKEN, form)) == INVALID_CLIENT


def test_a_named_client_must_be_the_one_that_asserts(
    world: World, till: Device, client_id: str
) -> None:
    right = world.login_form(till, client_id) | {"client_id": client_id}
    wrong = world.login_form(till, client_id) | {"client_id": "miniprogram"}
    assert till.form(TOKEN, right).status_code == 200
    assert refusal(till.form(TOKEN, wrong)) == INVALID_CLIENT


@pytest.mark.parametrize(
    "changes",
    [
        {"client_assertion": ""},
        {"client_assertion_type": ""},
        {"client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:saml2-bearer"},
    ],
    ids=repr,
)
def test_only_this_kind_of_assertion_is_in_use(
    world: World, till: Device, client_id: str, changes: dict[str, str]
) -> None:
    form = world.login_form(till, client_id) | changes
    assert refusal(till.form(TOKEN, form)) == INVALID_REQUEST


def test_a_terminal_cannot_redeem_what_belongs_to_citizens(world: World, client_id: str) -> None:
    phone = world.citizen()
    form = {"grant_type": "refresh_token", "refresh_token": phone.refresh_token or ""}
    assert refusal(phone.form(TOKEN, form | {"client_id": client_id})) == INVALID_CLIENT
