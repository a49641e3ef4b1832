"""The token endpoint: a pre-authorized code for an access token, once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

import structlog
from sqlalchemy import select, update

from app.core.access.principals import Wallet
from app.core.clock import Clock
from app.core.database import Database
from app.core.fields import FieldCipher
from app.credentials import errors
from app.credentials.models import MOST_TRIES, CredentialOffer
from app.credentials.service import hashes

GRANT: Final = "urn:ietf:params:oauth:grant-type:pre-authorized_code"
TOKEN_LASTS: Final = timedelta(minutes=5)
log = structlog.get_logger("credentials")


@dataclass(frozen=True, slots=True, kw_only=True)
class RedeemedToken:
    """What a wallet gets for a code."""

    access_token: str = field(repr=False)
    bound: bool
    """To the key the request proved: then the token is of type DPoP."""
    expires_in: int
    """Seconds."""


class OfferRedeeming:
    """Exchanges codes for tokens, and knows the tokens."""

    def __init__(self, *, database: Database, cipher: FieldCipher, clock: Clock) -> None:
        """Take the ports."""
        self._database = database
        self._cipher = cipher
        self._clock = clock

    def redeem(self, form: Mapping[str, str], *, thumbprint: str | None) -> RedeemedToken:
        """Serve one token request (OpenID4VCI 1.0, 6.1 and 6.3); one update decides.

        1. The grant is ours and the code is there.
        2. A transaction code is given where the offer asks for one, and only there.
        3. The code is that of an offer neither redeemed nor over nor tried too often, and
        4. the transaction code, where there is one, is that offer's.

        A wrong transaction code costs a try; after five the offer is worth nothing. A code that
        comes a second time is in two hands: the token it gave ends (RFC 6749 §4.1.2).

        Args:
            form: the request's parameters.
            thumbprint: of the key the sender proved to hold, where it did; the token is bound to
                it.

        Raises:
            DomainError: TOKEN_REQUEST_INVALID, UNSUPPORTED_GRANT_TYPE,
                PRE_AUTHORIZED_CODE_INVALID or TX_CODE_WRONG.
        """
        code, tx_code = _asked(form), form.get("tx_code")  # 1
        hashed = self._cipher.index(hashes.CODE_USE, code)
        offer_id = self._require_terms(hashed, tx_code)  # 2
        token = hashes.new_secret()
        if not self._taken(offer_id, tx_code, token, thumbprint):  # 3, 4
            self._refuse(offer_id, tx_code)
        return RedeemedToken(
            access_token=token,
            bound=thumbprint is not None,
            expires_in=int(TOKEN_LASTS.total_seconds()),
        )

    def find(self, token: str) -> Wallet | None:
        """The wallet behind a token, or None when it is unknown, over or revoked."""
        offer = CredentialOffer
        query = select(offer.id, offer.token_thumbprint).where(
            offer.token_hash == self._cipher.index(hashes.TOKEN_USE, token),
            offer.token_expires_at > self._clock.now(),
            offer.revoked_at.is_(None),
        )
        with self._database.transaction() as tx:
            found = tx.execute(query).one_or_none()
        return None if found is None else Wallet(offer_id=found[0], thumbprint=found[1])

    def _require_terms(self, code_hash: bytes, tx_code: str | None) -> str:
        offer = CredentialOffer
        query = select(offer.id, offer.tx_code_hash).where(offer.code_hash == code_hash)
        with self._database.transaction() as tx:
            found = tx.execute(query).one_or_none()
        if found is None:
            raise errors.OFFER_CODE_INVALID()
        if (found.tx_code_hash is None) != (tx_code is None):
            raise errors.TOKEN_REQUEST_INVALID()
        return str(found.id)

    def _taken(
        self, offer_id: str, tx_code: str | None, token: str, thumbprint: str | None
    ) -> bool:
        offer, now = CredentialOffer, self._clock.now()
        statement = (
            update(offer)
            .where(
                offer.id == offer_id,
                offer.redeemed_at.is_(None),  # 3
                offer.expires_at > now,
                offer.tx_tries < MOST_TRIES,
                offer.tx_code_hash.is_not_distinct_from(self._tx_hash(offer_id, tx_code)),  # 4
            )
            .values(
                redeemed_at=now,
                token_hash=self._cipher.index(hashes.TOKEN_USE, token),
                token_expires_at=now + TOKEN_LASTS,
                token_thumbprint=thumbprint,
            )
            .returning(offer.id)
            .execution_options(synchronize_session=False)
        )
        with self._database.transaction() as tx:
            return tx.scalar(statement) is not None

    def _refuse(self, offer_id: str, tx_code: str | None) -> None:
        self._revoke_if_redeemed(offer_id)
        if tx_code is not None and self._counted(offer_id):
            raise errors.TX_CODE_WRONG()
        raise errors.OFFER_CODE_INVALID()

    def _counted(self, offer_id: str) -> bool:
        """Count a wrong transaction code; tells whether another try is left.

        A transaction of its own: the count must outlive the refusal that follows.
        """
        offer = CredentialOffer
        statement = (
            update(offer)
            .where(
                offer.id == offer_id,
                offer.redeemed_at.is_(None),
                offer.expires_at > self._clock.now(),
                offer.tx_tries < MOST_TRIES,
            )
            .values(tx_tries=offer.tx_tries + 1)
            .returning(offer.tx_tries)
            .execution_options(synchronize_session=False)
        )
        with self._database.separate() as tx:
            tries = tx.scalar(statement)
        return tries is not None and tries < MOST_TRIES

    def _revoke_if_redeemed(self, offer_id: str) -> None:
        offer = CredentialOffer
        statement = (
            update(offer)
            .where(
                offer.id == offer_id,
                offer.redeemed_at.is_not(None),
                offer.revoked_at.is_(None),
            )
            .values(revoked_at=self._clock.now())
            .returning(offer.id)
            .execution_options(synchronize_session=False)
        )
        with self._database.separate() as tx:
            if tx.scalar(statement) is not None:
                log.warning("credential_code_reused")

    def _tx_hash(self, offer_id: str, tx_code: str | None) -> bytes | None:
        if tx_code is None:
            return None
        return self._cipher.index(hashes.TX_CODE_USE, hashes.tx_code_text(offer_id, tx_code))


def _asked(form: Mapping[str, str]) -> str:
    grant, code = form.get("grant_type", ""), form.get("pre-authorized_code", "")
    if grant and grant != GRANT:
        raise errors.GRANT_UNSUPPORTED()
    if not grant or not code:
        raise errors.TOKEN_REQUEST_INVALID()
    return code
