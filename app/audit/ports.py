"""How codes of the log are put into words; the wiring knows the services they come from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The same words in both languages."""

    zh: str
    en: str


class Dictionary(Protocol):
    """Words for what stands in the log. An unknown code is its own word."""

    def action(self, code: str) -> Words:
        """What was done."""
        ...

    def purpose(self, code: str) -> Words:
        """Why."""
        ...

    def legal_basis(self, purpose: str) -> Words | None:
        """By what law, for this purpose."""
        ...

    def source(self, code: str) -> Words:
        """Which department's data were asked for."""
        ...
