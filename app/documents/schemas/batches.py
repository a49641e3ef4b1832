"""Batches of certificates on the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field, field_validator

from app.core.http.bodies import JsonBody
from app.core.http.replies import Reply
from app.core.ids import ID_PATTERN
from app.documents.schemas.certificates import CertificateReply, TitlesReply

_MOST: Final = 10
Code = Annotated[str, Field(min_length=1, max_length=64)]


class BatchBody(JsonBody):
    """Which certificates are wanted."""

    types: list[Code] = Field(
        min_length=1, max_length=_MOST, examples=[["marriage_status", "no_housing"]]
    )
    """Different codes of `GET /v1/certificate-types`."""

    @field_validator("types")
    @classmethod
    def _different(cls, value: list[str]) -> list[str]:
        if len(set(value)) != len(value):
            msg = "a type is named twice"
            raise ValueError(msg)
        return value


class BatchPath(BaseModel):
    """Which batch."""

    model_config = ConfigDict(extra="forbid")

    id: str = Field(pattern=ID_PATTERN)


class BatchItemReply(Reply):
    """One certificate of a batch; it ends on its own."""

    type: str
    titles: TitlesReply
    status: str
    """queued, running, issued or refused."""
    certificate: CertificateReply | None
    """Once issued. The check code is in the file."""
    problem: dict[str, Any] | None
    """Once refused: problem details as the same request alone would be answered (RFC 9457)."""


class BatchReply(Reply):
    """A batch."""

    id: str
    created_at: datetime
    ended: bool
    """Whether every item is issued or refused; ask again until it is."""
    items: list[BatchItemReply]
    """In the order of the request."""
