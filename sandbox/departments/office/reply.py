"""What goes back to a caller."""

from __future__ import annotations

import json
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from sandbox.departments.office.refusals import Refused

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One answer."""

    status: int
    payload: bytes | None
    """None closes the connection without a word."""
    content_type: str = "application/json"
    headers: Headers = ()
    halved: bool = False
    """The whole length is announced, half of it is sent, then the connection closes."""

    @property
    def sent(self) -> bytes:
        """What really leaves of the payload."""
        whole = self.payload or b""
        return whole[: len(whole) // 2] if self.halved else whole


def json_reply(members: dict[str, Any]) -> Reply:
    """Return an answer of these members."""
    return Reply(status=200, payload=json.dumps(members, ensure_ascii=False).encode())


def problem(refused: Refused, *, headers: Headers = ()) -> Reply:
    """Return a refusal as problem details (RFC 9457)."""
    members: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(refused.status).phrase,
        "status": refused.status,
        "code": refused.code,
    }
    if refused.pointer is not None:
        members["pointer"] = refused.pointer
    if refused.status == HTTPStatus.UNAUTHORIZED:
        headers = (*headers, ("WWW-Authenticate", "Bearer"))
    return Reply(
        status=refused.status,
        payload=json.dumps(members).encode(),
        content_type="application/problem+json",
        headers=headers,
    )
