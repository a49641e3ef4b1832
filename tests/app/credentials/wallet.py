"""A wallet as OpenID4VCI 1.0 describes it, and what it can do wrong."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from werkzeug.test import TestResponse

from tests.app.device import Device, base64url, new_key, public_jwk
from tests.app.documents.people import HOUSEHOLD, issued, members
from tests.app.world import World

GRANT = "urn:ietf:params:oauth:grant-type:pre-authorized_code"
TOKEN, NONCE = "/openid4vci/token", "/openid4vci/nonce"
CREDENTIAL, NOTIFICATION = "/openid4vci/credential", "/openid4vci/notification"
ISSUER_PATH = "/.well-known/openid-credential-issuer"
AUDIENCE = "https://bank.example"


def offered(phone: Device, certificate_id: str, **body: Any) -> dict[str, Any]:
    """An offer of a certificate, just made."""
    answer = phone.post(f"/v1/certificates/{certificate_id}/credential-offers", json=body)
    assert answer.status_code == 201, answer.text
    return members(answer)


def credential_of(phone: Device, certificate_id: str, **body: Any) -> str:
    """The credential for the phone itself."""
    answer = phone.post(f"/v1/certificates/{certificate_id}/credential", json=body)
    assert answer.status_code == 201, answer.text
    return str(members(answer)["credential"])


def terms_of(offer: Mapping[str, Any]) -> dict[str, Any]:
    """What an offer says, read from the address that holds all of it."""
    query = parse_qs(urlsplit(offer["credential_offer"]).query)
    found: dict[str, Any] = json.loads(query["credential_offer"][0])
    return found


def code_of(offer: Mapping[str, Any]) -> str:
    return str(terms_of(offer)["grants"][GRANT]["pre-authorized_code"])


def claims_of(part: str) -> dict[str, Any]:
    """The claims of a JWT or a credential, unchecked."""
    found: dict[str, Any] = jwt.decode(
        part.split("~", maxsplit=1)[0], options={"verify_signature": False}
    )
    return found


def header_of(credential: str) -> dict[str, Any]:
    """The header of a credential's signed part."""
    found: dict[str, Any] = jwt.get_unverified_header(credential.split("~", maxsplit=1)[0])
    return found


def disclosed(credential: str) -> dict[str, Any]:
    """Every claim a credential can show, by name."""
    arrays = [json.loads(_decoded(one)) for one in credential.split("~")[1:-1]]
    return {name: value for _, name, value in arrays}


def shown(
    credential: str,
    names: Sequence[str],
    *,
    key: ec.EllipticCurvePrivateKey,
    asked: Mapping[str, Any],
    iat: int,
    **changes: Any,
) -> str:
    """A presentation of some claims, as the holder of a key answers a request."""
    signed, *every = credential.rstrip("~").split("~")
    chosen = [one for one in every if json.loads(_decoded(one))[1] in names]
    head = "".join(f"{part}~" for part in (signed, *chosen))
    claims = {
        "aud": asked["audience"],
        "nonce": asked["nonce"],
        "iat": iat,
        "sd_hash": base64url(hashlib.sha256(head.encode()).digest()),
        **changes,
    }
    return head + jwt.encode(claims, key, "ES256", headers={"typ": "kb+jwt"})


def refusal(answer: TestResponse) -> tuple[int, str]:
    """Status and `error` of a refusal in the protocol's own words."""
    assert answer.content_type == "application/json", answer.text
    told = members(answer)
    assert {"error", "error_description", "code", "request_id"} <= told.keys()
    assert told["error_description"].isascii()
    return answer.status_code, str(told["error"])


@dataclass(kw_only=True)
class WalletApp:
    """A wallet on some other device than the phone the holder signed in with."""

    world: World
    bound: bool = False
    """Whether it proves a key with DPoP."""
    device: Device = field(init=False)
    key: ec.EllipticCurvePrivateKey = field(default_factory=new_key)
    """What its credentials are bound to."""
    token: str = ""

    def __post_init__(self) -> None:
        self.device = self.world.phone()

    @property
    def issuer(self) -> str:
        return self.world.settings.public_url

    @property
    def now(self) -> int:
        return int(self.world.clock.now().timestamp())

    def ask_token(self, **form: str) -> TestResponse:
        if self.bound:
            self.device.token = None
            return self.device.form(TOKEN, form)
        return self.world.client.post(TOKEN, data=form)

    def redeem(self, code: str, **form: str) -> TestResponse:
        """Redeem a code and keep the token."""
        answer = self.ask_token(**{"grant_type": GRANT, "pre-authorized_code": code, **form})
        if answer.status_code == 200:
            self.token = self.device.token = str(members(answer)["access_token"])
        return answer

    def send(self, path: str, body: Any) -> TestResponse:
        """A request with the token."""
        if self.bound:
            return self.device.send("POST", path, json=body)
        headers = {"Authorization": f"Bearer {self.token}"}
        return self.world.client.post(path, json=body, headers=headers)

    def nonce(self) -> str:
        return str(members(self.world.client.post(NONCE))["c_nonce"])

    def proof(
        self,
        nonce: str | int | None,
        *,
        key: ec.EllipticCurvePrivateKey | None = None,
        header: Mapping[str, Any] | None = None,
        signed_by: ec.EllipticCurvePrivateKey | None = None,
        **changes: Any,
    ) -> str:
        """A proof of a key; `header` and `changes` overwrite members, None removes one."""
        held = key or self.key
        claims = {"aud": self.issuer, "iat": self.now, "nonce": nonce, **changes}
        headers = {"typ": "openid4vci-proof+jwt", "jwk": public_jwk(held), **(header or {})}
        return jwt.encode(
            {name: value for name, value in claims.items() if value is not None},
            signed_by or held,
            "ES256",
            headers={name: value for name, value in headers.items() if value is not None},
        )

    def fetch(
        self, proofs: Sequence[str], configuration: str = HOUSEHOLD, **more: Any
    ) -> TestResponse:
        return self.send(
            CREDENTIAL,
            {
                "credential_configuration_id": configuration,
                "proofs": {"jwt": list(proofs)},
                **more,
            },
        )

    def fetched(self) -> dict[str, Any]:
        """One credential, fetched as it should be."""
        answer = self.fetch([self.proof(self.nonce())])
        assert answer.status_code == 200, answer.text
        return members(answer)


def ready(world: World, phone: Device, *, bound: bool = False) -> WalletApp:
    """A wallet that redeemed an offer of a certificate of the phone's holder."""
    wallet = WalletApp(world=world, bound=bound)
    answer = wallet.redeem(code_of(offered(phone, issued(phone)["id"])))
    assert answer.status_code == 200, answer.text
    return wallet


def asked(world: World, **body: Any) -> dict[str, Any]:
    """A request for a presentation."""
    answer = world.client.post("/v1/presentations/requests", json={"audience": AUDIENCE, **body})
    assert answer.status_code == 201, answer.text
    return members(answer)


def checked(world: World, request: Mapping[str, Any], presentation: str) -> dict[str, Any]:
    """What the checker says."""
    answer = world.client.post(
        "/v1/presentations/check", json={"request": request["id"], "presentation": presentation}
    )
    assert answer.status_code == 200, answer.text
    return members(answer)


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
