"""Clients nobody here wrote accept what is issued, and refuse what no longer holds.

`@openid4vc/openid4vci` fetches, `@sd-jwt/sd-jwt-vc` verifies and presents, and
`@sd-jwt/jwt-status-list` reads the status: over HTTP, from a served application.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from config import Settings
from tests.app.credentials.wallet import credential_of, disclosed, offered
from tests.app.device import public_jwk
from tests.app.documents.people import HOUSEHOLD, ZHANG, issued
from tests.app.registry import Registry
from tests.clients.node import installed_wallet, run_wallet
from tests.clients.served import Served, served

REFUSED = {
    "wrongNonce": "invalid_nonce",
    "missingProof": "invalid_proof",
    "again": "invalid_nonce",
    "other": "credential_request_denied",
    "answered": "credential_request_denied",
    "reused": "invalid_grant",
}
TITLES = "户籍证明"


@pytest.fixture
def api(settings: Settings, registry: Registry) -> Iterator[Served]:
    with served(settings, registry) as running:
        yield running


@pytest.mark.timeout(400)  # the first run installs
def test_an_independent_wallet_and_verifier_accept_what_is_issued(api: Served) -> None:
    folder = installed_wallet()
    phone = api.world.citizen(ZHANG)
    certificate = issued(phone)
    with_digits = offered(phone, certificate["id"], tx_code=True)
    plain = offered(phone, certificate["id"])
    own = credential_of(phone, certificate["id"])

    told = run_wallet(
        folder,
        {
            "issuer": api.world.settings.public_url,
            "rootPem": api.world.client.get("/.well-known/certificate-root.pem").text,
            "statusKey": public_jwk(api.lists.key),
            "suspend": api.lists.suspend_uri,
            "credential": own,
            "fetch": [
                {"offer": plain["credential_offer"], "count": 3, "dpop": False},
                {
                    "offer": with_digits["credential_offer_uri"],
                    "txCode": with_digits["tx_code"],
                    "count": 1,
                    "dpop": True,
                },
            ],
        },
    )

    assert [one["tokenType"] for one in told["found"]] == ["Bearer", "DPoP"]
    assert [len(one["verified"]) for one in told["found"]] == [3, 1]
    facts = {name: value for name, value in disclosed(own).items() if not isinstance(value, bool)}
    for one in told["found"]:
        assert one["refused"] == REFUSED
        assert one["notified"] is True
        for credential in one["verified"]:
            assert credential == {"bound": True, "facts": facts, "type": True, "name": TITLES}
        assert one["shown"] == {"sex": "男"}
        assert one["checked"]["valid"] is True
        assert one["checked"]["type"] == HOUSEHOLD
        assert one["checked"]["claims"]["facts"] == {"sex": "男"}
    assert told["thumbprint"] == phone.thumbprint
    assert told["status"] == 0
    assert told["suspended"] == "Status is not valid"
