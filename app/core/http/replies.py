"""What goes out: JSON replies built from schemas."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Response
from pydantic import BaseModel, ConfigDict


class Reply(BaseModel):
    """Base of every JSON response body."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def reply(body: BaseModel, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Serialise a response model; members that are None are left out."""
    text = body.model_dump_json(exclude_none=True, by_alias=True)
    response = Response(text + "\n", status, content_type="application/json")
    response.headers.update(dict(headers or {}))
    return response
