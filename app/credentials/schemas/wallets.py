"""The wallet's side on the wire: the names are OpenID4VCI's and OAuth's."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from app.core.http.bodies import JsonBody
from app.core.http.replies import Reply


class OfferPath(BaseModel):
    """Which offer."""

    model_config = ConfigDict(extra="forbid")

    reference: str = Field(min_length=1, max_length=64)


class CredentialTypePath(BaseModel):
    """Which type."""

    model_config = ConfigDict(extra="forbid")

    code: str = Field(min_length=1, max_length=64)


class WalletTokenForm(BaseModel):
    """Parameters of the wallets' token endpoint.

    Plain texts without rules: what is wrong with them is told in OAuth's words. Parameters nobody
    knows are ignored (RFC 6749 §3.2).
    """

    grant_type: str = ""
    code: str = Field(default="", alias="pre-authorized_code")
    tx_code: str = ""


class WalletToken(Reply):
    """A token response (RFC 6749 §5.1)."""

    access_token: str
    token_type: str
    expires_in: int


class NonceReply(Reply):
    """A nonce for key proofs."""

    c_nonce: str


class CredentialRequest(JsonBody):
    """What a wallet asks for (OpenID4VCI 1.0, 8.2). Members nobody knows are ignored."""

    model_config = ConfigDict(extra="ignore")

    credential_configuration_id: str | None = Field(default=None, max_length=100)
    credential_identifier: str | None = Field(default=None, max_length=100)
    proofs: dict[str, list[Any]] | None = None
    credential_response_encryption: dict[str, Any] | None = None


class CredentialEntry(Reply):
    """One credential of an answer."""

    credential: str


class CredentialResponse(Reply):
    """The answer to a credential request (OpenID4VCI 1.0, 8.3)."""

    credentials: list[CredentialEntry]
    notification_id: str


class NotificationRequest(JsonBody):
    """What became of the credentials (OpenID4VCI 1.0, 11.1)."""

    model_config = ConfigDict(extra="ignore")

    notification_id: str = Field(min_length=1, max_length=100)
    event: str = Field(min_length=1, max_length=100)
    event_description: str | None = Field(default=None, max_length=1000)
    """Read past: free text of a wallet is no data of ours."""
