"""Tokens asked for, and tokens nobody issued."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

from cryptography.hazmat.primitives import serialization
from werkzeug.test import TestResponse

from app.core.keys.provider import SigningName
from tests.app.device import Device, base64url
from tests.app.world import FACE_GRANT, World

TOKEN = "/oauth/token"


def code_form(code: str, **changes: str) -> dict[str, str]:
    return {"grant_type": FACE_GRANT, "code": code, "client_id": "miniprogram", **changes}


def refresh_form(token: str | None, **changes: str) -> dict[str, str]:
    assert token is not None
    form = {"grant_type": "refresh_token", "refresh_token": token, "client_id": "miniprogram"}
    return {**form, **changes}


def refresh(phone: Device, token: str | None = None) -> TestResponse:
    """Use a refresh token, the phone's own unless one is given, without the access token."""
    used, phone.token = phone.token, None
    answer = phone.form(TOKEN, refresh_form(token or phone.refresh_token))
    phone.token = used
    return answer


def new_code(world: World, phone: Device) -> str:
    return world.code(phone, number=world.register(), name="张伟")


def refusal(answer: TestResponse) -> tuple[int, str, str]:
    """Status, our code and OAuth's, of a refusal that is both a problem and an OAuth error."""
    body = answer.get_json()
    assert answer.content_type == "application/problem+json"
    assert body["status"] == answer.status_code
    assert {"type", "title", "detail", "request_id", "error"} <= body.keys()
    return answer.status_code, body["code"], body["error"]


INVALID_GRANT = (400, "INVALID_GRANT", "invalid_grant")
INVALID_REQUEST = (400, "INVALID_REQUEST", "invalid_request")
INVALID_CLIENT = (401, "INVALID_CLIENT", "invalid_client")


def parts_of(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Header and claims, unchecked."""
    header, claims, _ = token.split(".")
    return _read(header), _read(claims)


def resigned(
    world: World,
    token: str,
    *,
    header: Mapping[str, Any] | None = None,
    ring: SigningName = "access-token",
    **claims: Any,
) -> str:
    """A copy with members replaced (None removes one), signed with a key of our own."""
    signing_input = altered(token, header=header, **claims).rpartition(".")[0]
    signature = world.shared.keys.signing(ring).active.sign(signing_input.encode())
    return f"{signing_input}.{base64url(signature)}"


def altered(token: str, *, header: Mapping[str, Any] | None = None, **claims: Any) -> str:
    """A copy with members replaced under the old signature."""
    old_header, old_claims = parts_of(token)
    changed = ({**old_header, **(header or {})}, {**old_claims, **claims})
    kept = [{k: v for k, v in members.items() if v is not None} for members in changed]
    return ".".join([*(base64url(json.dumps(m).encode()) for m in kept), token.split(".")[2]])


def unsigned(token: str) -> str:
    """`alg: none` without a signature, as a trusting library would take it."""
    return altered(token, header={"alg": "none"}).rpartition(".")[0] + "."


def signed_with_the_public_key(world: World, token: str) -> str:
    """HS256 with our public key, in PEM, as the secret."""
    key = world.shared.keys.signing("access-token").active.public
    pem = key.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    signing_input = altered(token, header={"alg": "HS256"}).rpartition(".")[0]
    return f"{signing_input}.{base64url(hmac.digest(pem, signing_input.encode(), hashlib.sha256))}"


def _read(part: str) -> dict[str, Any]:
    members: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return members
