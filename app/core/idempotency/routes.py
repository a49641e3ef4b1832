"""The decorator that makes a write repeatable."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Final, ParamSpec

from flask import Response, g, request

from app.core.database import Database
from app.core.errors import IDEMPOTENCY_KEY_MISSING, DomainError
from app.core.http.problems import problem_response
from app.core.http.services import service
from app.core.idempotency.ledger import Claim, IdempotencyLedger, KeptResponse

P = ParamSpec("P")
_KEY: Final = re.compile(r"[\x21-\x7e]{8,128}")
_KEPT_HEADERS: Final = ("Content-Type", "Location", "Content-Language")
_DAY: Final = timedelta(hours=24)
# Refusals that pass: after proving oneself, or waiting, the same request may well succeed.
_PASSING: Final = frozenset({401, 429})
_FIRST_FAULT: Final = 500
IDEMPOTENT_ATTRIBUTE: Final = "__idempotent__"


def idempotent(
    *, keep: timedelta = _DAY
) -> Callable[[Callable[P, Response]], Callable[P, Response]]:
    """Run the view once per Idempotency-Key, inside one transaction with its kept response.

    The view's services join that transaction, so either the work and the memory of its response
    are both committed or neither is. A refusal (4xx) is kept too; 401, 429 and 5xx release the key.

    Args:
        keep: how long the response can be repeated.
    """

    def decorate(view: Callable[P, Response]) -> Callable[P, Response]:
        @wraps(view)
        def once(*args: P.args, **kwargs: P.kwargs) -> Response:
            ledger = service(IdempotencyLedger)
            claimed = ledger.claim(
                owner=g.principal.owner, key=_key(), fingerprint=_fingerprint(), keep=keep
            )
            if isinstance(claimed, KeptResponse):
                return _repeated(claimed)
            return _worked(ledger, claimed, lambda: view(*args, **kwargs))

        setattr(once, IDEMPOTENT_ATTRIBUTE, True)
        return once

    return decorate


def _worked(ledger: IdempotencyLedger, claim: Claim, work: Callable[[], Response]) -> Response:
    database = service(Database)
    finished = False
    try:
        try:
            with database.direct():
                response = work()
                ledger.keep(claim, _kept(response))
        except DomainError as refusal:
            if refusal.kind.status in _PASSING or refusal.kind.status >= _FIRST_FAULT:
                raise
            response = problem_response(refusal)
            ledger.keep(claim, _kept(response))
        finished = True
        return response
    finally:
        if not finished:
            _release(ledger, claim)


def _release(ledger: IdempotencyLedger, claim: Claim) -> None:
    # While the database is away the claim cannot be given back; it then ends by itself.
    try:
        ledger.release(claim)
    except DomainError:
        return


def _key() -> str:
    given = request.headers.get("Idempotency-Key", "")
    if not _KEY.fullmatch(given):
        raise IDEMPOTENCY_KEY_MISSING()
    return given


def _fingerprint() -> bytes:
    digest = hashlib.sha256()
    for part in (request.method.encode(), request.full_path.encode(), request.get_data(cache=True)):
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.digest()


def _kept(response: Response) -> KeptResponse:
    headers = {name: response.headers[name] for name in _KEPT_HEADERS if name in response.headers}
    return KeptResponse(
        status=response.status_code, headers=headers, body=bytes(response.get_data())
    )


def _repeated(kept: KeptResponse) -> Response:
    response = Response(kept.body, kept.status)
    response.headers.update(kept.headers)
    response.headers["Idempotent-Replayed"] = "true"
    return response
