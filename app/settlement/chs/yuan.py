"""Yuan as decimal text, and whole fen. No float is ever in between."""

from __future__ import annotations

import re
from typing import Final

_NUMBER: Final = re.compile(r"(0|[1-9][0-9]{0,9})(?:\.([0-9]{1,6}))?")
_FEN_DIGITS: Final = 2
_FEN_A_YUAN: Final = 100


def fen_of(text: str) -> int:
    """Read yuan such as ``12.30`` or ``12.300000`` (the national format has up to six places).

    Raises:
        ValueError: no plain decimal number below 10^10 yuan, or a fraction of a fen.
    """
    whole, places = _parts(text)
    if places[_FEN_DIGITS:].strip("0"):
        msg = "a fraction of a fen"
        raise ValueError(msg)
    return int(whole) * _FEN_A_YUAN + int(places[:_FEN_DIGITS].ljust(_FEN_DIGITS, "0"))


def signed_fen_of(text: str) -> int:
    """Read yuan that may be below nought: what came back may be more than what was paid.

    Raises:
        ValueError: as `fen_of`.
    """
    amount = fen_of(text.removeprefix("-"))
    return -amount if text.startswith("-") else amount


def yuan_of(fen: int) -> str:
    """Write fen as yuan with two places; what goes back is below zero."""
    yuan, rest = divmod(abs(fen), _FEN_A_YUAN)
    return f"{'-' if fen < 0 else ''}{yuan}.{rest:02}"


def units_of(text: str) -> int:
    """Read a whole number of units such as ``2`` or ``2.0000``.

    Raises:
        ValueError: no plain decimal number, or a part of a unit.
    """
    whole, places = _parts(text)
    if places.strip("0"):
        msg = "a part of a unit"
        raise ValueError(msg)
    return int(whole)


def _parts(text: str) -> tuple[str, str]:
    found = _NUMBER.fullmatch(text)
    if found is None:
        msg = "not a decimal number"
        raise ValueError(msg)
    return found[1], found[2] or ""
