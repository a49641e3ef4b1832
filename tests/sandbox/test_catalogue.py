"""The published catalogue is what its maker makes, and is made alike every time."""

from __future__ import annotations

from pathlib import Path

from sandbox.catalogue.__main__ import written
from sandbox.catalogue.making import SEED, make_catalogue
from sandbox.catalogue.words import read_words

PUBLISHED = Path(__file__).parents[2] / "app/settlement/benefits/data/catalogue.json"


def test_the_file_in_the_tree_is_up_to_date() -> None:
    """Otherwise: python -m sandbox.catalogue > app/settlement/benefits/data/catalogue.json."""
    assert PUBLISHED.read_text(encoding="utf-8") == written(make_catalogue(read_words()))


def test_another_seed_makes_other_items() -> None:
    words = read_words()
    assert make_catalogue(words, SEED + 1) != make_catalogue(words, SEED)


def test_every_item_has_a_barcode_and_a_name_of_its_own() -> None:
    items = make_catalogue(read_words())["items"]
    for member in ("barcode", "specification"):
        assert all(item[member] for item in items)
    codes = {item["code"] for item in items}
    assert len({item["barcode"] for item in items}) == len(codes)
    assert len({item["names"]["zh"] for item in items}) == len(codes)
    assert len({item["names"]["en"] for item in items}) == len(codes)
