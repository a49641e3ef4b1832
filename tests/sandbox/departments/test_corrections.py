"""A corrected record is told from then on, has another version, and is in the feed of changes."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from sandbox.departments.civil_affairs.register import open_civil_affairs
from sandbox.departments.health.births import open_health
from sandbox.departments.housing.homes import open_housing
from sandbox.departments.office.changes import PAGE
from sandbox.departments.office.control import RECORDS_PATH
from sandbox.departments.office.counter import CHANGES_PATH
from tests.sandbox.departments.building import Building, at_work, send
from tests.sandbox.departments.conftest import open_population
from tests.sandbox.departments.people import AYNUR, CHILD, LI, WANG, ZHANG, ZHOU

HOMES = "home-ownership"
KEY = "home-000001"
"""Of the home of the first couple written down by hand."""


@pytest.fixture
def civil_affairs(tmp_path: Path) -> Iterator[Building]:
    with at_work(open_civil_affairs(tmp_path)) as building:
        yield building


def home_of(*owners: tuple[str, str], **changes: Any) -> dict[str, Any]:
    record = {
        "certificate_number": "虚（2026）晴川市不动产权第 9000009 号",
        "address": "虚拟省晴川市银杏街 9 号",
        "area_m2": 50,
        "owners": [
            {"citizen_number": number, "name": name, "share": f"1/{len(owners)}"}
            if len(owners) > 1
            else {"citizen_number": number, "name": name, "share": "1"}
            for number, name in owners
        ],
        "registered_on": "2026-11-20",
        "mortgaged": False,
    }
    return record | changes


def test_the_correction_of_one_record_is_told_to_all_it_concerns(housing: Building) -> None:
    before = housing.ask(HOMES, ZHANG).json
    (held,) = housing.held(ZHANG[0])

    corrected = housing.put(held["key"], held["record"] | {"area_m2": 97})

    after, hers = housing.ask(HOMES, ZHANG).json, housing.ask(HOMES, WANG).json
    assert (held["key"], held["version"]) == (KEY, before["record_version"])
    assert corrected.json["changes"] == 2
    assert corrected.json["version"] == after["record_version"] != before["record_version"]
    assert after["records"] == hers["records"]
    assert after["records"][0]["area_m2"] == 97
    assert housing.ask(HOMES, LI).json["record_version"] != after["record_version"]


def test_the_feed_says_whose_answers_are_other_ones_now(housing: Building) -> None:
    (held,) = housing.held(ZHANG[0])
    housing.put(held["key"], held["record"] | {"mortgaged": False})

    feed = housing.changes()

    assert [one["subject"] for one in feed["changes"]] == sorted([ZHANG[0], WANG[0]])
    assert [one["number"] for one in feed["changes"]] == [1, 2]
    assert (feed["last"], feed["more"]) == (2, False)
    version = housing.ask(HOMES, ZHANG).json["record_version"]
    for one in feed["changes"]:
        assert set(one) == {"number", "contract", "subject", "record_version", "changed_at"}
        assert (one["contract"], one["record_version"]) == ("home-ownership/1.0.0", version)
        assert one["changed_at"].endswith("Z")


def test_the_same_correction_twice_changes_nothing_the_second_time(housing: Building) -> None:
    (held,) = housing.held(LI[0])
    wanted = held["record"] | {"area_m2": 119}

    first, second = (housing.put(held["key"], wanted) for _ in range(2))

    assert (first.json["changes"], second.json["changes"]) == (1, 0)
    assert first.json["version"] == second.json["version"]
    assert len(housing.changes()["changes"]) == 1


def test_who_had_nothing_has_a_home_when_one_is_added(housing: Building) -> None:
    nothing = housing.ask(HOMES, AYNUR).json

    added = housing.put("home-900001", home_of(AYNUR))

    something = housing.ask(HOMES, AYNUR).json
    (change,) = housing.changes()["changes"]
    assert (nothing["found"], something["found"]) == (False, True)
    assert something["record_version"] == added.json["version"] == change["record_version"]
    assert something["record_version"] != nothing["record_version"]
    assert change["subject"] == AYNUR[0]


def test_a_home_that_changes_hands_concerns_the_old_and_the_new_owner(housing: Building) -> None:
    (held,) = housing.held(LI[0])
    nothing = housing.ask(HOMES, AYNUR).json["record_version"]
    new = [{"citizen_number": AYNUR[0], "name": AYNUR[1], "share": "1"}]

    housing.put(held["key"], held["record"] | {"owners": new})

    feed = housing.changes()["changes"]
    assert {one["subject"] for one in feed} == {LI[0], AYNUR[0]}
    assert housing.ask(HOMES, LI).json["record_version"] == nothing
    assert {one["subject"]: one["record_version"] for one in feed}[LI[0]] == nothing
    assert housing.ask(HOMES, AYNUR).json["found"] is True


def test_a_record_that_is_taken_out_is_told_no_more(tmp_path: Path) -> None:
    with at_work(open_population(tmp_path)) as police:
        sentence = next(one for one in police.held(ZHOU[0]) if one["key"].startswith("conviction"))
        path = f"{RECORDS_PATH}/{sentence['key']}"

        removed, again = (send(police.control, "DELETE", path) for _ in range(2))

        assert (removed.status, again.status) == (200, 404)
        assert removed.json == {"key": sentence["key"], "version": None, "changes": 1}
        assert police.ask("criminal-record", ZHOU).json["found"] is False
        (change,) = police.changes()["changes"]
        assert (change["contract"], change["subject"]) == ("criminal-record/1.0.0", ZHOU[0])


def test_a_person_can_be_corrected_in_the_population_registry(tmp_path: Path) -> None:
    with at_work(open_population(tmp_path)) as police:
        before = police.ask("population-person", LI, fields=["status"]).json
        held = next(one for one in police.held(LI[0]) if one["key"].startswith("person"))

        police.put(held["key"], held["record"] | {"status": "deceased"})

        after = police.ask("population-person", LI, fields=["status"]).json
        (change,) = police.changes()["changes"]
        assert (before["record"], after["record"]) == ({"status": "alive"}, {"status": "deceased"})
        assert before["record_version"] != after["record_version"] == change["record_version"]
        assert change["contract"] == "population-person/1.0.0"


def test_one_record_under_two_contracts_is_announced_under_both(tmp_path: Path) -> None:
    with at_work(open_health(tmp_path)) as health:
        (held,) = health.held(CHILD[0])

        health.put(held["key"], held["record"] | {"hospital": "晴川市中心医院"})

        told = {(one["contract"], one["subject"]) for one in health.changes()["changes"]}
        assert told == {
            ("birth-certificate/1.0.0", CHILD[0]),
            ("births-of-parent/1.0.0", ZHANG[0]),
            ("births-of-parent/1.0.0", WANG[0]),
        }


@pytest.mark.parametrize(
    ("record", "pointer"),
    [
        ({}, "/record/certificate_number"),
        ("home", "/record"),
        (home_of(LI, area_m2="large"), "/record/area_m2"),
        (home_of(LI, area_m2=0), "/record/area_m2"),
        (home_of(LI, registered_on="2026-13-01"), "/record/registered_on"),
        (home_of(("990101195811021038", "李建国")), "/record/owners/0/citizen_number"),
        (home_of(LI, owners=[]), "/record/owners"),
        (home_of(LI, colour="red"), "/record"),
        (home_of(LI, address="\ud800"), "/record"),
    ],
)
def test_a_correction_outside_the_contract_is_refused_and_pointed_at(
    housing: Building, record: object, pointer: str
) -> None:
    before = housing.ask(HOMES, ZHANG).json["record_version"]

    refused = housing.put(KEY, record)

    assert (refused.status, refused.json["code"]) == (422, "INVALID_FIELD")
    assert refused.json["pointer"] == pointer
    assert housing.ask(HOMES, ZHANG).json["record_version"] == before
    assert housing.changes()["changes"] == []


def test_shares_that_do_not_make_one_and_ends_without_a_day_are_refused(
    housing: Building, civil_affairs: Building
) -> None:
    shares = [{"citizen_number": LI[0], "name": LI[1], "share": "1/2"}]
    (marriage,) = civil_affairs.held(ZHANG[0])

    assert housing.put(KEY, home_of(LI, owners=shares)).status == 422
    divorced = marriage["record"] | {"status": "divorced"}
    assert civil_affairs.put(marriage["key"], divorced).status == 422
    ended = divorced | {"ended_on": "2026-11-20"}
    assert civil_affairs.put(marriage["key"], ended).json["changes"] == 2


@pytest.mark.parametrize(
    "key", ["flat-000001", "home-1", "home", "home-00000%EF%BC%91", "home-0000001"]
)
def test_a_key_of_no_kind_is_not_there(housing: Building, key: str) -> None:
    path = f"{RECORDS_PATH}/{key}"

    put = send(housing.control, "PUT", path, body={"record": home_of(LI)})
    assert (put.status, put.json["code"]) == (404, "NOT_FOUND")
    assert send(housing.control, "DELETE", path).status == 404


def test_the_feed_comes_in_pages_whose_numbers_only_grow(housing: Building) -> None:
    for area in range(1, PAGE + 11):
        housing.put("home-900001", home_of(AYNUR, area_m2=area))

    first = housing.changes()
    second = housing.changes(after=first["last"])
    third = housing.changes(after=second["last"])

    numbers = [one["number"] for feed in (first, second) for one in feed["changes"]]
    assert numbers == list(range(1, PAGE + 11))
    assert [feed["more"] for feed in (first, second, third)] == [True, False, False]
    assert (third["changes"], third["last"]) == ([], PAGE + 10)


def test_corrections_at_once_are_all_in_the_feed_once(housing: Building) -> None:
    def add(serial: int) -> int:
        return housing.put(f"home-9000{serial:02d}", home_of(AYNUR, area_m2=serial)).status

    with ThreadPoolExecutor(max_workers=8) as pool:
        statuses = list(pool.map(add, range(1, 17)))

    feed = housing.changes()["changes"]
    assert statuses == [200] * 16
    assert [one["number"] for one in feed] == list(range(1, 17))
    assert len({one["record_version"] for one in feed}) == 16
    last = housing.ask(HOMES, AYNUR).json
    assert len(last["records"]) == 16
    assert feed[-1]["record_version"] == last["record_version"]


@pytest.mark.parametrize("query", ["?after=-1", "?after=x", "?after=1&after=2", "?before=1", "?"])
def test_the_feed_is_asked_in_one_way(housing: Building, query: str) -> None:
    answer = send(housing.port, "GET", CHANGES_PATH + query)

    expected = 200 if query == "?" else 422
    assert answer.status == expected
    assert send(housing.port, "GET", CHANGES_PATH).json["last"] == 0


def test_corrections_outlive_a_restart_and_keep_their_numbers(tmp_path: Path) -> None:
    with at_work(open_housing(tmp_path)) as housing:
        housing.put("home-900001", home_of(AYNUR))
    with at_work(open_housing(tmp_path)) as housing:
        housing.put("home-900001", home_of(AYNUR, area_m2=51))

        assert housing.ask(HOMES, AYNUR).json["records"][0]["area_m2"] == 51
        assert [one["number"] for one in housing.changes()["changes"]] == [1, 2]
