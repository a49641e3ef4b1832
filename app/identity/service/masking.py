"""How a person's number and name are shown to others: 3301**********1234, 张*."""

from __future__ import annotations

from typing import Final

_HEAD: Final = 4
_TAIL: Final = 4


def mask_citizen_number(number: str) -> str:
    """The first and last four characters; neither birth date nor the rest."""
    return number[:_HEAD] + "*" * (len(number) - _HEAD - _TAIL) + number[-_TAIL:]


def mask_name(name: str) -> str:
    """The family name's first character and one star, whatever the length; one alone is hidden."""
    return f"{name[0]}*" if len(name) > 1 else "*"
