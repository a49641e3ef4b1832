"""Fetches what a lottery published, as anybody can."""

from __future__ import annotations

import json
from typing import Any, Final

import urllib3

_PATIENCE: Final = urllib3.Timeout(connect=3.0, read=30.0)
_PAGE: Final = 5000
_MOST_PAGES: Final = 100
_OK: Final = 200


class NotFetched(Exception):  # noqa: N818 -- what happened
    """The server did not give it; the message says what it said."""


def fetched(base_url: str, release_id: str) -> dict[str, Any]:
    """Return the facts of a draw, with all its tickets as the member ``tickets``.

    Raises:
        NotFetched: the server refused, was not reached, or has no end of pages.
    """
    with urllib3.PoolManager(retries=False, timeout=_PATIENCE) as pool:
        address = f"{base_url.rstrip('/')}/v1/releases/{release_id}/draw"
        facts = _read(pool, address)
        tickets: list[Any] = []
        cursor = ""
        for _ in range(_MOST_PAGES):
            page = _read(pool, f"{address}/tickets?limit={_PAGE}{cursor}")
            tickets += page["items"]
            if "next" not in page:
                return {**facts, "tickets": tickets}
            cursor = f"&cursor={page['next']}"
    message = "there is no end of pages"
    raise NotFetched(message)


def _read(pool: urllib3.PoolManager, address: str) -> dict[str, Any]:
    try:
        answer = pool.request("GET", address, redirect=False)
    except urllib3.exceptions.HTTPError as failed:
        raise NotFetched(type(failed).__name__) from failed
    if answer.status != _OK:
        message = f"{answer.status} {answer.data[:500].decode(errors='replace')}"
        raise NotFetched(message)
    found: dict[str, Any] = json.loads(answer.data)
    return found
