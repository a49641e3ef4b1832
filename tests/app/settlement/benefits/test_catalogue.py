"""The catalogue: what is sold, how it is covered on which day, and what a wrong entry does."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import ean

from app.settlement.benefits.catalogue import FILE, LONGEST_SEARCH, MOST_FOUND, Catalogue
from app.settlement.benefits.errors import (
    BasketRefused,
    DataRefused,
    ItemNotInForce,
    ItemUnknown,
    Reason,
)
from app.settlement.benefits.item import Kind
from app.settlement.benefits.split import Category

CATALOGUE = Catalogue()
TODAY = date(2026, 11, 29)
ITEMS = CATALOGUE.all(on=TODAY)
Entries = list[dict[str, Any]]


def entries() -> Entries:
    items: Entries = json.loads(FILE.read_bytes())["items"]
    return items


def test_there_are_items_of_every_kind_and_class() -> None:
    assert len({item["code"] for item in entries()}) >= 300
    assert {(item.kind, item.category) for item in ITEMS} >= {
        (Kind.MEDICINE, Category.A),
        (Kind.MEDICINE, Category.B),
        (Kind.MEDICINE, Category.C),
        (Kind.REMEDY, Category.A),
        (Kind.REMEDY, Category.B),
        (Kind.DEVICE, Category.B),
        (Kind.DEVICE, Category.C),
    }
    assert {item.prescription for item in ITEMS} == {True, False}


def test_no_barcode_is_of_a_real_product() -> None:
    assert all(ean.is_valid(item.barcode) and item.barcode[0] == "2" for item in ITEMS)


def test_no_code_is_of_a_group_of_the_national_catalogue() -> None:
    shapes = {
        Kind.MEDICINE: ("XY", 23),
        Kind.REMEDY: ("ZY", 20),
        Kind.DEVICE: ("C99", 27),
        Kind.SERVICE: ("YL", 6),
    }
    for item in ITEMS:
        prefix, length = shapes[item.kind]
        assert item.code.startswith(prefix)
        assert len(item.code) == length


def test_an_item_is_found_by_code_and_by_barcode() -> None:
    for item in ITEMS:
        assert CATALOGUE.by_code(item.code, on=TODAY) is item
        assert CATALOGUE.by_barcode(item.barcode, on=TODAY) is item


@pytest.mark.parametrize("text", ["", "XA10BBG155A001010104001", "6901234567892", "'; --"])
def test_what_is_not_in_it_is_unknown(text: str) -> None:
    with pytest.raises(ItemUnknown):
        CATALOGUE.by_code(text, on=TODAY)
    with pytest.raises(ItemUnknown):
        CATALOGUE.by_barcode(text, on=TODAY)


def code_with(periods: int, valid_from: str) -> str:
    codes = [item["code"] for item in entries()]
    return next(
        str(item["code"])
        for item in entries()
        if item["valid_from"] == valid_from and codes.count(item["code"]) == periods
    )


def test_a_price_cut_counts_from_its_day() -> None:
    code = code_with(2, "2026-07-01")
    before = CATALOGUE.by_code(code, on=date(2026, 6, 30))
    after = CATALOGUE.by_code(code, on=date(2026, 7, 1))
    assert (before.limit or 0) > (after.limit or 0) > 0
    assert CATALOGUE.by_barcode(after.barcode, on=date(2026, 6, 30)) is before


def test_an_item_is_not_sold_before_its_first_day_nor_after_its_last() -> None:
    coming = code_with(1, "2027-01-01")
    with pytest.raises(ItemNotInForce) as refused:
        CATALOGUE.by_code(coming, on=date(2026, 12, 31))
    assert refused.value.code == coming
    assert CATALOGUE.by_code(coming, on=date(2027, 1, 1)).code == coming
    ended = next(item["code"] for item in entries() if item["valid_to"] == "2025-12-31")
    assert CATALOGUE.by_code(ended, on=date(2025, 12, 31)).code == ended
    with pytest.raises(ItemNotInForce):
        CATALOGUE.by_code(ended, on=date(2026, 1, 1))


@pytest.mark.parametrize("text", ["感冒", "cold", "COLD", " cold ", "ｃｏｌｄ"])
def test_a_name_is_found_in_both_languages(text: str) -> None:
    found = CATALOGUE.search(text, on=TODAY)
    assert found
    assert all("感冒" in item.names.zh for item in found)


def test_initials_find_what_begins_with_them_first() -> None:
    item = ITEMS[100]
    found = CATALOGUE.search(item.initials[:3].lower(), on=TODAY, most=MOST_FOUND)
    assert item in found
    begins = [one.initials.startswith(item.initials[:3]) for one in found]
    assert begins == sorted(begins, reverse=True)


@given(st.text(max_size=60), st.integers(-5, 10**6))
def test_a_search_is_bounded_whatever_is_typed(text: str, most: int) -> None:
    found = CATALOGUE.search(text, on=TODAY, most=most)
    assert len(found) <= max(0, min(most, MOST_FOUND))
    if not text.strip():
        assert found == ()


def test_a_text_too_long_finds_nothing() -> None:
    assert CATALOGUE.search("a" * (LONGEST_SEARCH + 1), on=TODAY) == ()


def test_a_line_has_the_limit_of_all_its_units() -> None:
    item = next(item for item in ITEMS if item.category is Category.B and item.limit)
    line = item.line(quantity=3, unit_price=1234)
    assert (line.code, line.category, line.amount) == (item.code, Category.B, 3702)
    assert line.limit == 3 * (item.limit or 0)
    assert line.self_first_bp == item.self_first_bp


def test_every_item_makes_a_line() -> None:
    for item in ITEMS:
        assert item.line(quantity=2, unit_price=500).amount == 1000


@pytest.mark.parametrize(
    ("quantity", "unit_price", "reason"),
    [(0, 1, Reason.QUANTITY), (10**9, 1, Reason.QUANTITY), (1, 0, Reason.UNIT_PRICE)],
)
def test_a_line_of_nothing_or_of_too_much_is_refused(
    quantity: int, unit_price: int, reason: Reason
) -> None:
    with pytest.raises(BasketRefused) as refused:
        ITEMS[0].line(quantity=quantity, unit_price=unit_price)
    assert refused.value.reason is reason


def of_class(category: str) -> Callable[[Entries], dict[str, Any]]:
    def find(items: Entries) -> dict[str, Any]:
        return next(item for item in items if item["category"] == category and item["limit"])

    return find


def twice_in_force(items: Entries) -> None:
    items.append({**items[0], "valid_from": "2026-01-01"})


def same_barcode(items: Entries) -> None:
    items[1]["barcode"] = items[0]["barcode"]


SPOILT: list[tuple[Callable[[Entries], object], str]] = [
    (lambda items: items[0].update(barcode="2600000000018"), "check digit"),
    (lambda items: items[0].update(barcode="6901234567892"), "items.0.barcode"),
    (lambda items: items[0].update(category="D"), "items.0.category"),
    (lambda items: items[0].update(limit=5), "limit: of class C"),
    (lambda items: of_class("A")(items).update(self_first_bp=5), "self_first_bp: not of class B"),
    (lambda items: of_class("B")(items).update(self_first_bp=10_000), "self_first_bp"),
    (lambda items: of_class("B")(items).update(limit=0), "limit"),
    (lambda items: of_class("B")(items).update(limit="12.50"), "limit"),
    (lambda items: items[0].update(valid_to="2024-01-01"), "valid_to: before valid_from"),
    (lambda items: items[0].update(prescription="no"), "items.0.prescription"),
    (lambda items: items[0].update(surprise=1), "items.0.surprise"),
    (lambda items: items[0].pop("unit"), "items.0.unit: missing"),
    (lambda items: items.clear(), "items"),
    (twice_in_force, "in force twice on one day"),
    (same_barcode, "another item has its barcode"),
]


@pytest.mark.parametrize(("spoil", "reason"), SPOILT, ids=range(len(SPOILT)))
def test_a_wrong_entry_is_found_at_the_start_and_named(
    tmp_path: Path, spoil: Callable[[Entries], object], reason: str
) -> None:
    items = entries()
    spoil(items)
    path = tmp_path / "catalogue.json"
    path.write_text(json.dumps({"version": "2026.1", "items": items}), encoding="utf-8")
    with pytest.raises(DataRefused, match=r"^catalogue\.json: ") as refused:
        Catalogue(path)
    assert reason in str(refused.value)


@pytest.mark.parametrize("body", [b"", b"{}", b"[" * 100_000, b"\xff", b'{"items": 1}'])
def test_a_file_that_is_no_catalogue_is_refused(tmp_path: Path, body: bytes) -> None:
    path = tmp_path / "catalogue.json"
    path.write_bytes(body)
    with pytest.raises(DataRefused):
        Catalogue(path)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataRefused, match="cannot be read"):
        Catalogue(tmp_path / "catalogue.json")
