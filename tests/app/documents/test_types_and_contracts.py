"""Types of certificates ask departments only what their contracts promise, by the same names."""

from __future__ import annotations

import json
from typing import Any

import pytest

from app.exchange.contracts.contract import Contract
from app.exchange.contracts.library import HOME, ContractLibrary
from app.exchange.ports import Question
from certificates.catalogue import Catalogue
from certificates.spec.kind import CertificateType
from certificates.spec.takings import Taking

KINDS = {kind.code: kind for kind in Catalogue.load().all()}


@pytest.fixture(scope="module")
def library() -> ContractLibrary:
    return ContractLibrary()


def places(kind: CertificateType) -> set[tuple[str, str]]:
    """Every place of a record that a type looks at, with its source."""
    used: set[tuple[str, str]] = set()
    for one in kind.spec.takings():
        given = [one.path, one.by, *(where.path for where in one.where), *_columns(one)]
        used |= {(one.source, place) for place in given if place is not None}
    return used


def _columns(one: Taking) -> list[str]:
    return [column.path for column in getattr(one, "columns", ())]


def promised(contract: Contract, place: str) -> bool:
    """Whether the contract's schema has such a place."""
    path = HOME / contract.terms.name / "record.json"
    whole: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    here = whole
    for step in place.split("."):
        while "$ref" in here:
            here = whole["$defs"][here["$ref"].rsplit("/", 1)[1]]
        here = here.get("properties", {}).get(step.removesuffix("[]"), {})
        here = here.get("items", {}) if step.endswith("[]") else here
    return bool(here)


@pytest.mark.parametrize("code", sorted(KINDS))
def test_a_source_is_called_what_its_contract_calls_it(library: ContractLibrary, code: str) -> None:
    for source, names in KINDS[code].source_names.items():
        authority = library.contract(source).authority
        assert (names.zh, names.en) == (authority.zh, authority.en)


@pytest.mark.parametrize("code", sorted(KINDS))
def test_every_place_a_type_looks_at_is_promised(library: ContractLibrary, code: str) -> None:
    for source, place in places(KINDS[code]):
        assert promised(library.contract(source), place), (source, place)


@pytest.mark.parametrize("code", sorted(KINDS))
def test_a_contract_allows_what_a_type_asks(library: ContractLibrary, code: str) -> None:
    for source, fields in KINDS[code].needs().items():
        library.contract(source).allow(
            Question(
                citizen_number="990101198503171010",
                name="张明远",
                fields=fields,
                purpose=f"certificate:{code}",
                case_id="cer_1",
            )
        )


@pytest.mark.parametrize("code", sorted(KINDS))
def test_no_type_allows_older_data_than_its_contract(library: ContractLibrary, code: str) -> None:
    for source, terms in KINDS[code].spec.sources.items():
        assert terms.max_age_hours <= library.contract(source).terms.max_age_hours
