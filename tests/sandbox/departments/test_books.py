"""Books are filled once from one source, and begun anew when they are of another layout."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from sandbox.departments.housing.contract import HOME_OWNERSHIP
from sandbox.departments.housing.homes import open_housing
from sandbox.departments.office.books import Books
from sandbox.departments.office.changes import page
from sandbox.departments.office.corrections import Corrections
from sandbox.departments.office.record import Party, Row
from sandbox.departments.office.versions import digest_of, version_of_all
from tests.sandbox.departments.people import LI, ZHANG

OWNER = Party(subject=ZHANG[0], name=ZHANG[1], role="owner")
HOME = Row(kind="home", record={"area_m2": 90}, parties=(OWNER,))


def found(books: Books, who: tuple[str, str] = ZHANG) -> tuple[dict[str, object], ...]:
    return books.find(HOME_OWNERSHIP, subject=who[0], name=who[1]).records


def test_one_source_is_written_once_and_another_replaces_all(tmp_path: Path) -> None:
    books = Books(tmp_path, name="housing")

    assert books.fill([HOME], digest="one") is True
    assert Books(tmp_path, name="housing").fill([], digest="one") is False
    assert found(books) == ({"area_m2": 90},)
    assert books.fill([], digest="two") is True
    assert found(books) == ()


def test_numbers_of_changes_go_on_growing_after_another_source(tmp_path: Path) -> None:
    department = open_housing(tmp_path)
    corrections = Corrections(department.books, department.contracts)
    (held,) = corrections.held(LI[0])
    corrections.put(held["key"], held["record"] | {"area_m2": 1})
    department.books.fill([], digest="another")
    corrections.put(held["key"], held["record"] | {"area_m2": 2})

    numbers = [change["number"] for change in page(department.books, after=0)["changes"]]
    assert numbers == [1, 2]


def test_a_file_of_an_earlier_layout_is_begun_anew(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "housing.sqlite3")) as old:
        old.execute("CREATE TABLE person (citizen_number TEXT PRIMARY KEY)")
        old.execute("CREATE TABLE record (something TEXT)")
        old.execute("INSERT INTO person VALUES (?)", ZHANG[:1])
        old.commit()

    books = Books(tmp_path, name="housing")

    books.fill([HOME], digest="one")
    assert found(books) == ({"area_m2": 90},)
    with (
        closing(sqlite3.connect(tmp_path / "housing.sqlite3")) as now,
        pytest.raises(sqlite3.OperationalError, match="no such table"),
    ):
        now.execute("SELECT * FROM person")


def test_a_contract_without_roles_tells_nothing(tmp_path: Path) -> None:
    books = Books(tmp_path, name="housing")
    books.fill([HOME], digest="one")
    nobody = replace(HOME_OWNERSHIP, roles=frozenset())

    assert books.find(nobody, subject=ZHANG[0], name=ZHANG[1]).records == ()


def test_a_failed_writing_leaves_nothing_behind(tmp_path: Path) -> None:
    books = Books(tmp_path, name="housing")
    books.fill([HOME], digest="one")
    twice = replace(HOME, parties=(OWNER, OWNER))

    with pytest.raises(sqlite3.IntegrityError):
        books.fill([HOME, twice], digest="two")

    assert found(books) == ({"area_m2": 90},)
    assert books.fill([HOME], digest="one") is False


def test_a_source_is_another_one_when_a_member_or_whom_it_concerns_is() -> None:
    other = replace(OWNER, role="tenant")
    digests = {
        digest_of(rows)
        for rows in (
            [],
            [HOME],
            [HOME, HOME],
            [replace(HOME, record={"area_m2": 91})],
            [replace(HOME, parties=(other,))],
            [replace(HOME, kind="flat")],
        )
    }

    assert len(digests) == 6


def test_what_is_told_together_has_a_version_of_its_own_and_so_has_nothing() -> None:
    assert version_of_all(["a"]) == "a"
    assert len({version_of_all(some) for some in ([], ["a"], ["a", "b"], ["b", "a"])}) == 4


def test_the_folder_of_the_books_is_its_owners_alone(tmp_path: Path) -> None:
    Books(tmp_path / "data", name="housing")

    assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700
