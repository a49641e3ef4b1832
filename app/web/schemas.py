"""What an address below /web/ says."""

from __future__ import annotations

from pydantic import BaseModel, Field


class BuiltFilePath(BaseModel):
    """A file of the built pages."""

    name: str = Field(max_length=200)
