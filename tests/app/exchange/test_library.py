"""Contracts are data: what is wrong in a folder is found before anything is asked under it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.exchange.contracts.library import HOME, ContractLibrary, Reloaded
from app.exchange.errors import ContractRefused

Edit = Callable[[Path], object]
NAMES = sorted(path.name for path in HOME.iterdir())


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Two of the contracts, to be spoilt."""
    for name in ("marriage", "population-person"):
        shutil.copytree(HOME / name, tmp_path / "data" / name)
    return tmp_path / "data"


def toml(old: str, new: str) -> Edit:
    def edit(folder: Path) -> None:
        path = folder / "contract.toml"
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new))

    return edit


def record(change: Callable[[dict[str, Any]], object]) -> Edit:
    def edit(folder: Path) -> None:
        path = folder / "record.json"
        schema = json.loads(path.read_text())
        change(schema)
        path.write_text(json.dumps(schema))

    return edit


def test_every_contract_of_ours_keeps_its_golden_cases() -> None:
    library = ContractLibrary()
    assert [contract.terms.name for contract in library.all()] == NAMES
    assert library.contract("home_ownership").title == "home-ownership/1.0.0"
    with pytest.raises(KeyError):
        library.contract("astrology")


SPOILT: list[tuple[Edit, str]] = [
    (toml('way = "rest"', 'way = "pigeon"'), "way"),
    (toml('version = "1.0.0"', 'version = "1"'), "version"),
    (toml("max_age_hours = 24", "max_age_hours = 24\nsurprise = 1"), "surprise"),
    (toml('name = "marriage"', 'name = "wedding"'), "not the folder's"),
    (toml('source = "marriage"', 'source = "population"'), "another contract has it"),
    (toml('about = ["husband", "wife"]', "about = []"), "golden/other-person.json"),
    (toml("max_age_hours = 24", "max_age_hours = 0"), "golden/found.json"),
    (toml('envelope = "several"', 'envelope = "one"'), "golden/found.json"),
    (lambda folder: (folder / "contract.toml").write_text("= ="), "no readable contract.toml"),
    (lambda folder: (folder / "record.json").unlink(), "no usable record.json"),
    (record(lambda schema: schema.update(type="array")), "no usable record.json"),
    (record(lambda schema: schema["properties"].update(wife={"type": 7})), "no usable"),
    (record(lambda schema: schema["properties"].pop("wife")), "golden/found.json"),
    (record(lambda schema: schema["properties"].update(certificate_number={})), "wrong-type.json"),
    (lambda folder: (folder / "golden" / "none.json").unlink(), "no golden case for nothing"),
    (lambda folder: (folder / "golden" / "none.json").write_text("{}"), "not readable"),
    (lambda folder: shutil.rmtree(folder / "golden"), "no golden case"),
]


@pytest.mark.parametrize(("spoil", "reason"), SPOILT, ids=range(len(SPOILT)))
def test_what_is_wrong_in_a_folder_stops_the_start_and_is_named(
    home: Path, spoil: Edit, reason: str
) -> None:
    spoil(home / "marriage")
    with pytest.raises(ContractRefused, match=r"contract (marriage|population-person)") as refused:
        ContractLibrary(home)
    assert reason in str(refused.value)


def test_a_newer_version_is_taken_up_without_a_restart(home: Path) -> None:
    library = ContractLibrary(home)
    toml('version = "1.0.0"', 'version = "1.1.0"')(home / "marriage")
    assert library.contract("marriage").title == "marriage/1.0.0"
    assert library.reload() == (
        Reloaded(source="marriage", contract="marriage/1.1.0", refused=None),
        Reloaded(source="population", contract="population-person/1.0.0", refused=None),
    )
    assert library.contract("marriage").title == "marriage/1.1.0"


def test_a_version_that_fails_its_golden_cases_is_not_and_the_old_one_stays(home: Path) -> None:
    library = ContractLibrary(home)
    before = library.contract("marriage")
    toml('version = "1.0.0"', 'version = "2.0.0"')(home / "marriage")
    marriage, population = library.reload()
    assert marriage.contract == "marriage/1.0.0"
    assert (marriage.refused or "").startswith("golden/")
    assert population.refused is None
    assert library.contract("marriage") is before


def test_a_reload_neither_adds_nor_drops_a_source(home: Path) -> None:
    library = ContractLibrary(home)
    shutil.copytree(HOME / "veteran", home / "veteran")
    shutil.rmtree(home / "marriage")
    assert [one.source for one in library.reload()] == ["marriage", "population"]


@pytest.mark.parametrize(
    "edit",
    [toml('way = "rest"', 'way = "files"'), toml('"civil_affairs"', '"housing"')],
    ids=["way", "department"],
)
def test_a_reload_does_not_lead_a_source_elsewhere(home: Path, edit: Edit) -> None:
    library = ContractLibrary(home)
    edit(home / "marriage")
    marriage, _ = library.reload()
    assert (marriage.contract, marriage.refused) == (
        "marriage/1.0.0",
        "name, department and way change with a restart only",
    )
    assert library.contract("marriage").terms.way == "rest"
