"""A holder's card as one device sees it, and the acts in the access log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.audit.service import Actor
from app.card.models import Card
from app.card.states import CardState, TokenState
from app.core.access.principals import Citizen


@dataclass(frozen=True, slots=True, kw_only=True)
class CardView:
    """A card."""

    id: str
    scheme: str
    state: CardState
    created_at: datetime
    on_this_device: TokenState | None
    """The token of the calling device; None where the card is not bound to it."""
    is_new: bool = False
    """Whether this request made the card or put it on the device."""


def view(card: Card, token: TokenState | None, *, is_new: bool = False) -> CardView:
    """The view of a row."""
    return CardView(
        id=card.id,
        scheme=card.scheme,
        state=card.state,
        created_at=card.created_at,
        on_this_device=token,
        is_new=is_new,
    )


def holder_as_actor(citizen: Citizen) -> Actor:
    """The person, acting on their own card."""
    return Actor(kind="self", id=citizen.thumbprint, name="本人")
