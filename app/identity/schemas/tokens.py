"""Tokens on the wire."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel

from app.core.http.replies import Reply


class TokenForm(BaseModel):
    """Parameters of the token endpoint; which are needed depends on `grant_type`.

    Plain texts without rules: what is wrong with them is told in OAuth's words, not as a field's
    (RFC 6749 §5.2), and flask-openapi would read anything else as JSON. The form's size is
    bounded before it is read.
    """

    grant_type: str = ""
    client_id: str = ""
    code: str = ""
    refresh_token: str = ""
    client_assertion_type: str = ""
    client_assertion: str = ""
    scope: str = ""

    def given(self) -> dict[str, str]:
        """The parameters that were sent; one without a value was not (RFC 6749 §3.2)."""
        return {name: value for name, value in self.model_dump().items() if value}


class TokenQuestion(BaseModel):
    """Parameters of introspection and revocation; texts for the same reasons."""

    token: str = ""
    token_type_hint: str = ""
    client_assertion_type: str = ""
    client_assertion: str = ""


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
    vrf: str | None = None
    """Digest of the receipt of the verification behind it."""


class Me(Reply):
    """The signed-in person, masked."""

    name: str
    citizen_number: str
    level: str
    authenticated_at: datetime
