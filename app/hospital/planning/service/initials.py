"""Pinyin initials: what people type to find a name."""

from __future__ import annotations

from functools import lru_cache


@lru_cache(maxsize=4096)
def initials_of(name: str) -> str:
    """The initials of a name, lower case, letters and digits alone: `sdyrmyy` of 市第一人民医院.

    The dictionary is 58 MB in memory and takes 0.2 s to load: only a process that meets a new name
    has it, and no request of a citizen brings one.
    """
    from pypinyin import Style, lazy_pinyin  # noqa: PLC0415 - see above

    spelt = "".join(lazy_pinyin(name, style=Style.FIRST_LETTER)).lower()
    return "".join(letter for letter in spelt if letter.isascii() and letter.isalnum())
