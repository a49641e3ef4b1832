"""The whole application on real servers, with people and tills that can be signed in."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

import jwt
from flask.testing import FlaskClient
from flask_openapi import OpenAPI
from stdnum.cn.ric import calc_check_digit
from werkzeug.test import TestResponse

from app.core.database import Database
from app.partners.service.onboarding import Onboarding
from app.wiring.infrastructure import Infrastructure
from config import Settings
from tests.app.device import Device, public_jwk
from tests.app.identity.fakes import FakeFaces
from tests.app.registry import Registry, record
from tests.fakes import FakeClock

FACE_GRANT = "urn:zero-run:params:oauth:grant-type:face-verification"
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


def citizen_number(born: str = "19900307", serial: int = 1) -> str:
    """A number with a right check digit and an area code that is not assigned."""
    body = f"999999{born}{serial:03d}"
    return body + calc_check_digit(body + "0")


@dataclass(kw_only=True)
class World:
    """Everything a test of the application needs."""

    app: OpenAPI
    settings: Settings
    clock: FakeClock
    faces: FakeFaces
    registry: Registry
    shared: Infrastructure
    """Shared parts of the test's own: same database, Redis and keys as the application's."""
    serial: int = 0
    merchants: dict[str, str] = field(default_factory=dict)

    @property
    def client(self) -> FlaskClient:
        return self.app.test_client()

    @property
    def database(self) -> Database:
        return self.shared.database

    def phone(self) -> Device:
        """A phone nobody is signed in on."""
        return Device(client=self.client, clock=self.clock, public_url=self.settings.public_url)

    def register(self, name: str = "张伟", *, born: str = "19900307", **changes: Any) -> str:
        """Put a new person into the registry; returns the citizen number."""
        self.serial += 1
        number = citizen_number(born, self.serial)
        self.registry.persons[number] = record(number, name, **changes)
        return number

    def code(self, phone: Device, *, number: str, name: str) -> str:
        """The one-time code of a passed verification."""
        begun = phone.post("/v1/verifications", claim(number, name))
        assert begun.status_code == 201, begun.text
        session, answer = begun.json["id"], begun
        for n in range(2):
            answer = send_step(phone, session, n)
        assert answer.json["status"] == "PASSED", answer.text
        return str(answer.json["code"])

    def sign_in(self, phone: Device, *, number: str, name: str = "张伟") -> Device:
        """Verify the person on this phone and exchange the code for tokens."""
        form = {
            "grant_type": FACE_GRANT,
            "code": self.code(phone, number=number, name=name),
            "client_id": "miniprogram",
        }
        answer = phone.form("/oauth/token", form)
        assert answer.status_code == 200, answer.text
        phone.token = answer.json["access_token"]
        phone.refresh_token = answer.json["refresh_token"]
        return phone

    def citizen(self, name: str = "张伟") -> Device:
        """The phone of a new person who has just signed in."""
        return self.sign_in(self.phone(), number=self.register(name), name=name)

    def terminal(
        self,
        *,
        purposes: frozenset[str] = frozenset({"02121"}),
        merchant: str = "平安大药房",
        scopes: frozenset[str] = frozenset({"card.decode"}),
    ) -> Device:
        """A merchant's terminal that has logged in."""
        till = self.phone()
        client_id = self.onboard(till, purposes=purposes, merchant=merchant, scopes=scopes)
        return self._logged_in(till, client_id, " ".join(sorted(scopes)))

    def log_in_again(self, till: Device) -> Device:
        """A terminal whose token is over takes another of the same scopes."""
        claims = jwt.decode(str(till.token), options={"verify_signature": False})
        till.token = None
        return self._logged_in(till, claims["client_id"], claims["scope"])

    def _logged_in(self, till: Device, client_id: str, scope: str) -> Device:
        form = self.login_form(till, client_id) | {"scope": scope}
        answer = till.form("/oauth/token", form)
        assert answer.status_code == 200, answer.text
        till.token = answer.json["access_token"]
        return till

    def onboard(
        self,
        till: Device,
        *,
        purposes: frozenset[str] = frozenset({"02121"}),
        merchant: str = "平安大药房",
        scopes: frozenset[str] = frozenset({"card.decode"}),
    ) -> str:
        """Register a terminal by its key, as the operator's command does."""
        desk = self.onboarding
        if merchant not in self.merchants:
            self.merchants[merchant] = desk.add_merchant(name=merchant)
        jwk = dict(public_jwk(till.key))
        return desk.add_terminal(
            merchant_id=self.merchants[merchant], jwks=[jwk], purposes=purposes, scopes=scopes
        )

    @property
    def onboarding(self) -> Onboarding:
        purposes = frozenset({"01101", "01301", "01302", "02121"})
        return Onboarding(database=self.database, clock=self.clock, known_purposes=purposes)

    def login_form(self, till: Device, client_id: str, **changes: Any) -> dict[str, str]:
        """A client-credentials request by `private_key_jwt`; `changes` overwrite claims."""
        now = int(self.clock.now().timestamp())
        claims = {
            "iss": client_id,
            "sub": client_id,
            "aud": self.settings.public_url,
            "jti": secrets.token_urlsafe(16),
            "iat": now,
            "exp": now + 60,
            **changes,
        }
        return {
            "grant_type": "client_credentials",
            "client_assertion_type": ASSERTION_TYPE,
            "client_assertion": jwt.encode(claims, till.key, algorithm="ES256"),
            "scope": "card.decode",
        }


def claim(number: str, name: str = "张伟", **changes: Any) -> dict[str, Any]:
    """The body that begins a verification."""
    return {
        "citizen_number": number,
        "name": name,
        "purpose": "login",
        "consent": {"text_version": "2026-11", "accepted": True},
        "capabilities": {
            "camera": {"width": 640, "height": 480, "fps": 15},
            "variants": ["no_light"],
        },
        **changes,
    }


def send_step(phone: Device, session: str, n: int, count: int = 3) -> TestResponse:
    """Answer a step with frames nobody has sent before; FakeFaces looks at none of them."""
    frames = [b"frame " + secrets.token_bytes(16) for _ in range(count)]
    listed = [{"seq": i, "t_ms": 1000 + 66 * i, "hash": f"{i:064x}"} for i in range(count)]
    return phone.send(
        "POST",
        f"/v1/verifications/{session}/steps/{n}",
        data={
            "manifest": json.dumps({"frames": listed}),
            "frames": [(BytesIO(frame), "frame.jpg", "image/jpeg") for frame in frames],
        },
        content_type="multipart/form-data",
    )
