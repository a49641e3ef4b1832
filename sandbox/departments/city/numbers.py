"""Numbers the city gives to persons and organisations, with true check characters."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from itertools import count

from sandbox.departments.city.citizen_number import check_character

AREA = "990101"
"""Assigned to no place (GB/T 2260)."""
_CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_FORM = re.compile(rf"[{_CHARACTERS}]{{2}}[0-9]{{6}}[{_CHARACTERS}]{{10}}", re.ASCII)
_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_BODY_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_FIRST_ORDER = 200
"""Orders below it belong to the people written down by hand."""


def citizen_number(birth_date: date, order: int) -> str:
    """Return the number of GB 11643.

    Args:
        birth_date: Of the person.
        order: 0 to 999 among the births of that day; odd for men.
    """
    body = f"{AREA}{birth_date:%Y%m%d}{order:03d}"
    return body + check_character(body)


def organisation_code(kind: str, serial: int) -> str:
    """Return a unified social credit code of GB 32100.

    Args:
        kind: Two characters: who registered it, and as what; ``91`` for companies.
        serial: Up to eight digits.
    """
    own = f"{serial:08d}"
    body = f"{kind}{AREA}{own}{_own_check(own)}"
    return body + organisation_check(body)


def organisation_check(first_seventeen: str) -> str:
    """Return the check character of seventeen characters (GB 32100, MOD 31)."""
    total = sum(
        _CHARACTERS.index(character) * weight
        for character, weight in zip(first_seventeen, _WEIGHTS, strict=True)
    )
    return _CHARACTERS[(31 - total % 31) % 31]


def is_organisation_code(text: str) -> bool:
    """Tell whether `text` has the form of GB 32100 and the right check character."""
    return bool(_FORM.fullmatch(text)) and organisation_check(text[:17]) == text[17]


def _own_check(first_eight: str) -> str:
    """Return the check character of an organisation's own number (GB 11714, MOD 11)."""
    total = sum(
        int(digit) * weight for digit, weight in zip(first_eight, _BODY_WEIGHTS, strict=True)
    )
    return "0123456789X"[(11 - total % 11) % 11]


class Orders:
    """Gives each person of a day a number of their own."""

    def __init__(self) -> None:
        """Begin with nobody."""
        self._given: dict[tuple[date, bool], Iterator[int]] = {}

    def number(self, birth_date: date, *, man: bool) -> str:
        """Return the next citizen number of that day and sex."""
        orders = self._given.setdefault((birth_date, man), count(_FIRST_ORDER + man, 2))
        return citizen_number(birth_date, next(orders))
