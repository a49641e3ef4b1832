"""The digits of an online code: 2 of type, 15 random, 1 check digit."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from typing import Final

from stdnum import damm

from app.core.keys.provider import SecretRing

TYPE_ONLINE: Final = "86"
"""Beside the prefixes of payment codes (10–15, 25–30, 62), so that a till tells them apart."""
TYPE_PAPER: Final = "87"
"""Printed for people without a phone."""
LENGTH: Final = 18
_RANDOM_DIGITS: Final = 15
_KEYS_TRIED: Final = 2
"""A code lives for a minute, so it was hashed with the active key or the one just before it."""
_PAPER_KEYS_TRIED: Final = 12
"""A paper code lives for a month; keys are not changed more often than that many times in one."""
_USE: Final = b"card-code\x00"


def new_code(randomness: Callable[[int], int], *, kind: str = TYPE_ONLINE) -> str:
    """Make a code whose first two digits are its kind.

    The last digit is Damm's check digit (H. M. Damm, "Total anti-symmetrische Quasigruppen",
    2004): unlike Luhn and ISO 7064 MOD 11,10 it finds every single wrong digit *and* every swap
    of two neighbours, which is what a cashier who types gets wrong.
    """
    body = f"{kind}{randomness(10**_RANDOM_DIGITS):0{_RANDOM_DIGITS}d}"
    return body + str(damm.calc_check_digit(body))


def has_check_digit(code: str) -> bool:
    """Whether the last digit fits the others. Expects digits only."""
    return bool(damm.checksum(code) == 0)


def is_typed(code: str) -> bool:
    """Whether it has the form of the digits that a cashier can type."""
    return len(code) == LENGTH and code.isascii() and code.isdigit()


def is_online(code: str) -> bool:
    """Whether the type digits are those of an online code."""
    return code.startswith(TYPE_ONLINE)


def is_paper(code: str) -> bool:
    """Whether the type digits are those of a paper code."""
    return code.startswith(TYPE_PAPER)


def code_hash(ring: SecretRing, code: str) -> bytes:
    """The keyed hash to store, under the ring's active key; 32 bytes."""
    return _hash(ring.active.material, code)


def possible_hashes(ring: SecretRing, code: str) -> tuple[bytes, ...]:
    """The hashes under which a live code may be stored, newest key first."""
    tried = _PAPER_KEYS_TRIED if is_paper(code) else _KEYS_TRIED
    return tuple(_hash(key.material, code) for key in ring.known[:tried])


def _hash(key: bytes, code: str) -> bytes:
    return hmac.new(key, _USE + code.encode(), hashlib.sha256).digest()
