"""Presentations on the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import Field

from app.core.http.bodies import JsonBody
from app.core.http.replies import Reply
from app.core.ids import ID_PATTERN


class PresentationAsk(JsonBody):
    """What a verifier wants to be shown."""

    audience: str = Field(
        pattern=r"^[\x21-\x7e]{1,200}$", examples=["https://bank.example/counter-7"]
    )
    """How the verifier is named; the holder's wallet signs it."""
    types: list[str] = Field(default_factory=list, max_length=50)
    """Codes of `GET /v1/certificate-types`; every type where there are none."""


class PresentationAsked(Reply):
    """What to hand to the holder: all but the id."""

    id: str
    nonce: str
    audience: str
    vcts: list[str]
    expires_at: datetime


class PresentationBody(JsonBody):
    """What the holder showed."""

    request: str = Field(pattern=ID_PATTERN)
    presentation: str = Field(min_length=1, max_length=60_000)
    """SD-JWT with key binding: signed part, chosen disclosures, the holder's signature."""


class PresentationPart(Reply):
    """One of the questions."""

    ok: bool | None
    """Left out where an earlier answer was no."""
    code: str


class PresentationReply(Reply):
    """Answers kept apart, in the order the questions were asked."""

    valid: bool
    parts: dict[str, PresentationPart]
    type: str | None
    claims: dict[str, Any] | None
    """What was shown; told only where everything holds."""
    expires_at: datetime | None
