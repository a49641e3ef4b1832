"""Where a request comes from."""

from __future__ import annotations

from flask import request


def caller_address() -> str:
    """The network address behind the request, proxies we trust taken away; empty: unknown."""
    return request.remote_addr or ""
