"""Yuan as people write them, fen as the system counts them."""

import re
from collections.abc import Mapping
from typing import Any

_YUAN = re.compile(r"([0-9]{1,7})(?:\.([0-9]{1,2}))?")
_ITEM = re.compile(r"([A-Z0-9]{1,40})(?:[x*]([1-9][0-9]{0,3}))?@([0-9.]{1,10})")
_BARCODE = re.compile(r"[0-9]{8,14}")


class NotAnItemError(ValueError):
    """What was typed is no line of a basket."""


def fen(text: str) -> int:
    """Read yuan such as ``12.5``; ``NotAnItemError`` if it is anything else."""
    found = _YUAN.fullmatch(text)
    if found is None:
        raise NotAnItemError(text)
    return int(found[1]) * 100 + int((found[2] or "").ljust(2, "0"))


def yuan(amount: int) -> str:
    """Write fen."""
    whole, rest = divmod(abs(amount), 100)
    return f"{'-' if amount < 0 else ''}{whole}.{rest:02}"


def line(text: str) -> Mapping[str, Any]:
    """Read ``CODE@12.50`` or ``CODE x quantity @ price`` without spaces, as quotes want it.

    Digits only are a barcode. ``NotAnItemError`` if it is neither.
    """
    found = _ITEM.fullmatch(text)
    if found is None:
        raise NotAnItemError(text)
    name, quantity, price = found.groups()
    kind = "barcode" if _BARCODE.fullmatch(name) else "code"
    return {kind: name, "quantity": int(quantity or 1), "unit_price_fen": fen(price)}
