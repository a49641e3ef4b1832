"""Processes that use up the same offer, nonce, token or request at the same moment."""

from __future__ import annotations

import multiprocessing
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier
from typing import Any

import app.documents.models
import app.identity.models.person  # noqa: F401 - tables that offers refer to
from app.core.database import Database
from app.core.errors import DomainError
from app.core.fields import FieldCipher
from app.core.keys.files import FileKeys
from app.credentials.service.nonces import ProofNonces
from app.credentials.service.redeeming import GRANT, OfferRedeeming
from app.factory import close, create_app
from app.wiring.parts import Parts
from config import Settings
from tests.app.identity.fakes import FakeFaces
from tests.fakes import FakeClock

_PATIENCE_S = 60


@dataclass(frozen=True, kw_only=True)
class Race:
    """What every process needs to know."""

    settings: Settings
    now: datetime
    code: str = ""
    nonce: str = ""
    token: str = ""
    bodies: tuple[dict[str, Any], ...] = ()
    """Of requests, one for each process."""


def run(race: Race, acts: Sequence[str]) -> list[str]:
    """Do each act in a process of its own, all at once; returns what came of each."""
    context: Any = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    barrier, outcomes = context.Barrier(len(acts)), context.Queue()
    processes = [context.Process(target=_act, args=(race, a, barrier, outcomes)) for a in acts]
    for process in processes:
        process.start()
    found = [outcomes.get(timeout=_PATIENCE_S) for _ in processes]
    for process in processes:
        process.join(_PATIENCE_S)
    outcomes.close()
    outcomes.join_thread()
    return sorted(found)


def post_at_once(race: Race, path: str) -> list[tuple[int, str]]:
    """Send each body from an application of its own; returns statuses and codes or errors."""
    context: Any = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    barrier, outcomes = context.Barrier(len(race.bodies)), context.Queue()
    processes = [
        context.Process(target=_post, args=(race, path, body, barrier, outcomes))
        for body in race.bodies
    ]
    for process in processes:
        process.start()
    found = [outcomes.get(timeout=_PATIENCE_S) for _ in processes]
    for process in processes:
        process.join(_PATIENCE_S)
    outcomes.close()
    outcomes.join_thread()
    return sorted(found)


def _post(
    race: Race,
    path: str,
    body: dict[str, Any],
    barrier: Barrier,
    outcomes: Queue[tuple[int, str]],
) -> None:
    parts = Parts(clock=FakeClock(race.now), faces=FakeFaces())
    application = create_app(race.settings, parts=parts)
    client = application.test_client()
    client.get("/health/ready")  # connected before the start
    barrier.wait(_PATIENCE_S)
    headers = {"Authorization": f"Bearer {race.token}"} if race.token else {}
    answer = client.post(path, json=body, headers=headers)
    told = answer.get_json()
    outcomes.put((answer.status_code, str(told.get("error") or told.get("code") or "")))
    close(application)


def _act(race: Race, act: str, barrier: Barrier, outcomes: Queue[str]) -> None:
    database = Database(race.settings.database_url.get_secret_value(), pool_size=1)
    clock = FakeClock(race.now)
    keys = FileKeys(race.settings.keys_path, clock=clock)
    cipher = FieldCipher(fields=keys.secrets("fields"), index=keys.secrets("index"))
    database.ping()  # connected before the start, so that all run at once
    barrier.wait(_PATIENCE_S)
    try:
        if act == "redeem":
            form = {"grant_type": GRANT, "pre-authorized_code": race.code}
            redeeming = OfferRedeeming(database=database, cipher=cipher, clock=clock)
            outcomes.put("ok " + redeeming.redeem(form, thumbprint=None).access_token)
        else:
            ProofNonces(database=database, cipher=cipher, clock=clock).spend(race.nonce)
            outcomes.put("ok")
    except DomainError as refused:
        outcomes.put(refused.kind.code)
    finally:
        database.close()
