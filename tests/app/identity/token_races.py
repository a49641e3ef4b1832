"""Token requests in processes of their own, all at the same moment. Imports little."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from multiprocessing import get_context
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Final

from app.audit.service import AccessLog
from app.core.database import Database
from app.core.errors import FORBIDDEN, DomainError
from app.core.fields import FieldCipher
from app.core.keys.files import FileKeys
from app.identity.models.person import Person
from app.identity.ports import AuthenticatedClient
from app.identity.service.access_tokens import AccessTokens
from app.identity.service.codes import CodeRedeemer
from app.identity.service.families import TokenFamilies
from app.identity.service.grants import TokenEndpoint
from tests.fakes import FakeClock

_PATIENCE_S: Final = 60
REFERRED_TO: Final = (Person,)
"""Tables that a family refers to must be known before a row is written."""


@dataclass(frozen=True, kw_only=True)
class Request:
    """One token request, and all that another process needs to serve it."""

    database_url: str
    keys: Path
    now: datetime
    form: Mapping[str, str]
    thumbprint: str


class NoClients:
    """Partners do not take part."""

    def authenticate(self, assertion: str, *, client_id: str | None) -> AuthenticatedClient:
        del assertion, client_id
        raise FORBIDDEN()


def race(request: Request, count: int) -> list[str]:
    """Serve the same request in so many processes at once; returns what came of each."""
    context = get_context("forkserver")
    context.set_forkserver_preload([__name__])
    barrier, outcomes = context.Barrier(count), context.Queue()
    arguments = (request, barrier, outcomes)
    processes = [context.Process(target=_serve, args=arguments) for _ in range(count)]
    for process in processes:
        process.start()
    found = [outcomes.get(timeout=_PATIENCE_S) for _ in processes]
    for process in processes:
        process.join(_PATIENCE_S)
    outcomes.close()
    outcomes.join_thread()
    return sorted(found)


def _serve(request: Request, barrier: Barrier, outcomes: Queue[str]) -> None:
    database = Database(request.database_url, pool_size=1)
    endpoint = _endpoint(database, request)
    database.ping()  # connected before the start, so that all run at once
    barrier.wait(_PATIENCE_S)
    try:
        endpoint.grant(request.form, thumbprint=request.thumbprint)
        outcomes.put("won")
    except DomainError as refused:
        outcomes.put(refused.kind.code)
    finally:
        database.close()


def _endpoint(database: Database, request: Request) -> TokenEndpoint:
    clock = FakeClock(request.now)
    keys = FileKeys(request.keys, clock=clock)
    cipher = FieldCipher(fields=keys.secrets("fields"), index=keys.secrets("index"))
    return TokenEndpoint(
        database=database,
        codes=CodeRedeemer(database=database, cipher=cipher, clock=clock),
        families=TokenFamilies(
            database=database, cipher=cipher, clock=clock, lifetime=timedelta(days=30)
        ),
        tokens=AccessTokens(
            ring=keys.signing("access-token"),
            issuer="http://127.0.0.1:8000",
            lifetime=timedelta(minutes=10),
            clock=clock,
        ),
        clients=NoClients(),
        accesses=AccessLog(database=database, clock=clock),
    )
