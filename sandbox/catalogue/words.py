"""What names are put together from: words.toml."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

WORDS_FILE = Path(__file__).with_name("words.toml")


@dataclass(frozen=True, slots=True)
class Word:
    """Part of a name."""

    zh: str
    en: str
    initials: str
    """Of the pinyin, upper case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A dosage form."""

    word: Word
    packs: tuple[str, ...]
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stem:
    """The end of a generic name, which tells the group of a medicine."""

    word: Word
    forms: tuple[str, ...]
    price: tuple[int, int]
    """Lowest and highest limit price of a pack, fen."""
    over_the_counter: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """A device or dressing."""

    word: Word
    pack: str
    unit: str
    price: tuple[int, int]
    covered: bool
    """Whether insurance covers it at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A service of a hospital."""

    code: str
    word: Word
    use: str
    category: str
    """A: covered whole; C: not covered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """All parts."""

    brands: tuple[Word, ...]
    places: tuple[Word, ...]
    stems: tuple[Stem, ...]
    effects: tuple[Word, ...]
    devices: tuple[Device, ...]
    services: tuple[Service, ...]
    forms: dict[str, Form]


def read_words(source: Path = WORDS_FILE) -> Words:
    """Read the file.

    Raises:
        OSError: there is no such file.
        ValueError: it is no TOML.
        KeyError: a part lacks a member.
    """
    table: dict[str, Any] = tomllib.loads(source.read_text(encoding="utf-8"))
    return Words(
        brands=tuple(Word(*one) for one in table["brands"]),
        places=tuple(Word(*one) for one in table["places"]),
        stems=tuple(_stem(one) for one in table["stems"]),
        effects=tuple(Word(*one["word"]) for one in table["effects"]),
        devices=tuple(_device(one) for one in table["devices"]),
        services=tuple(_service(one) for one in table["services"]),
        forms={name: _form(one) for name, one in table["forms"].items()},
    )


def _stem(table: dict[str, Any]) -> Stem:
    low, high = table["price"]
    return Stem(
        word=Word(*table["word"]),
        forms=tuple(table["forms"]),
        price=(low, high),
        over_the_counter=table.get("over_the_counter", False),
    )


def _device(table: dict[str, Any]) -> Device:
    low, high = table["price"]
    return Device(
        word=Word(*table["word"]),
        pack=table["pack"],
        unit=table["unit"],
        price=(low, high),
        covered=table.get("covered", False),
    )


def _service(table: dict[str, Any]) -> Service:
    return Service(
        code=table["code"],
        word=Word(*table["word"]),
        use=table["use"],
        category=table["category"],
    )


def _form(table: dict[str, Any]) -> Form:
    return Form(word=Word(*table["word"]), packs=tuple(table["packs"]), unit=table["unit"])
