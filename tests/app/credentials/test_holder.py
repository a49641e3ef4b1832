"""The holder's own way to a credential, and what a credential holds."""

from __future__ import annotations

import secrets
from typing import Any

from sqlalchemy import text

from certificates.catalogue import Catalogue
from certificates.credentials.kinds import descriptions
from tests.app.credentials.wallet import (
    WalletApp,
    claims_of,
    credential_of,
    disclosed,
    offered,
)
from tests.app.device import Device, new_key, public_jwk
from tests.app.documents.people import (
    HOUSEHOLD,
    ZHANG,
    accesses,
    issued,
    members,
    registered,
)
from tests.app.documents.test_database_keeps import force_state
from tests.app.world import World

KIND = Catalogue.load().get(HOUSEHOLD)
FACTS = {field.name for field in KIND.spec.fields if field.disclosure != "never"}
PREPARED = {one.path[-1] for one in descriptions(KIND) if one.path[0] == "predicates"}
WAYS = {"credential": "issued_credentials", "credential-offers": "credential_offers"}
"""Both ways to a credential, and the table each writes."""


def test_a_credential_is_bound_to_the_phone_and_ends_with_its_certificate(
    world: World, zhang: Device
) -> None:
    made = issued(zhang)
    answer = zhang.post(f"/v1/certificates/{made['id']}/credential", json={})
    told = members(answer)
    claims = claims_of(told["credential"])
    assert claims["cnf"] == {"jwk": public_jwk(zhang.key)}
    assert told["key"] == zhang.thumbprint
    assert told["expires_at"] == made["valid_until"]
    vct = f"{world.settings.public_url}/v1/credential-types/{HOUSEHOLD}"
    assert claims["vct"] == told["vct"] == vct
    assert claims["iss"] == world.settings.public_url


def test_the_holder_may_show_each_fact_and_need_show_none(zhang: Device) -> None:
    credential = credential_of(zhang, issued(zhang)["id"])
    assert disclosed(credential).keys() == FACTS | PREPARED
    claims = claims_of(credential)
    assert claims.keys() - {"predicates"} == {
        *("iss", "vct", "iat", "exp", "cnf", "_sd", "_sd_alg"),
        *("facts", "type_version", "provisional", "status"),
    }
    assert claims["facts"].keys() == {"_sd"}
    assert len(claims["facts"]["_sd"]) == len(FACTS)


def test_what_is_never_disclosed_is_in_no_credential(
    world: World, zhang: Device, portrait: str
) -> None:
    registered(world, ZHANG)["photo"] = portrait
    credential = credential_of(zhang, issued(zhang, "temporary_identity")["id"])
    assert "photo" not in disclosed(credential)
    assert disclosed(credential)["name"] == ZHANG


def test_a_credential_may_be_bound_to_another_key_that_is_proven(
    world: World, zhang: Device
) -> None:
    wallet = WalletApp(world=world)
    credential = credential_of(zhang, issued(zhang)["id"], proof=wallet.proof(wallet.nonce()))
    assert claims_of(credential)["cnf"] == {"jwk": public_jwk(wallet.key)}


def test_a_key_that_is_not_proven_gets_nothing(world: World, zhang: Device) -> None:
    wallet = WalletApp(world=world)
    path = f"/v1/certificates/{issued(zhang)['id']}/credential"
    proof = wallet.proof(wallet.nonce(), signed_by=new_key())
    answer = zhang.post(path, json={"proof": proof})
    assert (answer.status_code, members(answer)["code"]) == (400, "KEY_PROOF_INVALID")
    assert members(answer)["reason"] == "signature"


def refusals(phone: Device, certificate_id: str) -> set[tuple[int, str]]:
    """What both ways to a credential answer."""
    answers = [phone.post(f"/v1/certificates/{certificate_id}/{way}", json={}) for way in WAYS]
    return {(answer.status_code, members(answer)["code"]) for answer in answers}


def test_only_a_certificate_in_force_becomes_a_credential(world: World, zhang: Device) -> None:
    made = issued(zhang)
    for state in ("suspended", "superseded", "revoked", "expired"):
        force_state(world, state)
        assert refusals(zhang, made["id"]) == {(409, "CERTIFICATE_NOT_IN_FORCE")}


def test_a_certificate_whose_time_is_over_becomes_no_credential(
    world: World, zhang: Device
) -> None:
    made = issued(zhang)
    with world.database.separate() as tx:
        tx.execute(text("ALTER TABLE certificates DISABLE TRIGGER certificates_keep"))
        tx.execute(
            text(
                "UPDATE certificates SET issued_at = issued_at - interval '30 days',"
                " valid_until = valid_until - interval '30 days'"
            )
        )
        tx.execute(text("ALTER TABLE certificates ENABLE TRIGGER certificates_keep"))
    assert refusals(zhang, made["id"]) == {(409, "CERTIFICATE_NOT_IN_FORCE")}


def test_anothers_certificate_is_as_unknown_as_one_that_never_was(
    zhang: Device, li: Device
) -> None:
    for certificate_id in (issued(li)["id"], "cer_nothing"):
        assert refusals(zhang, certificate_id) == {(404, "NOT_FOUND")}


def test_the_same_request_twice_is_done_once(world: World, zhang: Device) -> None:
    certificate_id = issued(zhang)["id"]
    for way, table in WAYS.items():
        path, key = f"/v1/certificates/{certificate_id}/{way}", secrets.token_hex(8)
        first, second = (zhang.post(path, json={}, idempotency_key=key) for _ in range(2))
        assert first.data == second.data
        with world.database.separate() as tx:
            assert tx.scalar(text(f"SELECT count(*) FROM {table}")) == 1  # noqa: S608


def test_a_malformed_request_is_refused(zhang: Device) -> None:
    path = f"/v1/certificates/{issued(zhang)['id']}"
    bodies: list[dict[str, Any]] = [{"proof": ""}, {"proof": 1}, {"jwk": {}}, {"proof": "x" * 9000}]
    for body in bodies:
        assert zhang.post(f"{path}/credential", json=body).status_code == 422
    assert zhang.post(f"{path}/credential-offers", json={"tx_code": "yes"}).status_code == 422


def test_each_credential_is_recorded_for_its_holder(zhang: Device) -> None:
    made = issued(zhang)
    credential_of(zhang, made["id"])
    offered(zhang, made["id"])
    seen = {event["action"] for event in accesses(zhang)}
    assert {"credential.offered", "credential.issued"} <= seen


def test_a_person_may_ask_thirty_times_in_ten_minutes(zhang: Device) -> None:
    certificate_id = issued(zhang)["id"]
    for _ in range(30):
        offered(zhang, certificate_id)
    assert refusals(zhang, certificate_id) == {(429, "TOO_MANY_REQUESTS")}
