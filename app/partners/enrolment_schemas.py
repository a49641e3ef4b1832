"""Enrolments of keys on the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from app.core.http.bodies import JsonBody
from app.core.http.replies import Reply
from app.partners.schemas import Jwk


class EnrolmentBody(JsonBody):
    """Whose next key it is about."""

    client_id: Annotated[str, Field(min_length=1, max_length=64)]
    """Of a terminal, a hospital's client or an operator."""


class RedemptionBody(JsonBody):
    """A code as it was typed, and the key."""

    code: Annotated[str, Field(min_length=1, max_length=32, examples=["7K3QD-9WZ2M"])]
    """Case, blanks and hyphens do not count."""
    jwk: Jwk
    """The public key whose proof the request carries. A `kid` does not count."""


class MadeEnrolmentReply(Reply):
    """A code; it is told here and never again."""

    id: str
    client_id: str
    code: str
    expires_at: datetime


class EnrolmentReply(Reply):
    """What became of a code."""

    id: str
    client_id: str
    made_at: datetime
    made_by: str
    """Id of the operator, or `commands`."""
    expires_at: datetime
    used_at: datetime | None
    kid: str | None
    """Name of the key that was added."""
    revoked_at: datetime | None
    revoked_by: str | None


class EnrolmentsReply(Reply):
    """A page of enrolments, newest first."""

    items: list[EnrolmentReply]
    next: str | None


class EnrolledReply(Reply):
    """Whom the key logs in from now on."""

    client_id: str
    kind: Literal["terminal", "hospital", "operator"]
    """`hospital`: a terminal of a hospital."""
    name: str
    """Of the merchant or of the operator."""
    scopes: list[str]
    """What its tokens may carry."""
