"""The holder's side on the wire."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from app.core.http.bodies import JsonBody
from app.core.http.replies import Reply


class CredentialSource(BaseModel):
    """Of which certificate."""

    model_config = ConfigDict(extra="forbid")

    id: str = Field(min_length=1, max_length=64)


class HoldersCredentialBody(JsonBody):
    """To which key."""

    proof: str | None = Field(default=None, min_length=1, max_length=8192)
    """Shows another key than the phone's, in the form of OpenID4VCI (`openid4vci-proof+jwt`) with
    a nonce of `POST /openid4vci/nonce`. Without it the credential is bound to the phone's key."""


class HoldersCredentialReply(Reply):
    """A credential for the calling phone."""

    id: str
    format: str
    vct: str
    credential: str
    """SD-JWT VC: the signed part and all disclosures."""
    key: str
    """RFC 7638 thumbprint of the key it is bound to."""
    expires_at: datetime


class CredentialOfferBody(JsonBody):
    """How the offer is to be redeemed."""

    tx_code: bool = False
    """Whether the wallet's user must also type six digits, shown on this phone."""


class CredentialOfferReply(Reply):
    """An offer; it is told this once."""

    id: str
    credential_offer: str
    """Address a wallet opens, the whole offer in it."""
    credential_offer_uri: str
    """The same as a short address, good for a QR."""
    tx_code: str | None
    """Six digits to be typed into the wallet, where asked for."""
    expires_at: datetime
