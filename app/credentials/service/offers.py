"""Offers: the holder lets a wallet of their choice fetch a credential."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select

from app.audit import actions
from app.audit.service import AccessLog, Actor
from app.core.clock import Clock
from app.core.database import Database
from app.core.fields import FieldCipher
from app.core.ids import new_id
from app.credentials.errors import CERTIFICATE_NOT_IN_FORCE, OFFER_UNKNOWN
from app.credentials.models import MOST_TRIES, CredentialOffer
from app.credentials.ports import Certificates, Limits
from app.credentials.records import Asker
from app.credentials.service import hashes

LASTS: Final = timedelta(minutes=10)
TX_CODE_DIGITS: Final = 6
VALID: Final = "valid"
RATE: Final = "credentials"
"""Of one person: each leaves a row until its certificate ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferTerms:
    """An offer as a wallet needs it."""

    type_code: str
    code: str = field(repr=False)
    """The pre-authorized code."""
    asks_tx_code: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeOffer:
    """A new offer, and what only its maker is told, once."""

    id: str
    terms: OfferTerms
    reference: str = field(repr=False)
    """Last part of the address where a wallet fetches the offer."""
    tx_code: str | None = field(repr=False)
    """Shown on the holder's phone, typed into the wallet."""
    expires_at: datetime


class CredentialOffers:
    """Makes offers and hands them out."""

    def __init__(
        self,
        *,
        certificates: Certificates,
        database: Database,
        accesses: AccessLog,
        cipher: FieldCipher,
        limits: Limits,
        clock: Clock,
        randomness: Callable[[int], int] = secrets.randbelow,
    ) -> None:
        """Take the ports.

        Args:
            certificates: knows what may be offered.
            database: keeps offers.
            accesses: the log the holder reads.
            cipher: hashes what must not be kept.
            limits: knows a rate named "credentials".
            clock: tells the time.
            randomness: draws a number below another.
        """
        self._certificates = certificates
        self._database = database
        self._accesses = accesses
        self._cipher = cipher
        self._limits = limits
        self._clock = clock
        self._randomness = randomness

    def make(self, asker: Asker, certificate_id: str, *, with_tx_code: bool) -> MadeOffer:
        """Offer a credential of a certificate to whichever wallet redeems the code.

        1. The certificate is the asker's, who was recognised surely enough for it. 2. It is in
        force. 3. They do not ask too often. 4. Code and transaction code are drawn, and only their
        hashes are kept.

        Raises:
            DomainError: TOO_MANY_REQUESTS, NOT_FOUND, INSUFFICIENT_USER_AUTHENTICATION,
                CERTIFICATE_NOT_IN_FORCE.
        """
        now, reference = self._clock.now(), hashes.new_secret()
        code, offer_id = hashes.code_of(self._cipher, reference), new_id("ofr", now)
        tx_code = self._tx_code() if with_tx_code else None
        with self._database.transaction() as tx:
            certificate = self._certificates.of_holder(asker, certificate_id)  # 1
            if certificate.status != VALID:  # 2
                raise CERTIFICATE_NOT_IN_FORCE()
            self._limits.hit(RATE, asker.person_id)  # 3
            offer = CredentialOffer(  # 4
                id=offer_id,
                certificate_id=certificate.id,
                type=certificate.type,
                code_hash=self._cipher.index(hashes.CODE_USE, code),
                reference_hash=self._cipher.index(hashes.REFERENCE_USE, reference),
                tx_code_hash=self._tx_hash(offer_id, tx_code),
                tx_tries=0,
                created_at=now,
                expires_at=now + LASTS,
            )
            tx.add(offer)
            tx.flush()
            self._record(asker, certificate.type)
        terms = OfferTerms(type_code=certificate.type, code=code, asks_tx_code=with_tx_code)
        return MadeOffer(
            id=offer_id,
            terms=terms,
            reference=reference,
            tx_code=tx_code,
            expires_at=offer.expires_at,
        )

    def read(self, reference: str) -> OfferTerms:
        """The offer behind a reference, as long as it can be redeemed.

        Raises:
            DomainError: CREDENTIAL_OFFER_UNKNOWN, the same for one that never was.
        """
        offer = CredentialOffer
        query = select(offer.type, offer.tx_code_hash).where(
            offer.reference_hash == self._cipher.index(hashes.REFERENCE_USE, reference),
            offer.redeemed_at.is_(None),
            offer.expires_at > self._clock.now(),
            offer.tx_tries < MOST_TRIES,
        )
        with self._database.transaction() as tx:
            found = tx.execute(query).one_or_none()
        if found is None:
            raise OFFER_UNKNOWN()
        return OfferTerms(
            type_code=found.type,
            code=hashes.code_of(self._cipher, reference),
            asks_tx_code=found.tx_code_hash is not None,
        )

    def _tx_code(self) -> str:
        return f"{self._randomness(10**TX_CODE_DIGITS):0{TX_CODE_DIGITS}d}"

    def _tx_hash(self, offer_id: str, tx_code: str | None) -> bytes | None:
        if tx_code is None:
            return None
        return self._cipher.index(hashes.TX_CODE_USE, hashes.tx_code_text(offer_id, tx_code))

    def _record(self, asker: Asker, type_code: str) -> None:
        self._accesses.record(
            person_id=asker.person_id,
            actor=Actor(kind="self", id=asker.device, name="本人"),
            action=actions.CREDENTIAL_OFFERED,
            purpose=f"certificate:{type_code}",
        )
