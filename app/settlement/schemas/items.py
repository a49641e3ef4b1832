"""Items a till may sell, and how they are looked up."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from app.core.http.replies import Reply
from app.settlement.benefits.catalogue import LONGEST_SEARCH, MOST_FOUND


class ItemsQuery(BaseModel):
    """What a cashier looks for: one of the two."""

    model_config = ConfigDict(extra="forbid")

    q: Annotated[str, Field(min_length=1, max_length=LONGEST_SEARCH)] | None = None
    """Part of a name, Chinese or English, or of the initials of its pinyin."""
    barcode: Annotated[str, Field(pattern=r"^[0-9]{8,14}$")] | None = None
    limit: Annotated[int, Field(ge=1, le=MOST_FOUND)] = 20

    @model_validator(mode="after")
    def _one_name(self) -> Self:
        if (self.q is None) == (self.barcode is None):
            msg = "one of q and barcode"
            raise ValueError(msg)
        return self


class NamesReply(Reply):
    """What an item is called."""

    zh: str
    en: str


class ItemReply(Reply):
    """An item of the catalogue as it is today. Its price is the shop's own."""

    code: str
    barcode: str
    names: NamesReply
    initials: str
    """Of the Chinese name's pinyin."""
    kind: Literal["medicine", "remedy", "device", "service"]
    specification: str
    unit: str
    category: str
    limit_fen: int | None
    """What insurance looks at of a unit at most; left out where there is no limit."""
    prescription: bool


class ItemsReply(Reply):
    """Items, the best first."""

    items: list[ItemReply]
