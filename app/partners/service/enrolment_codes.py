"""Codes that a person reads off one screen and types into another."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from app.core.fields import FieldCipher

DIGITS: Final = 10
"""50 random bits: within a quarter of an hour nobody guesses one at the rates there are."""
_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Douglas Crockford's Base32: no letter that is taken for a digit."""
_ALIKE: Final = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None})
_CODE: Final = re.compile(rf"[{_ALPHABET}]{{{DIGITS}}}", re.ASCII)
_USE: Final = "key-enrolment"


def new_code(randomness: Callable[[int], int]) -> str:
    """Make a code; `randomness(n)` is a number below n."""
    return "".join(_ALPHABET[randomness(len(_ALPHABET))] for _ in range(DIGITS))


def read_code(typed: str) -> str | None:
    """The code somebody typed, in any case, with blanks or hyphens; None: there is none such."""
    code = typed.upper().translate(_ALIKE)
    return code if _CODE.fullmatch(code) else None


def shown(code: str) -> str:
    """The code in two halves, as people read it."""
    return f"{code[: DIGITS // 2]}-{code[DIGITS // 2 :]}"


def digest(cipher: FieldCipher, code: str) -> bytes:
    """What is kept of a code, 32 bytes."""
    return cipher.index(_USE, code)
