"""The whole way: an offer, a token, a nonce, a proof, a credential, word of it."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from tests.app.credentials.wallet import (
    AUDIENCE,
    GRANT,
    NOTIFICATION,
    WalletApp,
    asked,
    checked,
    claims_of,
    code_of,
    disclosed,
    offered,
    shown,
    terms_of,
)
from tests.app.device import Device, new_key, public_jwk
from tests.app.documents.people import HOUSEHOLD, accesses, issued, members
from tests.app.world import World


@pytest.mark.parametrize("scheme", ["Bearer", "DPoP"])
def test_a_wallet_of_any_make_fetches_an_offered_credential(
    world: World, zhang: Device, scheme: str
) -> None:
    wallet = WalletApp(world=world, bound=scheme == "DPoP")
    offer = offered(zhang, issued(zhang)["id"])
    token = members(wallet.redeem(code_of(offer)))
    assert token["token_type"] == scheme
    assert token["expires_in"] == 300
    answer = wallet.fetched()
    [entry] = answer["credentials"]
    assert claims_of(entry["credential"])["cnf"] == {"jwk": public_jwk(wallet.key)}
    assert disclosed(entry["credential"])["name"] == "张明远"
    event = {"notification_id": answer["notification_id"], "event": "credential_accepted"}
    assert wallet.send(NOTIFICATION, event).status_code == 204


def test_what_was_fetched_can_be_shown_in_part(world: World, wallet: WalletApp) -> None:
    credential = wallet.fetched()["credentials"][0]["credential"]
    request = asked(world, types=[HOUSEHOLD])
    told = checked(
        world,
        request,
        shown(credential, ["sex"], key=wallet.key, asked=request, iat=wallet.now),
    )
    assert told["valid"] is True
    assert told["claims"]["facts"] == {"sex": "男"}
    assert request["audience"] == AUDIENCE


def test_an_offer_fetched_by_reference_says_the_same(world: World, zhang: Device) -> None:
    offer = offered(zhang, issued(zhang)["id"], tx_code=True)
    [address] = parse_qs(urlsplit(offer["credential_offer_uri"]).query)["credential_offer_uri"]
    fetched = world.client.get(address.removeprefix(world.settings.public_url))
    assert members(fetched) == terms_of(offer)
    assert members(fetched)["grants"][GRANT]["tx_code"]["length"] == 6
    assert fetched.headers["Cache-Control"] == "no-store"


def test_an_offer_with_six_digits_needs_them(world: World, zhang: Device) -> None:
    offer = offered(zhang, issued(zhang)["id"], tx_code=True)
    assert offer["tx_code"].isdigit()
    assert len(offer["tx_code"]) == 6
    wallet = WalletApp(world=world)
    assert wallet.redeem(code_of(offer), tx_code=offer["tx_code"]).status_code == 200
    wallet.fetched()


def test_a_batch_is_bound_to_as_many_keys(wallet: WalletApp) -> None:
    nonce, keys = wallet.nonce(), [new_key() for _ in range(10)]
    answer = wallet.fetch([wallet.proof(nonce, key=key) for key in keys])
    found = [one["credential"] for one in members(answer)["credentials"]]
    assert [claims_of(one)["cnf"]["jwk"] for one in found] == [public_jwk(key) for key in keys]
    digests = [set(claims_of(one)["facts"]["_sd"]) for one in found]
    assert not set.intersection(*digests)


def test_the_holder_sees_what_was_offered_and_fetched(zhang: Device, wallet: WalletApp) -> None:
    wallet.fetched()
    seen = {event["action"] for event in accesses(zhang)}
    assert {"credential.issued", "credential.offered"} <= seen


def test_nothing_secret_is_in_the_database(world: World, zhang: Device) -> None:
    offer = offered(zhang, issued(zhang)["id"], tx_code=True)
    wallet = WalletApp(world=world)
    wallet.redeem(code_of(offer), tx_code=offer["tx_code"])
    answer = wallet.fetched()
    with world.database.separate() as tx:
        rows = tx.connection().exec_driver_sql("SELECT * FROM credential_offers").all()
    kept = repr(rows)
    reference = offer["credential_offer_uri"].rpartition("%2F")[2]
    for secret in (code_of(offer), wallet.token, answer["notification_id"], reference):
        assert secret not in kept
