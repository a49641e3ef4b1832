"""Tokens on the wire."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, Field

from app.core.http.replies import Reply


class TokenForm(BaseModel):
    """Parameters of the token endpoint; which are needed depends on `grant_type`."""

    grant_type: str = Field(default="", max_length=128)
    client_id: str | None = Field(default=None, max_length=64)
    code: str | None = Field(default=None, max_length=256)
    refresh_token: str | None = Field(default=None, max_length=256)
    client_assertion_type: str | None = Field(default=None, max_length=128)
    client_assertion: str | None = Field(default=None, max_length=8192)
    scope: str | None = Field(default=None, max_length=256)

    def given(self) -> dict[str, str]:
        """The parameters that were sent."""
        return {k: v for k, v in self.model_dump().items() if v is not None}


class TokenQuestion(BaseModel):
    """Parameters of introspection and revocation."""

    token: str = Field(min_length=1, max_length=8192)
    token_type_hint: str | None = Field(default=None, max_length=64)
    client_assertion_type: str | None = Field(default=None, max_length=128)
    client_assertion: str | None = Field(default=None, max_length=8192)


class Tokens(Reply):
    """A token response (RFC 6749 §5.1)."""

    access_token: str
    token_type: str
    expires_in: int
    refresh_token: str | None = None
    scope: str


class Introspection(Reply):
    """What a token states (RFC 7662 §2.2); only `active` for one that is not good."""

    active: bool
    sub: str | None = None
    client_id: str | None = None
    scope: str | None = None
    acr: str | None = None
    auth_time: int | None = None
    exp: int | None = None
    token_type: str | None = None
    cnf: dict[str, str] | None = None


class Me(Reply):
    """The signed-in person, masked."""

    name: str
    citizen_number: str
    level: str
    authenticated_at: datetime
