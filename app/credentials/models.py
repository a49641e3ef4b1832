"""Offers of credentials, the credentials issued, nonces spent, presentations asked for."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import ARRAY, TEXT, CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base

MOST_TRIES: Final = 5
"""Wrong transaction codes after which an offer is worth nothing."""
ACCEPTED: Final = "credential_accepted"
FAILURE: Final = "credential_failure"
DELETED: Final = "credential_deleted"


class CredentialOffer(Base):
    """One certificate offered to whichever wallet redeems the code, once.

    Redeeming gives the row a token, and the token fetches one answer: each is a column that is
    written by one conditional update. Code, reference, transaction code, token and notification
    id are known by keyed hashes only.
    """

    __tablename__ = "credential_offers"
    __table_args__ = (
        CheckConstraint("tx_tries BETWEEN 0 AND 5", name="tx_tries"),
        CheckConstraint("expires_at > created_at", name="ends_after_begin"),
        CheckConstraint(
            "(redeemed_at IS NULL) = (token_hash IS NULL) "
            "AND (token_hash IS NULL) = (token_expires_at IS NULL) "
            "AND (token_hash IS NOT NULL OR (token_thumbprint IS NULL AND revoked_at IS NULL))",
            name="redeemed_has_token",
        ),
        CheckConstraint(
            "(issued_at IS NULL) = (notification_hash IS NULL) "
            "AND (issued_at IS NULL OR redeemed_at IS NOT NULL)",
            name="issued_after_redeemed",
        ),
        CheckConstraint(
            "(event IS NULL) = (event_at IS NULL) AND (event IS NULL OR issued_at IS NOT NULL) "
            "AND event IN ('credential_accepted', 'credential_failure', 'credential_deleted')",
            name="event",
        ),
        Index("ix_credential_offers_certificate_id", "certificate_id"),
        Index("ix_credential_offers_expires_at", "expires_at"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    certificate_id: Mapped[str] = mapped_column(ForeignKey("certificates.id"))
    type: Mapped[str]
    code_hash: Mapped[bytes] = mapped_column(unique=True)
    reference_hash: Mapped[bytes] = mapped_column(unique=True)
    """Of the last part of the address where the offer is fetched."""
    tx_code_hash: Mapped[bytes | None]
    tx_tries: Mapped[int]
    """Wrong transaction codes so far."""
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    redeemed_at: Mapped[datetime | None]
    token_hash: Mapped[bytes | None] = mapped_column(unique=True)
    token_expires_at: Mapped[datetime | None]
    token_thumbprint: Mapped[str | None]
    """Of the key the token is bound to; none where the wallet asked without DPoP."""
    revoked_at: Mapped[datetime | None]
    """When the code turned up a second time."""
    issued_at: Mapped[datetime | None]
    notification_hash: Mapped[bytes | None] = mapped_column(unique=True)
    event: Mapped[str | None]
    """The last thing the wallet said of the credentials."""
    event_at: Mapped[datetime | None]


class IssuedCredential(Base):
    """One credential in somebody's wallet; what it says is in the wallet only."""

    __tablename__ = "issued_credentials"
    __table_args__ = (
        CheckConstraint("length(signed_sha256) = 32", name="signed_sha256"),
        CheckConstraint("expires_at > issued_at", name="ends_after_begin"),
        Index("ix_issued_credentials_certificate_id", "certificate_id"),
        Index("ix_issued_credentials_offer_id", "offer_id"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    certificate_id: Mapped[str] = mapped_column(ForeignKey("certificates.id"))
    offer_id: Mapped[str | None] = mapped_column(ForeignKey("credential_offers.id"))
    """None where the holder's own phone asked."""
    thumbprint: Mapped[str]
    """Of the holder's key the credential is bound to."""
    kid: Mapped[str]
    """Of the key it was signed with: what to look for when that key is lost."""
    signed_sha256: Mapped[bytes] = mapped_column(unique=True)
    """Of the signed part: how a presentation is recognised."""
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class SpentNonce(Base):
    """A nonce of a key proof that counted.

    Nothing is stored of a nonce before: it carries a keyed hash.
    """

    __tablename__ = "spent_nonces"
    __table_args__ = (Index("ix_spent_nonces_expires_at", "expires_at"),)

    nonce_hash: Mapped[bytes] = mapped_column(primary_key=True)
    expires_at: Mapped[datetime]


class PresentationRequest(Base):
    """What a verifier asked to be shown: for whom, of which types, answered once."""

    __tablename__ = "presentation_requests"
    __table_args__ = (
        CheckConstraint("expires_at > created_at", name="ends_after_begin"),
        Index("ix_presentation_requests_expires_at", "expires_at"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    audience: Mapped[str]
    types: Mapped[list[str]] = mapped_column(ARRAY(TEXT))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
