"""The whole application in a process of its own: it may die, and it may race."""

from __future__ import annotations

import os
import signal
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from app.factory import close, create_app
from app.wiring.parts import Parts
from config import Settings
from tests.app.core.counting import PATH, add_counting, nothing
from tests.app.device import Device
from tests.app.identity.fakes import FakeFaces
from tests.app.programs import PATIENCE_S, forking
from tests.app.racing import Begin, at_once
from tests.app.world import World
from tests.fakes import FakeClock

_FORMAT: Final = (
    serialization.Encoding.DER,
    serialization.PrivateFormat.PKCS8,
    serialization.NoEncryption(),
)


@dataclass(frozen=True, kw_only=True)
class Call:
    """One write, and all that another process needs to serve it."""

    settings: Settings
    now: datetime
    key: bytes
    """The device's private key, so that it is the same caller."""
    idempotency_key: str
    body: dict[str, Any]
    dies: bool = False
    """Killed between the work and its commit."""


def call_of(world: World, phone: Device, key: str, *, dies: bool = False, **body: Any) -> Call:
    return Call(
        settings=world.settings,
        now=world.clock.now(),
        key=phone.key.private_bytes(*_FORMAT),
        idempotency_key=key,
        body=body,
        dies=dies,
    )


def killed(call: Call) -> int | None:
    """Serve the call in a process that dies; returns its exit code."""
    process = forking().Process(target=_served, args=(call,))
    process.start()
    process.join(PATIENCE_S)
    return process.exitcode


def served_at_once(calls: Sequence[Call]) -> list[tuple[int, bytes]]:
    """Serve the calls at the same moment, a process each; returns status and body."""
    return at_once(_serve, None, calls)


def _served(call: Call) -> None:
    _serve(None, call, lambda: None)


def _serve(_: None, call: Call, begin: Begin) -> tuple[int, bytes]:
    clock = FakeClock(call.now)
    app = create_app(call.settings, parts=Parts(clock=clock, faces=FakeFaces()))
    add_counting(app, _die if call.dies else nothing)
    key = serialization.load_der_private_key(call.key, password=None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    device = Device(
        client=app.test_client(), clock=clock, public_url=call.settings.public_url, key=key
    )
    app.test_client().get("/health/ready")  # connected before the start
    begin()
    answer = device.post(PATH, call.body, idempotency_key=call.idempotency_key)
    close(app)
    return answer.status_code, answer.data


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)
