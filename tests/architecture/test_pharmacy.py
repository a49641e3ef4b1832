"""What a pharmacy reads about refusals is what it gets."""

from __future__ import annotations

import re

import pytest

from app.wiring.pharmacy_table import FILE, documented, pharmacy_table

PAGE = FILE.read_text(encoding="utf-8")


def test_the_table_of_refusals_is_up_to_date() -> None:
    """Otherwise: python -c "from app.wiring.pharmacy_table import write; write()"."""
    assert documented(PAGE) == pharmacy_table()


def test_every_refusal_has_one_row() -> None:
    rows = pharmacy_table().splitlines()[2:]
    codes = [row.split("|")[2].strip(" `") for row in rows]
    assert len(codes) == len(set(codes)) > 50


def test_every_action_is_explained() -> None:
    told = set(re.findall(r"^\| `([A-Z]+)` \|", PAGE, re.MULTILINE))
    assert {row.split("|")[4].strip() for row in pharmacy_table().splitlines()[2:]} <= told


def test_a_page_without_a_place_is_refused() -> None:
    with pytest.raises(ValueError, match="no marks"):
        documented("# Pharmacies")
