"""Admits wallets: whoever redeemed a credential offer holds a token for it and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Protocol

import structlog
from flask import request

from app.core.access import errors
from app.core.access.principals import Wallet
from app.core.errors import DomainError
from app.core.jose.authorization import read_bearer_token
from app.core.jose.dpop import DpopVerifier, Proof
from app.core.jose.errors import JoseRefused

_INVALID: Final = "invalid_token"
log = structlog.get_logger("access")


class WalletTokens(Protocol):
    """Knows which wallets' tokens live."""

    def find(self, token: str) -> Wallet | None:
        """The wallet behind a token, or None when it is unknown, over or revoked."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class WalletGate:
    """Proves wallets, with DPoP where they chose it and without where they did not."""

    public_url: str
    proofs: DpopVerifier
    wallets: WalletTokens

    def admit(self) -> Wallet:
        """Prove the wallet of the current request.

        1. One Authorization header, of the scheme Bearer or DPoP.
        2. The token is one of ours and lives.
        3. A token bound to a key comes with the scheme DPoP and a proof by that key over this very
           request and token; sent as Bearer it would go unproven (RFC 9449 §7.2).
        4. A token bound to none comes as Bearer: the scheme DPoP would promise what nobody checks.

        Raises:
            DomainError: 401 with a challenge (RFC 6750 §3, RFC 9449 §7.1).
        """
        try:
            scheme, token = read_bearer_token(request.headers.getlist("Authorization"))  # 1
        except JoseRefused as refused:
            raise _refused(reason=str(refused.reason)) from None
        wallet = self.wallets.find(token)  # 2
        if wallet is None:
            raise _refused(reason="token")
        if (scheme == "dpop") != (wallet.thumbprint is not None):  # 3, 4
            raise _refused(reason="scheme")
        if wallet.thumbprint is not None:
            self._require_proof(token, wallet.thumbprint)  # 3
        return wallet

    def key_at_token_endpoint(self) -> str | None:
        """Thumbprint of the key a token request proves to hold; None where it brings no proof.

        Raises:
            DomainError: INVALID_DPOP_PROOF as RFC 9449 §5 asks, where the proof is wrong.
        """
        if "DPoP" not in request.headers:
            return None
        try:
            return self._proven().thumbprint
        except JoseRefused as refused:
            log.info("proof_refused", kind=str(refused.reason))
            raise errors.INVALID_DPOP_PROOF_AT_TOKEN(
                members={"error": "invalid_dpop_proof"}
            ) from None

    def _require_proof(self, token: str, thumbprint: str) -> None:
        try:
            self._proven(token=token, thumbprint=thumbprint)
        except JoseRefused as refused:
            log.info("proof_refused", kind=str(refused.reason))
            error = "invalid_dpop_proof"
            raise errors.INVALID_DPOP_PROOF(
                headers={"WWW-Authenticate": f'DPoP error="{error}", algs="ES256"'},
                members={"error": error},
            ) from None

    def _proven(self, *, token: str | None = None, thumbprint: str | None = None) -> Proof:
        return self.proofs.check(
            request.headers.getlist("DPoP"),
            method=request.method,
            url=self.public_url + request.path,
            access_token=token,
            expected_thumbprint=thumbprint,
        )


def _refused(*, reason: str) -> DomainError:
    log.info("token_refused", kind=reason)
    challenge = f'Bearer error="{_INVALID}", DPoP error="{_INVALID}", algs="ES256"'
    return errors.INVALID_TOKEN(
        headers={"WWW-Authenticate": challenge}, members={"error": _INVALID}
    )
