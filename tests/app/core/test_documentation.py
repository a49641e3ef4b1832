"""The contract is published, whole, and read without asking anybody else."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import BaseModel

from tests.app.world import World

PAGES = {
    "/openapi.json",
    "/docs",
    "/docs/start.js",
    "/docs/assets/<name>",
    "/check",
    "/receipt-check",
    "/check/style.css",
    "/fhir/R4/<path:rest>",  # nothing is there
}


@pytest.fixture
def contract(world: World) -> Any:
    return world.client.get("/openapi.json").json


def operations(contract: Any) -> Iterator[tuple[str, str, Any]]:
    for path, methods in contract["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        node = list(node.values())
    if isinstance(node, list):
        for child in node:
            yield from references(child)


def test_the_contract_is_openapi_3_1(contract: Any) -> None:
    assert re.fullmatch(r"3\.1\.\d+", contract["openapi"])
    assert contract["info"]["title"] == "Zero-Run 一次都不跑"


def test_every_route_is_in_the_contract(world: World, contract: Any) -> None:
    told = {(path, method) for path, method, _ in operations(contract)}
    routes = {
        (re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule), method.lower())
        for rule in world.app.url_map.iter_rules()
        if rule.rule not in PAGES and not rule.endpoint.startswith("web.")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert routes - told == set()
    pages = {"/check", "/receipt-check"}
    assert told - routes <= {(page, method) for page in pages for method in ("get", "post")}


def test_every_operation_has_words_and_says_that_errors_are_problems(contract: Any) -> None:
    for path, method, operation in operations(contract):
        assert operation["summary"], (path, method)
        assert operation["tags"], (path, method)
        content = operation["responses"]["default"]["content"]
        assert list(content) == ["application/problem+json"]
        assert "422" not in operation["responses"]


def test_every_reference_leads_somewhere(contract: Any) -> None:
    found = set(references(contract))
    assert found
    for reference in found:
        node = contract
        for part in reference.removeprefix("#/").split("/"):
            node = node[part]


def kinds_of(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    for kind in model.__subclasses__():
        yield kind
        yield from kinds_of(kind)


@pytest.mark.usefixtures("world")
def test_no_two_models_share_a_name_and_so_a_place_in_the_contract() -> None:
    names = Counter(kind.__name__ for kind in set(kinds_of(BaseModel)) if "app." in kind.__module__)
    assert len(names) > 20
    assert [name for name, count in names.items() if count > 1] == []


def test_the_contract_is_the_same_however_often_it_is_read(world: World) -> None:
    assert world.client.get("/openapi.json").data == world.client.get("/openapi.json").data


def test_the_page_asks_nobody_else(world: World) -> None:
    page = world.client.get("/docs")
    assert page.content_type == "text/html; charset=utf-8"
    fetched = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert len(fetched) == 3
    texts = [page.text, world.client.get("/docs/start.js").text]
    assert not [t for t in texts if re.search(r"https?:|//\w", t.removeprefix("<!doctype html>"))]
    policy = page.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert "http" not in policy


def test_all_the_page_needs_is_here(world: World) -> None:
    page = world.client.get("/docs").text
    for path in re.findall(r'(?:src|href)="([^"]+)"', page):
        with world.client.get(path) as answer:
            assert answer.status_code == 200
            kind = "css" if path.endswith(".css") else "javascript"
            assert kind in answer.content_type
            assert len(answer.data) > 50


def test_nothing_else_is_served_beside_it(world: World) -> None:
    for name in ("..%2F..%2F..%2Fetc%2Fpasswd", "../start.js", "swagger-ui.js", "x", "%00"):
        assert world.client.get(f"/docs/assets/{name}").status_code == 404
