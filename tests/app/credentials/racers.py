"""Processes that use up the same offer, nonce, token or request at the same moment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
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
from tests.app.racing import Begin, at_once
from tests.fakes import FakeClock


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
    return sorted(at_once(_act, race, acts))


def post_at_once(race: Race, path: str) -> list[tuple[int, str]]:
    """Send each body from an application of its own; returns statuses and codes or errors."""
    return sorted(at_once(_post, race, [(path, body) for body in race.bodies]))


def _post(race: Race, request: tuple[str, dict[str, Any]], begin: Begin) -> tuple[int, str]:
    parts = Parts(clock=FakeClock(race.now), faces=FakeFaces())
    application = create_app(race.settings, parts=parts)
    client = application.test_client()
    client.get("/health/ready")  # connected before the start
    begin()
    path, body = request
    headers = {"Authorization": f"Bearer {race.token}"} if race.token else {}
    answer = client.post(path, json=body, headers=headers)
    told = answer.get_json()
    close(application)
    return answer.status_code, str(told.get("error") or told.get("code") or "")


def _act(race: Race, act: str, begin: Begin) -> str:
    database = Database(race.settings.database_url.get_secret_value(), pool_size=1)
    clock = FakeClock(race.now)
    keys = FileKeys(race.settings.keys_path, clock=clock)
    cipher = FieldCipher(fields=keys.secrets("fields"), index=keys.secrets("index"))
    database.ping()  # connected before the start, so that all run at once
    begin()
    try:
        if act == "redeem":
            form = {"grant_type": GRANT, "pre-authorized_code": race.code}
            redeeming = OfferRedeeming(database=database, cipher=cipher, clock=clock)
            return "ok " + redeeming.redeem(form, thumbprint=None).access_token
        ProofNonces(database=database, cipher=cipher, clock=clock).spend(race.nonce)
    except DomainError as refused:
        return refused.kind.code
    finally:
        database.close()
    return "ok"
