"""One item of the catalogue of medical insurance."""

from __future__ import annotations

from datetime import date
from enum import StrEnum, unique
from typing import Annotated, Final, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator
from stdnum import ean

from app.settlement.benefits.basket import (
    LONGEST_CODE,
    MOST_LINE_FEN,
    WHOLE_BP,
    Category,
    Line,
    line_amount,
)
from app.settlement.benefits.names import BilingualName

_INTERNAL: Final = r"^2[0-9]{12}$"
"""EAN-13 of the prefixes 20 to 29, which GS1 leaves to internal use: no real product has one."""


@unique
class Kind(StrEnum):
    """What an item is."""

    MEDICINE = "medicine"
    """西药."""
    REMEDY = "remedy"
    """中成药."""
    DEVICE = "device"
    """医用耗材."""
    SERVICE = "service"
    """医疗服务项目, such as a doctor's consultation."""


class Item(BaseModel):
    """What insurance says of an item in a stretch of days."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    code: str = Field(pattern=r"^[A-Z][A-Z0-9]+$", max_length=LONGEST_CODE)
    barcode: str = Field(pattern=_INTERNAL)
    kind: Kind
    names: BilingualName
    initials: str = Field(pattern=r"^[A-Z]+$", max_length=LONGEST_CODE)
    """Of the Chinese name's pinyin, as cashiers type them."""
    specification: str = Field(min_length=1, max_length=60)
    """Strength and pack, such as 10mg×28 片/盒; of a service what it is for."""
    unit: str = Field(min_length=1, max_length=8)
    """What is sold and counted, such as 盒 or 次."""
    category: Category
    self_first_bp: Annotated[int, Field(ge=0, lt=WHOLE_BP)]
    """Of class B: the share that is paid first."""
    limit: Annotated[int, Field(ge=1, le=MOST_LINE_FEN)] | None
    """Limit price of a unit, fen; None where there is none."""
    prescription: bool
    """Whether it is sold on prescription only."""
    valid_from: date
    """First day."""
    valid_to: date | None
    """Last day; None: no end is known."""

    @field_validator("barcode")
    @classmethod
    def _checked(cls, value: str) -> str:
        if not ean.is_valid(value):
            msg = "check digit"
            raise ValueError(msg)
        return value

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.self_first_bp and self.category is not Category.B:
            msg = "self_first_bp: not of class B"
            raise ValueError(msg)
        if self.limit is not None and self.category is Category.C:
            msg = "limit: of class C"
            raise ValueError(msg)
        if self.valid_to is not None and self.valid_to < self.valid_from:
            msg = "valid_to: before valid_from"
            raise ValueError(msg)
        return self

    def in_force(self, on: date) -> bool:
        """Tell whether this holds on a day."""
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)

    def line(self, *, quantity: int, unit_price: int) -> Line:
        """Return a line of a basket.

        Args:
            quantity: units.
            unit_price: fen, as the till asks it.

        Raises:
            BasketRefused: QUANTITY, UNIT_PRICE or AMOUNT.
        """
        amount = line_amount(unit_price=unit_price, quantity=quantity)
        return Line(
            code=self.code,
            category=self.category,
            amount=amount,
            limit=None if self.limit is None else self.limit * quantity,
            self_first_bp=self.self_first_bp,
        )
