"""A cashier finds what is sold: by name, by initials, by barcode."""

from __future__ import annotations

from typing import Any

import pytest

from tests.app.card.steps import json_of
from tests.app.settlement.steps import ITEMS, A, Shop
from tests.app.world import World

ITEMS_PATH = "/v1/terminal/items"


def found(shop: Shop, **query: str) -> list[dict[str, Any]]:
    answer = shop.till.get(ITEMS_PATH, query_string=query)
    assert answer.status_code == 200, answer.text
    return list(json_of(answer)["items"])


def test_an_item_is_found_by_its_names_and_its_initials(shop: Shop) -> None:
    for text in (A.names.zh, A.names.en.upper(), A.initials.lower()):
        assert A.code in [one["code"] for one in found(shop, q=text)]


def test_a_barcode_finds_its_item_with_what_a_cashier_has_to_see(shop: Shop) -> None:
    [one] = found(shop, barcode=A.barcode)

    assert one == {
        "code": A.code,
        "barcode": A.barcode,
        "names": {"zh": A.names.zh, "en": A.names.en},
        "initials": A.initials,
        "kind": A.kind.value,
        "specification": A.specification,
        "unit": A.unit,
        "category": "A",
        "limit_fen": A.limit,
        "prescription": A.prescription,
    }


def test_no_more_is_told_than_was_asked_for(shop: Shop) -> None:
    letter = ITEMS[0].initials[0]
    assert len(found(shop, q=letter, limit="3")) == 3
    assert len(found(shop, q=letter)) <= 20
    assert found(shop, q="没有这种东西") == []


def test_a_barcode_of_nothing_is_refused_with_what_to_do(shop: Shop) -> None:
    answer = shop.till.get(ITEMS_PATH, query_string={"barcode": "2099999999998"})

    assert answer.status_code == 422
    assert (json_of(answer)["code"], json_of(answer)["action"]) == ("ITEM_UNKNOWN", "CANCEL")


@pytest.mark.parametrize(
    "query",
    [{}, {"q": "a", "barcode": A.barcode}, {"q": "x" * 41}, {"barcode": "12"}, {"limit": "51"}],
)
def test_a_question_that_is_none_is_refused(shop: Shop, query: dict[str, str]) -> None:
    assert shop.till.get(ITEMS_PATH, query_string=query).status_code == 422


def test_who_may_not_settle_looks_nothing_up(shop: Shop, world: World) -> None:
    reader = world.terminal(purposes=frozenset({"02121"}), scopes=frozenset({"card.decode"}))

    assert reader.get(ITEMS_PATH, query_string={"q": "a"}).status_code == 403
    assert shop.holder.get(ITEMS_PATH, query_string={"q": "a"}).status_code == 401
