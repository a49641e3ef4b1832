"""Rules that take one value out of records."""

import datetime as dt
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from certificates.errors import CertificateError, ErrorCode
from certificates.spec.forms import first_member, found
from certificates.spec.takings import Taking

TODAY = dt.date(2026, 11, 23)
JOBS: list[dict[str, Any]] = [
    {"employer": {"name": "甲"}, "since": "2020-02-29", "months": 12, "status": "ended"},
    {"employer": {"name": "乙"}, "since": "2014-11-24", "months": 30, "status": "active"},
    {"employer": None, "since": None, "months": None, "status": "active"},
]


def taking(**members: Any) -> Taking:
    return Taking.model_validate({"name": "x", "source": "s", **members})


def taken(records: list[dict[str, Any]], **members: Any) -> Any:
    return taking(**members).taken(records, today=TODAY)


@pytest.mark.parametrize(
    ("members", "value"),
    [
        ({"rule": "count"}, 3),
        ({"rule": "count", "where": [{"path": "status", "equals": "active"}]}, 2),
        ({"rule": "count", "where": [{"path": "employer.name", "missing": True}]}, 1),
        ({"rule": "sum", "path": "months"}, 42),
        ({"rule": "earliest", "path": "since"}, "2014-11-24"),
        ({"rule": "latest", "path": "since"}, "2020-02-29"),
        ({"path": "employer.name", "pick": "latest", "by": "since"}, "甲"),
        ({"path": "employer.name", "where": [{"path": "months", "at_least": 13}]}, "乙"),
        ({"path": "months", "where": [{"path": "status", "equals": "gone"}], "otherwise": 0}, 0),
        ({"path": "months", "where": [{"path": "status", "equals": "gone"}]}, None),
        ({"rule": "sum", "path": "months", "where": [{"path": "status", "equals": "gone"}]}, None),
    ],
)
def test_each_rule_makes_its_value(members: dict[str, Any], value: object) -> None:
    assert taken(JOBS, **members) == value


def test_a_record_that_lacks_the_value_is_not_the_same_as_no_record() -> None:
    missing = {"where": [{"path": "employer", "missing": True}], "otherwise": "none"}
    assert taken(JOBS, path="since", **missing) is None
    assert taken([], path="since", **missing) == "none"


@pytest.mark.parametrize(
    ("since", "years"),
    [("2008-11-23", 18), ("2008-11-24", 17), ("2004-02-29", 22), ("2026-11-23", 0)],
)
def test_years_are_full_years(since: str, years: int) -> None:
    assert taken([{"born": since}], rule="years", path="born") == years


@pytest.mark.parametrize(
    ("records", "members"),
    [
        (JOBS, {"path": "since"}),
        ([{"born": "1985-02-30"}], {"rule": "years", "path": "born"}),
        ([{"born": 7}], {"rule": "years", "path": "born"}),
        ([{"n": "7"}], {"rule": "sum", "path": "n"}),
        ([{"n": 7}], {"rule": "latest", "path": "n"}),
        ([{"n": 7}], {"path": "n", "pick": "latest", "by": "n"}),
    ],
)
def test_records_that_allow_no_value_are_refused(
    records: list[dict[str, Any]], members: dict[str, Any]
) -> None:
    with pytest.raises(CertificateError) as refused:
        taken(records, **members)
    assert refused.value.code is ErrorCode.FIELDS_INVALID


@pytest.mark.parametrize(
    "members",
    [
        {},
        {"rule": "count", "path": "x"},
        {"rule": "median", "path": "x"},
        {"path": "x", "pick": "latest"},
        {"path": "x", "by": "y"},
        {"path": "X"},
        {"path": "a..b"},
        {"path": "a[0]"},
        {"path": "x", "where": [{"path": "y"}]},
        {"path": "x", "where": [{"path": "y", "equals": 1, "at_most": 2}]},
        {"path": "x", "where": [{"path": "y", "one_of": []}]},
        {"path": "x", "unknown": 1},
        {"path": "x", "source": "Not A Word"},
    ],
)
def test_a_taking_that_says_too_little_or_too_much_is_refused(members: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        taking(**members)


def test_only_members_that_are_used_are_asked_for() -> None:
    one = taking(
        path="employer.name",
        pick="latest",
        by="since",
        where=[{"path": "list[].kind", "equals": "x"}],
    )
    assert one.members() == {"employer", "since", "list"}


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ("a.b", 1),
        ("a.c", None),
        ("a.b.c", None),
        ("list[].n", [1, 2]),
        ("list[]", [{"n": 1}, {"m": 0}, {"n": 2}]),
        ("a[].b", []),
        ("none[]", []),
    ],
)
def test_places_lead_through_members_and_lists(place: str, value: object) -> None:
    record = {"a": {"b": 1}, "list": [{"n": 1}, {"m": 0}, {"n": 2}], "none": None}
    assert found(record, place) == value


@pytest.mark.parametrize(
    ("test", "yes", "no"),
    [
        ({"equals": "a"}, ["a"], ["b", None, 1]),
        ({"equals": 1}, [1], [True, "1", None]),
        ({"differs": "a"}, ["b", None, 1], ["a"]),
        ({"one_of": ["a", "b"]}, ["a", "b"], ["c", None]),
        ({"at_least": 1}, [1, 2], [0, True, "2", None]),
        ({"at_most": 0}, [0], [1, False, None]),
        ({"missing": True}, [None], [0, "", False]),
        ({"missing": False}, [0, "", False], [None]),
        ({"equals": False}, [False], [0, None]),
    ],
)
def test_a_test_is_of_one_type(test: dict[str, Any], yes: list[Any], no: list[Any]) -> None:
    one = taking(path="x", where=[{"path": "y", **test}]).where[0]
    assert all(one.holds(value) for value in yes)
    assert not any(one.holds(value) for value in no)


PLAIN = st.none() | st.booleans() | st.integers() | st.text(max_size=3)
NAMES = st.sampled_from(["a", "b", "c"])
DEEP = PLAIN | st.lists(PLAIN, max_size=2) | st.dictionaries(NAMES, PLAIN, max_size=2)
RECORDS = st.dictionaries(NAMES, DEEP | st.lists(DEEP, max_size=2), max_size=3)
PLACES = st.lists(st.sampled_from(["a", "b", "c", "a[]", "b[]"]), min_size=1, max_size=3)


@settings(max_examples=50)
@given(record=RECORDS, steps=PLACES)
def test_whatever_a_record_is_like_a_place_finds_something_or_nothing(
    record: object, steps: list[str]
) -> None:
    value = found(record, ".".join(steps))
    assert isinstance(value, list) or "[]" not in "".join(steps)
    assert first_member(".".join(steps)) == steps[0].removesuffix("[]")


@settings(max_examples=100)
@given(
    records=st.lists(RECORDS, max_size=3),
    rule=st.sampled_from(["value", "sum", "earliest", "latest", "years"]),
)
def test_a_rule_makes_a_value_or_refuses_and_never_breaks(
    rule: str, records: list[dict[str, Any]]
) -> None:
    with suppress(CertificateError):
        taken(records, rule=rule, path="a.b", pick="latest", by="c")
