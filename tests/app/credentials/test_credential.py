"""The credential endpoint refuses in the words wallets know, and answers an offer once."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from app.credentials.models import IssuedCredential, SpentNonce
from tests.app.credentials.wallet import (
    CREDENTIAL,
    NOTIFICATION,
    WalletApp,
    code_of,
    offered,
    ready,
    refusal,
)
from tests.app.device import Device
from tests.app.documents.people import HOUSEHOLD, issued, members
from tests.app.documents.test_database_keeps import force_state
from tests.app.world import World

INVALID_REQUEST = (400, "invalid_credential_request")
DENIED = (400, "credential_request_denied")


def test_each_wrong_request_has_the_name_the_specification_gives_it(
    world: World, wallet: WalletApp
) -> None:
    proofs = {"proofs": {"jwt": [wallet.proof(wallet.nonce())]}}
    named = {"credential_configuration_id": HOUSEHOLD}
    wrong: list[tuple[dict[str, Any], tuple[int, str]]] = [
        ({}, INVALID_REQUEST),
        (proofs, INVALID_REQUEST),
        ({**proofs, **named, "credential_identifier": "x"}, INVALID_REQUEST),
        ({**proofs, "credential_identifier": "x"}, (400, "unknown_credential_identifier")),
        ({**proofs, "credential_configuration_id": 7}, INVALID_REQUEST),
        ({**proofs, "credential_configuration_id": "degree"}, UNKNOWN),
        ({**proofs, **named, "proofs": "x"}, INVALID_REQUEST),
        (
            {**proofs, **named, "credential_response_encryption": {}},
            (400, "invalid_encryption_parameters"),
        ),
    ]
    found = [refusal(wallet.send(CREDENTIAL, body)) for body, _ in wrong]
    assert found == [expected for _, expected in wrong]
    headers = {"Authorization": f"Bearer {wallet.token}"}
    broken = world.client.post(CREDENTIAL, data="{", headers=headers, content_type=JSON)
    assert refusal(broken) == INVALID_REQUEST
    form = world.client.post(CREDENTIAL, data={"a": "b"}, headers=headers)
    assert refusal(form) == (415, "invalid_credential_request")


UNKNOWN, JSON = (400, "unknown_credential_configuration"), "application/json"


def test_members_nobody_knows_are_ignored(wallet: WalletApp) -> None:
    assert wallet.fetch([wallet.proof(wallet.nonce())], future="x").status_code == 200


def test_an_offer_is_for_its_own_certificate_only(wallet: WalletApp) -> None:
    proof = wallet.proof(wallet.nonce())
    assert refusal(wallet.fetch([proof], "temporary_identity")) == DENIED
    assert wallet.fetch([proof]).status_code == 200


def test_an_offer_is_answered_once(wallet: WalletApp) -> None:
    wallet.fetched()
    assert refusal(wallet.fetch([wallet.proof(wallet.nonce())])) == DENIED


def test_a_certificate_that_ended_meanwhile_is_not_fetched(world: World, wallet: WalletApp) -> None:
    force_state(world, "revoked")
    assert refusal(wallet.fetch([wallet.proof(wallet.nonce())])) == DENIED
    with world.database.separate() as tx:
        assert tx.scalar(select(func.count()).select_from(IssuedCredential)) == 0
        assert tx.scalar(select(func.count()).select_from(SpentNonce)) == 0


def test_a_superseded_certificate_s_offer_is_worth_nothing(world: World, zhang: Device) -> None:
    wallet = WalletApp(world=world)
    wallet.redeem(code_of(offered(zhang, issued(zhang)["id"])))
    issued(zhang)
    assert refusal(wallet.fetch([wallet.proof(wallet.nonce())])) == DENIED


def note(wallet: WalletApp, notification_id: str, event: str) -> Any:
    return wallet.send(NOTIFICATION, {"notification_id": notification_id, "event": event})


def test_word_of_a_credential_may_come_twice_and_change_once(wallet: WalletApp) -> None:
    known = wallet.fetched()["notification_id"]
    for event in ("credential_accepted", "credential_accepted", "credential_deleted"):
        assert note(wallet, known, event).status_code == 204
    assert note(wallet, known, "credential_deleted").status_code == 204
    invalid = (400, "invalid_notification_request")
    for event in ("credential_accepted", "credential_failure", "credential_loved"):
        assert refusal(note(wallet, known, event)) == invalid
    assert refusal(wallet.send(NOTIFICATION, {"event": "credential_accepted"})) == invalid
    assert refusal(wallet.send(NOTIFICATION, [])) == invalid


def test_word_is_taken_from_who_fetched_it_only(world: World, zhang: Device, li: Device) -> None:
    mine, other = ready(world, zhang), ready(world, li)
    known = mine.fetched()["notification_id"]
    other.fetched()
    for wallet, notification_id in ((other, known), (mine, "x")):
        answer = note(wallet, notification_id, "credential_accepted")
        assert refusal(answer) == (400, "invalid_notification_id")
    assert note(mine, known, "credential_failure").status_code == 204


def test_a_refusal_says_what_was_wrong_and_nothing_of_the_holder(wallet: WalletApp) -> None:
    answer = wallet.fetch([wallet.proof(wallet.nonce(), aud="https://elsewhere.example")])
    told = members(answer)
    assert told["reason"] == "audience"
    assert told.keys() == {"error", "error_description", "code", "request_id", "reason"}
    assert answer.headers["Cache-Control"] == "no-store"
