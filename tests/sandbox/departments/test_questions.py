"""Whatever is sent: a question is read exactly, or refused without an echo."""

import json
from collections.abc import Callable
from typing import Any, TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.departments.housing.contract import HOME_OWNERSHIP
from sandbox.departments.market_regulation.contract import ORGANISATION_LICENCE
from sandbox.departments.office.faults import Failure, parse_faults
from sandbox.departments.office.question import parse_question
from sandbox.departments.office.refusals import Refused
from tests.sandbox.departments.people import FIRM, ZHANG

T = TypeVar("T")
FIELDS = sorted(HOME_OWNERSHIP.fields)
MEMBERS = ("citizen_number", "name", "fields", "case", "purpose")
POINTERS = {"", *(f"/{name}" for name in MEMBERS), *(f"/fields/{at}" for at in range(50))}

texts = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=100)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(FIELDS),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


def outcome(read: Callable[[], T]) -> T | Refused:
    try:
        return read()
    except Refused as refused:
        return refused


def usual(**changes: Any) -> dict[str, Any]:
    question = {
        "citizen_number": ZHANG[0],
        "name": ZHANG[1],
        "fields": ["address"],
        "case": "case-1",
        "purpose": "certificate",
    }
    return question | changes


@settings(deadline=None)
@given(
    name=texts,
    case=texts,
    purpose=texts,
    fields=st.lists(st.sampled_from(FIELDS), min_size=1, max_size=len(FIELDS)),
)
def test_every_allowed_question_is_read_as_it_was_meant(
    name: str, case: str, purpose: str, fields: list[str]
) -> None:
    sent = usual(name=name, case=case, purpose=purpose, fields=fields)

    read = parse_question(json.dumps(sent).encode(), HOME_OWNERSHIP)

    assert (read.subject, read.name, read.case, read.purpose) == (ZHANG[0], name, case, purpose)
    assert set(read.fields) == set(fields)
    assert len(read.fields) == len(set(fields))


@settings(deadline=None)
@given(st.binary(max_size=200) | values.map(lambda value: json.dumps(value).encode()))
def test_whatever_else_is_sent_is_refused_and_nothing_worse(body: bytes) -> None:
    with pytest.raises(Refused) as refused:
        parse_question(body, HOME_OWNERSHIP)

    assert (refused.value.status, refused.value.code) in {
        (400, "MALFORMED_JSON"),
        (422, "INVALID_FIELD"),
    }


@settings(deadline=None)
@given(member=st.sampled_from(MEMBERS), value=values)
def test_a_member_of_any_other_kind_is_pointed_at_and_never_repeated(
    member: str, value: object
) -> None:
    sent = usual(**{member: value})
    read = outcome(lambda: parse_question(json.dumps(sent).encode(), HOME_OWNERSHIP))

    if isinstance(read, Refused):
        assert read.code in {"INVALID_FIELD", "MALFORMED_JSON"}  # NaN is no JSON
        assert read.pointer is None or read.pointer.startswith(f"/{member}")
        assert read.pointer is None or read.pointer in POINTERS
    else:
        assert (read.name, read.case, read.purpose) == (sent["name"], sent["case"], sent["purpose"])
        assert list(read.fields) == list(dict.fromkeys(sent["fields"]))


@settings(deadline=None)
@given(st.text().filter(lambda name: name not in MEMBERS))
def test_an_unknown_member_is_refused_without_its_name(name: str) -> None:
    with pytest.raises(Refused) as refused:
        parse_question(json.dumps(usual(**{name: "x"})).encode(), HOME_OWNERSHIP)

    assert (refused.value.code, refused.value.pointer) == ("INVALID_FIELD", "")


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1" * 5000])
def test_what_only_this_language_calls_a_number_is_malformed(number: str) -> None:
    with pytest.raises(Refused, match="MALFORMED_JSON"):
        parse_question(b'{"name": %s}' % number.encode(), HOME_OWNERSHIP)


def test_a_contract_may_name_its_subject_in_another_way() -> None:
    sent = usual(name=FIRM[1], code=FIRM[0], fields=["scope"])
    del sent["citizen_number"]

    assert parse_question(json.dumps(sent).encode(), ORGANISATION_LICENCE).subject == FIRM[0]
    with pytest.raises(Refused) as refused:
        parse_question(json.dumps(sent | {"code": ZHANG[0]}).encode(), ORGANISATION_LICENCE)
    assert refused.value.pointer == "/code"


times = values | st.integers(-1, 60_001)


@settings(deadline=None)
@given(values | st.sampled_from(list(Failure)), times, times)
def test_faults_are_read_exactly_or_refused(
    failure: object, fastest: object, slowest: object
) -> None:
    sent = {"failure": failure, "fastest_ms": fastest, "slowest_ms": slowest}
    read = outcome(lambda: parse_faults(json.dumps(sent).encode()))

    if isinstance(read, Refused):
        assert read.code in {"INVALID_FIELD", "MALFORMED_JSON"}
    else:
        assert (read.failure, read.fastest_ms, read.slowest_ms) == (failure, fastest, slowest)


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"failure": "tired"}, "/failure"),
        ({"failure": ["none"]}, "/failure"),
        ({"fastest_ms": -1}, "/fastest_ms"),
        ({"fastest_ms": True}, "/fastest_ms"),
        ({"fastest_ms": 1.0}, "/fastest_ms"),
        ({"fastest_ms": 20, "slowest_ms": 19}, "/slowest_ms"),
        ({"slowest_ms": 60_001}, "/slowest_ms"),
        ({"mood": "bad"}, ""),
    ],
)
def test_a_wrong_fault_is_pointed_at(changes: dict[str, Any], pointer: str) -> None:
    sent = {"failure": Failure.NONE, "fastest_ms": 0, "slowest_ms": 0} | changes

    with pytest.raises(Refused) as refused:
        parse_faults(json.dumps(sent).encode())

    assert refused.value.pointer == pointer
