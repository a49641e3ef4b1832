"""Issues credentials: to the holder's own phone, and to a wallet that redeemed an offer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import update

from app.audit import actions
from app.audit.service import AccessLog, Actor
from app.core.access.principals import Wallet
from app.core.clock import Clock
from app.core.database import Database
from app.core.fields import FieldCipher
from app.core.ids import new_id
from app.credentials import errors
from app.credentials.models import CredentialOffer, IssuedCredential
from app.credentials.ports import CertificateFacts, Certificates, Limits, Mint, StatusPlaces
from app.credentials.records import Asker, CredentialOrder, SignedCredential
from app.credentials.service import hashes
from app.credentials.service.offers import RATE, VALID
from app.credentials.service.proofs import KeyProofs, ProvenKey


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldersCredential:
    """A credential for the holder's own phone."""

    id: str
    credential: str = field(repr=False)
    vct: str
    thumbprint: str
    """Of the key it is bound to."""
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class WalletsCredentials:
    """The answer to a credential request."""

    credentials: Sequence[str] = field(repr=False)
    """One for each proof, in their order."""
    notification_id: str


class CredentialIssuing:
    """Makes credentials of certificates that are in force."""

    def __init__(
        self,
        *,
        mint: Mint,
        certificates: Certificates,
        places: StatusPlaces,
        proofs: KeyProofs,
        database: Database,
        accesses: AccessLog,
        cipher: FieldCipher,
        limits: Limits,
        clock: Clock,
    ) -> None:
        """Take the ports; `limits` knows a rate named "credentials"."""
        self._mint = mint
        self._certificates = certificates
        self._places = places
        self._proofs = proofs
        self._database = database
        self._accesses = accesses
        self._cipher = cipher
        self._limits = limits
        self._clock = clock

    def for_holder(
        self, asker: Asker, certificate_id: str, *, jwk: Mapping[str, str], proof: str | None
    ) -> HoldersCredential:
        """Issue a credential of the asker's own certificate.

        1. The certificate is theirs, and they were recognised surely enough for it. 2. It is in
        force. 3. They do not ask too often. 4. The key is the one the request is proven by, or
        another that a proof shows. 5. It is made, written down and the look recorded: all of it or
        nothing.

        Args:
            asker: who asks.
            certificate_id: of which certificate.
            jwk: the key whose DPoP proof admitted the request.
            proof: shows another key, in the form wallets prove theirs.

        Raises:
            DomainError: TOO_MANY_REQUESTS, NOT_FOUND, INSUFFICIENT_USER_AUTHENTICATION,
                CERTIFICATE_NOT_IN_FORCE, KEY_PROOF_INVALID, KEY_PROOF_NONCE_INVALID.
        """
        with self._database.transaction():
            certificate = self._certificates.of_holder(asker, certificate_id)  # 1
            if certificate.status != VALID:  # 2
                raise errors.CERTIFICATE_NOT_IN_FORCE()
            self._limits.hit(RATE, asker.person_id)  # 3
            key = ProvenKey(jwk=jwk, thumbprint=asker.device)
            if proof is not None:  # 4
                [key] = self._proofs.check([proof])
            [(row, made)] = self._issue(certificate, [key], offer_id=None)  # 5
            actor = Actor(kind="self", id=asker.device, name="本人")
            self._record(certificate, actor)
        return HoldersCredential(
            id=row.id,
            credential=made.text,
            vct=self._vct(certificate.type),
            thumbprint=key.thumbprint,
            expires_at=row.expires_at,
        )

    def for_wallet(
        self, wallet: Wallet, *, configuration: str, proofs: Sequence[str]
    ) -> WalletsCredentials:
        """Answer a credential request (OpenID4VCI 1.0, 8.2 and 8.3).

        1. The configuration is one we know. 2. The proofs show keys. 3. The offer was not answered
        before: one update decides; 4. and it is for this configuration. 5. Its certificate is in
        force. 6. A credential is made for each key, written down, the look recorded: all of it or
        nothing, the spent nonce included.

        Raises:
            DomainError: CREDENTIAL_CONFIGURATION_UNKNOWN, KEY_PROOF_INVALID,
                KEY_PROOF_NONCE_INVALID or CREDENTIAL_REQUEST_DENIED.
        """
        if self._mint.kind(configuration) is None:  # 1
            raise errors.CONFIGURATION_UNKNOWN()
        notification_id = hashes.new_secret()
        with self._database.transaction():
            keys = self._proofs.check(proofs)  # 2
            certificate_id = self._answered(wallet, configuration, notification_id)  # 3, 4
            certificate = self._certificates.known(certificate_id)
            if certificate.status != VALID:  # 5
                raise errors.REQUEST_DENIED()
            made = self._issue(certificate, keys, offer_id=wallet.offer_id)  # 6
            actor = Actor(kind="self", id=wallet.offer_id, name="本人的钱包 own wallet")
            self._record(certificate, actor)
        return WalletsCredentials(
            credentials=[one.text for _, one in made], notification_id=notification_id
        )

    def _answered(self, wallet: Wallet, configuration: str, notification_id: str) -> str:
        offer = CredentialOffer
        statement = (
            update(offer)
            .where(
                offer.id == wallet.offer_id,
                offer.issued_at.is_(None),  # 3
                offer.revoked_at.is_(None),
                offer.type == configuration,  # 4
            )
            .values(
                issued_at=self._clock.now(),
                notification_hash=self._cipher.index(hashes.NOTIFICATION_USE, notification_id),
            )
            .returning(offer.certificate_id)
            .execution_options(synchronize_session=False)
        )
        with self._database.transaction() as tx:
            certificate_id = tx.scalar(statement)
        if certificate_id is None:
            raise errors.REQUEST_DENIED()
        return certificate_id

    def _issue(
        self, certificate: CertificateFacts, keys: Sequence[ProvenKey], *, offer_id: str | None
    ) -> list[tuple[IssuedCredential, SignedCredential]]:
        file, status = self._certificates.file(certificate.id), self._status(certificate.id)
        now = self._clock.now().replace(microsecond=0)
        found = []
        with self._database.transaction() as tx:
            for key in keys:
                order = CredentialOrder(
                    type_code=certificate.type,
                    file=file,
                    holder=key.jwk,
                    status=status,
                    issued_at=now,
                    expires_at=certificate.valid_until,
                    provisional=certificate.provisional,
                )
                made = self._mint.issue(order)
                row = _row(certificate, key, made, order, offer_id)
                tx.add(row)
                found.append((row, made))
            tx.flush()
        return found

    def _status(self, certificate_id: str) -> dict[str, object] | None:
        place = self._places.place(certificate_id)
        return None if place is None else {"status_list": {"idx": place[0], "uri": place[1]}}

    def _vct(self, type_code: str) -> str:
        kind = self._mint.kind(type_code)
        if kind is None:
            raise errors.NOT_MADE()
        return kind.vct

    def _record(self, certificate: CertificateFacts, actor: Actor) -> None:
        self._accesses.record(
            person_id=certificate.person_id,
            actor=actor,
            action=actions.CREDENTIAL_ISSUED,
            purpose=f"certificate:{certificate.type}",
            fields=("credential",),
        )


def _row(
    certificate: CertificateFacts,
    key: ProvenKey,
    made: SignedCredential,
    order: CredentialOrder,
    offer_id: str | None,
) -> IssuedCredential:
    return IssuedCredential(
        id=new_id("vcr", order.issued_at),
        certificate_id=certificate.id,
        offer_id=offer_id,
        thumbprint=key.thumbprint,
        kid=made.kid,
        signed_sha256=made.sha256,
        issued_at=order.issued_at,
        expires_at=order.expires_at,
    )
