"""Once means once, whoever asks at the same moment."""

from __future__ import annotations

from collections import Counter

from tests.app.credentials.racers import Race, post_at_once, run
from tests.app.credentials.wallet import (
    CREDENTIAL,
    WalletApp,
    asked,
    code_of,
    credential_of,
    offered,
    ready,
    shown,
)
from tests.app.device import Device
from tests.app.documents.people import HOUSEHOLD, issued
from tests.app.world import World


def test_of_eight_processes_one_redeems_an_offer(world: World, zhang: Device) -> None:
    code = code_of(offered(zhang, issued(zhang)["id"]))
    race = Race(settings=world.settings, now=world.clock.now(), code=code)
    found = run(race, ["redeem"] * 8)
    won = [one for one in found if one.startswith("ok ")]
    assert len(won) == 1
    assert Counter(found)["PRE_AUTHORIZED_CODE_INVALID"] == 7
    # The code was in eight hands: nobody keeps what it gave.
    wallet = WalletApp(world=world, token=won[0].removeprefix("ok "))
    assert wallet.fetch([wallet.proof(wallet.nonce())]).status_code == 401


def test_of_eight_processes_one_spends_a_nonce(world: World) -> None:
    nonce = WalletApp(world=world).nonce()
    race = Race(settings=world.settings, now=world.clock.now(), nonce=nonce)
    found = Counter(run(race, ["spend"] * 8))
    assert found == {"ok": 1, "KEY_PROOF_NONCE_INVALID": 7}


def test_of_four_processes_one_fetches_what_was_offered(world: World, zhang: Device) -> None:
    wallet = ready(world, zhang)
    bodies = tuple(
        {
            "credential_configuration_id": HOUSEHOLD,
            "proofs": {"jwt": [wallet.proof(wallet.nonce())]},
        }
        for _ in range(4)
    )
    race = Race(settings=world.settings, now=world.clock.now(), token=wallet.token, bodies=bodies)
    found = Counter(post_at_once(race, CREDENTIAL))
    assert found == {(200, ""): 1, (400, "credential_request_denied"): 3}


def test_of_four_processes_one_has_a_presentation_judged(world: World, zhang: Device) -> None:
    credential = credential_of(zhang, issued(zhang)["id"])
    request, now = asked(world), world.clock.now()
    answer = shown(credential, ["sex"], key=zhang.key, asked=request, iat=int(now.timestamp()))
    bodies = ({"request": request["id"], "presentation": answer},) * 4
    race = Race(settings=world.settings, now=now, bodies=bodies)
    found = Counter(post_at_once(race, "/v1/presentations/check"))
    assert found == {(200, ""): 1, (409, "PRESENTATION_REQUEST_USED"): 3}
