"""Makes the catalogue: the same items in every run.

Codes have the shape of national ones (23 characters for medicines, 20 for Chinese medicine, 27 for
devices), but stand in groups that the national catalogue does not have (XY, ZY, C99). What
hospitals do has short codes of its own (YL), and a barcode although nobody scans it. Barcodes are
EAN-13 of prefix 26, which GS1 leaves to internal use.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from stdnum import ean

from sandbox.catalogue.words import Device, Form, Word, Words
from sandbox.departments.city.chance import Chance

SEED: Final = 990100
VERSION: Final = "2026.3"
_MEDICINES: Final = 220
_REMEDIES: Final = 90
_SHARES_FIRST: Final = (500, 1000, 1000, 1500, 2000, 3000)
_DEAR_FEN: Final = 50_000
"""From this limit on an item is never of class A."""
_CHEAPER: Final = 14
"""Items whose limit price was lowered in the middle of 2026."""
_ENDED: Final = 8
_COMING: Final = 6
_REMEDY_FORMS: Final = ("granules", "pills", "liquid", "capsules", "tablets")

Item = dict[str, Any]


def make_catalogue(words: Words, seed: int = SEED) -> dict[str, Any]:
    """Return the members of a catalogue.json."""
    chance = Chance(seed)
    drawn = [*_medicines(words, chance), *_remedies(words, chance), *_devices(words, chance)]
    drawn += _services(words)
    items = [{**item, "barcode": _barcode(serial)} for serial, item in enumerate(drawn, start=1)]
    return {"version": VERSION, "items": sorted(_dated(items), key=_place)}


def _medicines(words: Words, chance: Chance) -> Iterator[Item]:
    kinds = [
        (number, stem, brand, words.forms[form])
        for number, stem in enumerate(words.stems, start=1)
        for brand in words.brands
        for form in stem.forms
    ]
    for place in _some(kinds, _MEDICINES, chance):
        number, stem, brand, form = kinds[place]
        generic = Word(
            brand.zh + stem.word.zh,
            (brand.en + stem.word.en).capitalize(),
            brand.initials + stem.word.initials,
        )
        price = _price(stem.price, chance)
        yield {
            "code": f"XY{number:02d}ZZA{place:03d}A{1 + place % 7:03d}0101{place:05d}",
            "kind": "medicine",
            **_named(generic, form, chance),
            **_cover(price, chance),
            "prescription": not stem.over_the_counter,
        }


def _remedies(words: Words, chance: Chance) -> Iterator[Item]:
    kinds = [
        (number, effect, brand, words.forms[form])
        for number, effect in enumerate(words.effects, start=1)
        for brand in words.places
        for form in _REMEDY_FORMS
    ]
    for place in _some(kinds, _REMEDIES, chance):
        number, effect, brand, form = kinds[place]
        name = Word(
            brand.zh + effect.zh, f"{brand.en} {effect.en}", brand.initials + effect.initials
        )
        yield {
            "code": f"ZY{number:02d}ZZA{place:04d}0101{place:05d}",
            "kind": "remedy",
            **_named(name, form, chance),
            **_cover(_price((900, 9_800), chance), chance),
            "prescription": chance.happens(0.2),
        }


def _devices(words: Words, chance: Chance) -> Iterator[Item]:
    for number, device in enumerate(words.devices, start=1):
        for maker in range(5):
            brand = words.places[(number + maker) % len(words.places)]
            yield {
                "code": f"C99{number:02d}0000{maker:03d}00000000{number * 10 + maker:07d}",
                "kind": "device",
                "names": {
                    "zh": f"{brand.zh}{device.word.zh}",
                    "en": f"{brand.en} {device.word.en}",
                },
                "initials": brand.initials + device.word.initials,
                "specification": device.pack,
                "unit": device.unit,
                **_device_cover(device, chance),
                "prescription": False,
            }


def _services(words: Words) -> Iterator[Item]:
    for one in words.services:
        yield {
            "code": one.code,
            "kind": "service",
            "names": {"zh": one.word.zh, "en": one.word.en},
            "initials": one.word.initials,
            "specification": one.use,
            "unit": "次",
            "category": one.category,
            "self_first_bp": 0,
            "limit": None,
            "prescription": False,
        }


def _named(name: Word, form: Form, chance: Chance) -> Item:
    return {
        "names": {"zh": name.zh + form.word.zh, "en": f"{name.en} {form.word.en}"},
        "initials": name.initials + form.word.initials,
        "specification": chance.one(form.packs),
        "unit": form.unit,
    }


def _cover(price: int, chance: Chance) -> Item:
    """Class, share paid first and limit price: one in eight is not covered, a third is class A."""
    if chance.happens(1 / 8):
        return _C
    if price < _DEAR_FEN and chance.happens(0.4):
        limit = None if chance.happens(0.25) else price
        return {"category": "A", "self_first_bp": 0, "limit": limit}
    return {"category": "B", "self_first_bp": chance.one(_SHARES_FIRST), "limit": price}


def _device_cover(device: Device, chance: Chance) -> Item:
    if not device.covered:
        return _C
    return {"category": "B", "self_first_bp": 2000, "limit": _price(device.price, chance)}


_C: Final[Item] = {"category": "C", "self_first_bp": 0, "limit": None}


def _price(bounds: tuple[int, int], chance: Chance) -> int:
    """Return a price as they are printed: it ends in 0 or 5 fen."""
    return chance.whole(bounds[0] // 5, bounds[1] // 5) * 5


def _dated(items: list[Item]) -> Iterator[Item]:
    """Yield each item with its days; some twice, once before and once after a price cut."""
    covered = [place for place, item in enumerate(items) if item["limit"] is not None]
    cheaper = set(covered[:: len(covered) // _CHEAPER][:_CHEAPER])
    ended = set(range(3, 3 + 40 * _ENDED, 40)) - cheaper
    coming = set(range(11, 11 + 50 * _COMING, 50)) - cheaper
    for place, item in enumerate(items):
        if place in cheaper:
            yield {**item, "valid_from": "2025-01-01", "valid_to": "2026-06-30"}
            lower = item["limit"] * 4 // 5
            yield {**item, "limit": lower, "valid_from": "2026-07-01", "valid_to": None}
        elif place in ended:
            yield {**item, "valid_from": "2025-01-01", "valid_to": "2025-12-31"}
        elif place in coming:
            yield {**item, "valid_from": "2027-01-01", "valid_to": None}
        else:
            yield {**item, "valid_from": "2025-01-01", "valid_to": None}


def _some(kinds: list[Any], count: int, chance: Chance) -> list[int]:
    """Return `count` different places of a list, ascending."""
    drawn: dict[int, None] = {}
    while len(drawn) < count:
        drawn[chance.whole(0, len(kinds) - 1)] = None
    return sorted(drawn)


def _barcode(serial: int) -> str:
    digits = f"26{serial:010d}"
    return digits + str(ean.calc_check_digit(digits))


def _place(item: Item) -> tuple[str, str]:
    return (item["code"], item["valid_from"])
