"""Proves who calls, as the guard of the route demands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import structlog
from flask import request

from app.core.access import errors
from app.core.access.guards import Guard
from app.core.access.principals import (
    LEVELS,
    Citizen,
    Nobody,
    Operator,
    Phone,
    Principal,
    Terminal,
)
from app.core.access.tokens import (
    CitizenSessions,
    OperatorDirectory,
    TerminalDirectory,
    TokenClaims,
    TokenReader,
)
from app.core.access.wallets import WalletGate
from app.core.clock import Clock
from app.core.errors import DomainError
from app.core.jose.authorization import read_bound_token
from app.core.jose.dpop import DpopVerifier, Proof
from app.core.jose.errors import JoseRefused, Reason

_OF_THE_TOKEN: Final = frozenset({Reason.KEY_BINDING, Reason.ACCESS_TOKEN_HASH})
log = structlog.get_logger("access")


@dataclass(frozen=True, slots=True, kw_only=True)
class Gatekeeper:
    """Admits a caller or raises the refusal with the challenge the RFCs ask for."""

    public_url: str
    proofs: DpopVerifier
    tokens: TokenReader
    citizens: CitizenSessions
    terminals: TerminalDirectory
    operators: OperatorDirectory
    wallets: WalletGate
    clock: Clock

    def admit(self, guard: Guard) -> Principal:
        """Prove the caller of the current request.

        1. A public route asks nothing.
        2. A phone proves possession of its key, for this method and address, once.
        3. Anyone else brings an access token: verified first, then proven to be its holder's. A
           wallet's is of another sort and has a gate of its own.
        4. The token is of the kind the route admits and carries its scope.
        5. What stands behind the token still lives: the session, or the terminal or operator,
           which must still have the scope.
        6. A citizen's verification is strong and fresh enough (RFC 9470).

        Raises:
            DomainError: 401 with a challenge, or 403.
        """
        if guard.admits == "public":  # 1
            return Nobody()
        if guard.admits == "phone":  # 2
            return Phone(thumbprint=self._proof(guard, token=None, bound_to=None).thumbprint)
        if guard.admits == "wallet":  # 3
            return self.wallets.admit()
        claims = self._claims(guard)
        if claims.kind != guard.admits:  # 4
            raise _refused_token(reason="kind")
        _require_scope(guard, claims.scope)
        if guard.admits != "citizen":  # 5
            return self._client(guard, claims)
        citizen = self._citizen(claims)
        self._require_strength(guard, citizen)  # 6
        return citizen

    def _claims(self, guard: Guard) -> TokenClaims:
        try:
            token = read_bound_token(request.headers.getlist("Authorization"))
            claims = self.tokens.read(token)
        except JoseRefused as refused:
            raise _refused_token(reason=refused.reason) from None
        self._proof(guard, token=token, bound_to=claims.thumbprint)
        return claims

    def _proof(self, guard: Guard, *, token: str | None, bound_to: str | None) -> Proof:
        try:
            return self.proofs.check(
                request.headers.getlist("DPoP"),
                method=request.method,
                url=self.public_url + request.path,
                access_token=token,
                expected_thumbprint=bound_to,
            )
        except JoseRefused as refused:
            if refused.reason in _OF_THE_TOKEN:
                raise _refused_token(reason=refused.reason) from None
            raise _refused_proof(guard, refused.reason) from None

    def _client(self, guard: Guard, claims: TokenClaims) -> Terminal | Operator:
        known = self.operators if guard.admits == "operator" else self.terminals
        found = known.find(claims)
        if found is None:
            raise _refused_token(reason=guard.admits)
        _require_scope(guard, found.scope)
        return found

    def _citizen(self, claims: TokenClaims) -> Citizen:
        person_id = self.citizens.person_of(claims)
        if person_id is None:
            raise _refused_token(reason="session")
        return Citizen(
            person_id=person_id,
            thumbprint=claims.thumbprint,
            level=claims.level,
            authenticated_at=claims.authenticated_at,
            client_id=claims.client_id,
            session_id=claims.session_id,
            scope=claims.scope,
        )

    def _require_strength(self, guard: Guard, citizen: Citizen) -> None:
        age = self.clock.now() - citizen.authenticated_at
        stale = guard.max_age is not None and age > guard.max_age
        if stale or LEVELS.index(citizen.level) < LEVELS.index(guard.level):
            raise errors.step_up(level=guard.level, max_age=guard.max_age)


def _require_scope(guard: Guard, scope: frozenset[str]) -> None:
    if guard.scope is None or guard.scope not in scope:
        raise errors.INSUFFICIENT_SCOPE(
            headers=_challenge("insufficient_scope"), members={"error": "insufficient_scope"}
        )


def _challenge(error: str) -> dict[str, str]:
    return {"WWW-Authenticate": f'DPoP error="{error}", algs="ES256"'}


def _refused_token(*, reason: str) -> DomainError:
    log.info("token_refused", kind=str(reason))
    return errors.INVALID_TOKEN(
        headers=_challenge("invalid_token"), members={"error": "invalid_token"}
    )


def _refused_proof(guard: Guard, reason: Reason) -> DomainError:
    log.info("proof_refused", kind=str(reason))
    members = {"error": "invalid_dpop_proof"}
    if guard.token_endpoint:  # RFC 9449 §5: at the token endpoint this is a 400 without challenge
        return errors.INVALID_DPOP_PROOF_AT_TOKEN(members=members)
    return errors.INVALID_DPOP_PROOF(headers=_challenge("invalid_dpop_proof"), members=members)
