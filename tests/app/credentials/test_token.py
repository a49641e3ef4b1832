"""A pre-authorized code is redeemed once, by who knows what its holder told them."""

from __future__ import annotations

from tests.app.credentials.wallet import (
    CREDENTIAL,
    GRANT,
    TOKEN,
    WalletApp,
    code_of,
    offered,
    ready,
    refusal,
)
from tests.app.device import Device, new_key
from tests.app.documents.people import issued, members
from tests.app.world import World

INVALID_GRANT, INVALID_REQUEST = (400, "invalid_grant"), (400, "invalid_request")


def test_a_request_that_lacks_something_is_told_so(world: World, zhang: Device) -> None:
    wallet, code = WalletApp(world=world), code_of(offered(zhang, issued(zhang)["id"]))
    ask = wallet.ask_token
    assert refusal(ask()) == INVALID_REQUEST
    assert refusal(ask(grant_type=GRANT)) == INVALID_REQUEST
    assert refusal(ask(**{"pre-authorized_code": code})) == INVALID_REQUEST
    other = ask(**{"grant_type": "authorization_code", "pre-authorized_code": code})
    assert refusal(other) == (400, "unsupported_grant_type")
    unknown = ask(**{"grant_type": GRANT, "pre-authorized_code": "x"})
    assert refusal(unknown) == INVALID_GRANT
    unasked = ask(**{"grant_type": GRANT, "pre-authorized_code": code, "tx_code": "123456"})
    assert refusal(unasked) == INVALID_REQUEST
    twice = world.client.post(
        TOKEN,
        data=f"grant_type={GRANT}&pre-authorized_code={code}&pre-authorized_code={code}",
        content_type="application/x-www-form-urlencoded",
    )
    assert refusal(twice) == INVALID_REQUEST
    assert refusal(world.client.post(TOKEN, json={"grant_type": GRANT})) == INVALID_REQUEST
    assert wallet.redeem(code).status_code == 200


def test_a_reused_offer_gives_nothing_and_ends_what_it_gave(world: World, zhang: Device) -> None:
    first, second = WalletApp(world=world), WalletApp(world=world)
    offer = offered(zhang, issued(zhang)["id"])
    assert first.redeem(code_of(offer)).status_code == 200
    assert refusal(second.redeem(code_of(offer))) == INVALID_GRANT
    answer = first.fetch([first.proof(first.nonce())])
    assert answer.status_code == 401
    assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]


def test_a_redeemed_or_ended_offer_is_not_handed_out(world: World, zhang: Device) -> None:
    certificate_id = issued(zhang)["id"]
    redeemed, ended = (offered(zhang, certificate_id) for _ in range(2))
    WalletApp(world=world).redeem(code_of(redeemed))
    for offer in (redeemed, ended):
        path = offer["credential_offer_uri"].rpartition("%2F")[2]
        answer = world.client.get(f"/v1/credential-offers/{path}")
        assert (answer.status_code, members(answer)["code"]) == (404, "CREDENTIAL_OFFER_UNKNOWN")
        world.clock.advance(minutes=10)
    assert refusal(WalletApp(world=world).redeem(code_of(ended))) == INVALID_GRANT


def test_six_digits_may_be_tried_five_times(world: World, zhang: Device) -> None:
    wallet, offer = WalletApp(world=world), offered(zhang, issued(zhang)["id"], tx_code=True)
    right = offer["tx_code"]
    wrong = f"{(int(right) + 1) % 1_000_000:06d}"
    assert refusal(wallet.redeem(code_of(offer))) == INVALID_REQUEST
    for _ in range(4):
        assert refusal(wallet.redeem(code_of(offer), tx_code=wrong)) == (400, "invalid_tx_code")
    assert refusal(wallet.redeem(code_of(offer), tx_code=wrong)) == INVALID_GRANT
    assert refusal(wallet.redeem(code_of(offer), tx_code=right)) == INVALID_GRANT


def test_the_right_digits_after_wrong_ones_are_enough(world: World, zhang: Device) -> None:
    wallet, offer = WalletApp(world=world), offered(zhang, issued(zhang)["id"], tx_code=True)
    for wrong in ("", "12345", "1234567", "abcdef"):
        assert wallet.redeem(code_of(offer), tx_code=wrong).status_code == 400
    assert wallet.redeem(code_of(offer), tx_code=offer["tx_code"]).status_code == 200


def test_a_token_lives_five_minutes(world: World, wallet: WalletApp) -> None:
    world.clock.advance(minutes=5)
    assert wallet.fetch([wallet.proof(wallet.nonce())]).status_code == 401


def test_a_bound_token_needs_its_key(world: World, zhang: Device) -> None:
    wallet = ready(world, zhang, bound=True)
    proof = wallet.proof(wallet.nonce())
    plain = WalletApp(world=world, token=wallet.token)
    assert plain.fetch([proof]).status_code == 401
    thief = WalletApp(world=world, bound=True, token=wallet.token)
    thief.device.token, thief.device.key = wallet.token, new_key()
    stolen = thief.fetch([proof])
    assert stolen.status_code == 401
    assert 'error="invalid_dpop_proof"' in stolen.headers["WWW-Authenticate"]
    assert wallet.fetch([proof]).status_code == 200


def test_an_unbound_token_is_not_taken_for_a_bound_one(world: World, wallet: WalletApp) -> None:
    dressed = WalletApp(world=world, bound=True, token=wallet.token)
    dressed.device.token = wallet.token
    assert dressed.fetch([dressed.proof(dressed.nonce())]).status_code == 401


def test_a_wrong_proof_at_the_token_endpoint_is_told_as_oauth_asks(
    world: World, zhang: Device
) -> None:
    code = code_of(offered(zhang, issued(zhang)["id"]))
    answer = world.client.post(
        TOKEN,
        data={"grant_type": GRANT, "pre-authorized_code": code},
        headers={"DPoP": zhang.proof("POST", "/elsewhere")},
    )
    assert refusal(answer) == (400, "invalid_dpop_proof")
    assert WalletApp(world=world).redeem(code).status_code == 200


def test_other_tokens_are_none_of_a_wallets(world: World, zhang: Device) -> None:
    for headers in (
        {},
        {"Authorization": "Bearer x"},
        {"Authorization": "Basic eDp5"},
        {"Authorization": f"Bearer {zhang.token}"},
    ):
        answer = world.client.post(CREDENTIAL, json={}, headers=headers)
        assert (answer.status_code, members(answer)["code"]) == (401, "INVALID_TOKEN")
    phone = zhang.post(CREDENTIAL, json={})
    assert phone.status_code == 401


def test_a_wallets_token_opens_nothing_of_the_person(world: World, wallet: WalletApp) -> None:
    headers = {"Authorization": f"Bearer {wallet.token}"}
    assert world.client.get("/v1/me", headers=headers).status_code == 401
    assert world.client.get("/v1/certificates", headers=headers).status_code == 401
