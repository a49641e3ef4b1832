"""A feed over HTTP: one GET, one JSON page, nothing followed and nothing believed."""

from __future__ import annotations

from itertools import pairwise
from typing import Final

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError
from urllib3 import BaseHTTPResponse, PoolManager, Timeout
from urllib3.exceptions import HTTPError, NewConnectionError
from urllib3.exceptions import TimeoutError as HttpTimeout

from app.exchange.changes.ports import Change, ChangePage
from app.exchange.errors import ExchangeFailed, Failure

PATH: Final = "/changes"
_OK: Final = 200
_MOST_BYTES: Final = 512 * 1024
_MOST_CHANGES: Final = 1000
_STATUSES: Final = {401: Failure.NOT_AUTHENTICATED, 403: Failure.NOT_AUTHENTICATED}


class _Entry(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, hide_input_in_errors=True)

    number: int = Field(ge=1)
    contract: str = Field(min_length=1, max_length=100)
    subject: str = Field(min_length=1, max_length=40)
    record_version: str = Field(min_length=1, max_length=100)
    changed_at: AwareDatetime


class _Page(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, hide_input_in_errors=True)

    changes: list[_Entry] = Field(max_length=_MOST_CHANGES)
    last: int = Field(ge=0)
    more: bool


class HttpFeed:
    """Reads one department's feed. Thread-safe."""

    def __init__(self, *, base_url: str, token: str, timeout_ms: int) -> None:
        """Prepare; nothing is connected yet.

        Args:
            base_url: of the department.
            token: service token.
            timeout_ms: of one page, from connecting to the last byte.
        """
        self._url = base_url + PATH
        self._headers = {
            "Authorization": f"Bearer {token}",
            "Accept": "application/json",
            "Accept-Encoding": "identity",
        }
        self._timeout = Timeout(total=timeout_ms / 1000)
        self._pool = PoolManager(maxsize=1, retries=False)

    def page(self, *, after: int) -> ChangePage:
        """The changes that follow a number.

        1. A whole answer within its time and size, of the right type.
        2. Exactly the members of the feed.
        3. Numbers that grow, from the one that was asked after; `last` is the last of them.

        Raises:
            ExchangeFailed: one of these does not hold.
        """
        body = self._body(after)  # 1
        try:
            sent = _Page.model_validate_json(body)  # 2
        except ValidationError:
            raise ExchangeFailed(Failure.CONTRACT_BROKEN) from None
        numbers = [after, *(entry.number for entry in sent.changes)]
        grow = all(one < other for one, other in pairwise(numbers))
        stuck = sent.more and not sent.changes
        if not grow or sent.last != numbers[-1] or stuck:  # 3
            raise ExchangeFailed(Failure.CONTRACT_BROKEN)
        changes = tuple(Change(**entry.model_dump()) for entry in sent.changes)
        return ChangePage(changes=changes, last=sent.last, more=sent.more)

    def close(self) -> None:
        """Close the connection."""
        self._pool.clear()

    def _body(self, after: int) -> bytes:
        try:
            response = self._pool.request(
                "GET",
                f"{self._url}?after={after}",
                headers=self._headers,
                timeout=self._timeout,
                redirect=False,
                preload_content=False,
                decode_content=False,
            )
            return _read(response)
        except NewConnectionError:  # urllib3 counts it among the timeouts
            raise ExchangeFailed(Failure.UNREACHABLE) from None
        except HttpTimeout:
            raise ExchangeFailed(Failure.TIMED_OUT) from None
        except HTTPError:
            raise ExchangeFailed(Failure.UNREACHABLE) from None


def _read(response: BaseHTTPResponse) -> bytes:
    try:
        if response.status != _OK:
            raise ExchangeFailed(_STATUSES.get(response.status, Failure.UNEXPECTED_STATUS))
        if response.headers.get("Content-Type", "").split(";")[0] != "application/json":
            raise ExchangeFailed(Failure.NOT_JSON)
        body = response.read(_MOST_BYTES + 1)
        if len(body) > _MOST_BYTES:
            raise ExchangeFailed(Failure.TOO_LARGE)
        return body
    finally:
        response.close()
