"""Queries as the use cases take them."""

from __future__ import annotations

from typing import Protocol

from app.hospital.finding.service.distance import Near
from app.hospital.finding.service.places import Page


class _Paged(Protocol):
    cursor: str | None
    limit: int


class _Placed(Protocol):
    near: tuple[float, float] | None
    within: int | None


def page(query: _Paged) -> Page:
    """Which page."""
    return Page(cursor=query.cursor, limit=query.limit)


def near(query: _Placed) -> Near | None:
    """Where somebody is; None: they do not say."""
    if query.near is None:
        return None
    latitude, longitude = query.near
    return Near(latitude=latitude, longitude=longitude, within=query.within)
