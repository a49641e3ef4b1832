"""Token requests in processes of their own, all at the same moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
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
from tests.app.racing import Begin, at_once
from tests.fakes import FakeClock

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
    return sorted(at_once(_serve, request, [None] * count))


def _serve(request: Request, _: None, begin: Begin) -> str:
    database = Database(request.database_url, pool_size=1)
    endpoint = _endpoint(database, request)
    database.ping()  # connected before the start, so that all run at once
    begin()
    try:
        endpoint.grant(request.form, thumbprint=request.thumbprint)
    except DomainError as refused:
        return refused.kind.code
    finally:
        database.close()
    return "won"


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
