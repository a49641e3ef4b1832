"""Guards: each route names who may call it. A route without one is refused to everybody."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, Literal, TypeVar

View = TypeVar("View", bound=Callable[..., Any])
GUARD_ATTRIBUTE: Final = "__guard__"


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """Who may call a route."""

    admits: Literal["public", "phone", "citizen", "terminal", "operator", "wallet"]
    level: str = "L1"
    """Least assurance level of a citizen."""
    max_age: timedelta | None = None
    """How long ago the face may have been verified; None: as long as the token lives."""
    scope: str | None = None
    """A scope the token must carry; a token route without one admits nobody."""
    token_endpoint: bool = False
    """Answer a refused proof as OAuth's token endpoint does."""
    rate: str = "address"
    """By which rate the requests of one network address are counted."""

    def __call__(self, view: View) -> View:
        """Mark the view with this guard."""
        setattr(view, GUARD_ATTRIBUTE, self)
        return view


public: Final = Guard(admits="public")
"""Anybody, known or not."""


def public_by(*, rate: str) -> Guard:
    """Anybody, with a rate of its own: one server that speaks for very many persons."""
    return Guard(admits="public", rate=rate)


phone: Final = Guard(admits="phone")
"""Any device that proves possession of its key."""
phone_at_token_endpoint: Final = Guard(admits="phone", token_endpoint=True)
"""As `phone`, with refusals as RFC 9449 §5 asks of a token endpoint."""

wallet: Final = Guard(admits="wallet")
"""A wallet with the token of a redeemed credential offer."""


def citizen(
    *, level: str = "L1", max_age: timedelta | None = None, scope: str = "citizen"
) -> Guard:
    """A person with a token of at least this level, bound to the calling device."""
    return Guard(admits="citizen", level=level, max_age=max_age, scope=scope)


def terminal(*, scope: str) -> Guard:
    """An active partner terminal whose token carries this scope."""
    return Guard(admits="terminal", scope=scope)


def operator(*, scope: str) -> Guard:
    """An active operator of the system whose token carries this scope."""
    return Guard(admits="operator", scope=scope)


def guard_of(view: object) -> Guard | None:
    """The guard a view is marked with, if any."""
    found = getattr(view, GUARD_ATTRIBUTE, None)
    return found if isinstance(found, Guard) else None
