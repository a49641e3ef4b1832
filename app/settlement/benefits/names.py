"""What a rule or an item is called."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class BilingualName(BaseModel):
    """The same words in both languages."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    zh: str = Field(min_length=1, max_length=80)
    en: str = Field(min_length=1, max_length=80)
