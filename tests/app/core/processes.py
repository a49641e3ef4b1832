"""The whole application in a process of its own: it may die, and it may race."""

from __future__ import annotations

import os
import signal
from dataclasses import dataclass
from datetime import datetime
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier
from typing import Any, Final

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from app.factory import close, create_app
from app.wiring.parts import Parts
from config import Settings
from tests.app.core.counting import PATH, add_counting, nothing
from tests.app.device import Device
from tests.app.identity.fakes import FakeFaces
from tests.app.world import World
from tests.fakes import FakeClock

_PATIENCE_S: Final = 60
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
    context = _context()
    start, outcomes = context.Barrier(1), context.Queue()
    [process] = _start([call], start, outcomes)
    process.join(_PATIENCE_S)
    outcomes.close()
    outcomes.join_thread()
    return process.exitcode


def at_once(calls: list[Call]) -> list[tuple[int, bytes]]:
    """Serve the calls at the same moment, a process each; returns status and body."""
    context = _context()
    start, outcomes = context.Barrier(len(calls)), context.Queue()
    processes = _start(calls, start, outcomes)
    found = [outcomes.get(timeout=_PATIENCE_S) for _ in calls]
    for process in processes:
        process.join(_PATIENCE_S)
    outcomes.close()
    outcomes.join_thread()
    return found


def _context() -> Any:
    context = get_context("forkserver")
    context.set_forkserver_preload([__name__])
    return context


def _start(
    calls: list[Call], start: Barrier, outcomes: Queue[tuple[int, bytes]]
) -> list[BaseProcess]:
    processes = [_context().Process(target=_serve, args=(c, start, outcomes)) for c in calls]
    for process in processes:
        process.start()
    return processes


def _serve(call: Call, start: Barrier, outcomes: Queue[tuple[int, bytes]]) -> None:
    clock = FakeClock(call.now)
    app = create_app(call.settings, parts=Parts(clock=clock, faces=FakeFaces()))
    add_counting(app, _die if call.dies else nothing)
    key = serialization.load_der_private_key(call.key, password=None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    device = Device(
        client=app.test_client(), clock=clock, public_url=call.settings.public_url, key=key
    )
    app.test_client().get("/health/ready")  # connected before the start
    start.wait(_PATIENCE_S)
    answer = device.post(PATH, call.body, idempotency_key=call.idempotency_key)
    outcomes.put((answer.status_code, answer.data))
    close(app)


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)
