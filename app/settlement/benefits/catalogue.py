"""The catalogue of medical insurance: what may be sold, and how it is covered on which day."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from app.settlement.benefits.data_files import read_bounded, said
from app.settlement.benefits.errors import DataRefused, ItemNotInForce, ItemUnknown
from app.settlement.benefits.item import Item

FILE: Final = Path(__file__).with_name("data") / "catalogue.json"
LONGEST_SEARCH: Final = 40
MOST_FOUND: Final = 50
_LARGEST_BYTES: Final = 32 * 1024 * 1024
_MOST_ITEMS: Final = 50_000


class _CatalogueFile(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    version: Annotated[str, Field(pattern=r"^[0-9]{4}\.[1-9][0-9]?$")]
    items: Annotated[tuple[Item, ...], Field(min_length=1, max_length=_MOST_ITEMS)]


class Catalogue:
    """All items by code and barcode. Read once, never changed; safe to share.

    An item may stand in it several times, for days that do not overlap.
    """

    def __init__(self, path: Path = FILE) -> None:
        """Read the file.

        Raises:
            DataRefused: it cannot be read or an item is wrong; two entries of a code are in force
                on one day; two codes share a barcode.
        """
        body = read_bounded(path, file=path.name, most=_LARGEST_BYTES)
        try:
            told = _CatalogueFile.model_validate_json(body)
        except ValidationError as wrong:
            raise DataRefused(path.name, said(wrong)) from None
        self.version: Final = told.version
        self.sha256: Final = hashlib.sha256(body).hexdigest()
        """Of the file's bytes, hex."""
        self._by_code: Final = _by_code(told.items, path.name)
        self._codes: Final = _by_barcode(told.items, path.name)

    def by_code(self, code: str, *, on: date) -> Item:
        """Return an item as it is on a day.

        Raises:
            ItemUnknown: there is none of this code.
            ItemNotInForce: there is, but not on this day.
        """
        periods = self._by_code.get(code)
        if periods is None:
            raise ItemUnknown
        for item in periods:
            if item.in_force(on):
                return item
        raise ItemNotInForce(code, on=on)

    def by_barcode(self, barcode: str, *, on: date) -> Item:
        """Return the item of a barcode as it is on a day.

        Raises:
            ItemUnknown: there is none of this barcode.
            ItemNotInForce: there is, but not on this day.
        """
        return self.by_code(self._codes.get(barcode, ""), on=on)

    def search(self, text: str, *, on: date, most: int = 20) -> tuple[Item, ...]:
        """Return items in force whose name holds a text, the best first.

        Chinese and English names are looked through, and the initials of the pinyin. What begins
        with the text comes before what holds it somewhere; then by code.

        Args:
            text: 1 to `LONGEST_SEARCH` characters; nothing is found by any other.
            on: day.
            most: how many, up to `MOST_FOUND`.
        """
        words = unicodedata.normalize("NFKC", text).strip().casefold()
        if not 1 <= len(words) <= LONGEST_SEARCH:
            return ()
        ranked = ((_rank(item, words), item.code, item) for item in self._all(on))
        found = sorted((one for one in ranked if one[0] is not None), key=lambda one: one[:2])
        return tuple(item for _, _, item in found[: max(0, min(most, MOST_FOUND))])

    def all(self, *, on: date) -> tuple[Item, ...]:
        """All items in force on a day, by code."""
        return tuple(self._all(on))

    def _all(self, on: date) -> Iterator[Item]:
        for periods in self._by_code.values():
            yield from (item for item in periods if item.in_force(on))


def _rank(item: Item, words: str) -> int | None:
    """Return 0 where a name begins with the words, 1 where one holds them, None where none does."""
    names = (item.names.zh.casefold(), item.names.en.casefold(), item.initials.casefold())
    if any(name.startswith(words) for name in names):
        return 0
    return 1 if any(words in name for name in names) else None


def _by_code(items: Sequence[Item], file: str) -> Mapping[str, tuple[Item, ...]]:
    found: dict[str, list[Item]] = {}
    for item in sorted(items, key=lambda item: (item.code, item.valid_from)):
        found.setdefault(item.code, []).append(item)
    for periods in found.values():
        if any(one.in_force(later.valid_from) for one, later in pairwise(periods)):
            raise DataRefused(file, f"{periods[0].code}: in force twice on one day")
    return MappingProxyType({code: tuple(periods) for code, periods in found.items()})


def _by_barcode(items: Sequence[Item], file: str) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for item in items:
        if found.setdefault(item.barcode, item.code) != item.code:
            raise DataRefused(file, f"{item.code}: another item has its barcode")
    return MappingProxyType(found)
