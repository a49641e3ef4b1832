"""From what departments say to facts, or to a refusal that says why."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from certificates.catalogue import Catalogue
from certificates.errors import CertificateError, ErrorCode, FactRefused
from certificates.evidence import Evidence, Facts
from certificates.spec.kind import CertificateType
from tests.certificates.builders import NOON, Office, person, said
from tests.certificates.homes import edit

HOME_RECORD = {"certificate_number": "虚（2013）晴川市不动产权第 1 号"}


def household(office: Office) -> CertificateType:
    return office.catalogue.get("household_registration")


def facts(office: Office, code: str, **evidence: Evidence) -> Facts:
    kind = office.catalogue.get(code)
    return kind.facts({"population": said(person()), **evidence}, now=NOON)


def refusal(office: Office, code: str, **evidence: Evidence) -> FactRefused:
    with pytest.raises(FactRefused) as refused:
        facts(office, code, **evidence)
    return refused.value


def marriage(since: str, status: str, ended_on: str | None = None) -> dict[str, Any]:
    return {
        "certificate_number": f"J-{since}",
        "husband": {"citizen_number": "990101198503171010", "name": "张明远"},
        "wife": {"citizen_number": "99010119860621102X", "name": "王晓雨"},
        "registered_on": since,
        "status": status,
        "ended_on": ended_on,
    }


@pytest.mark.parametrize(
    ("record", "code"),
    [
        (person(sex="?"), ErrorCode.FIELDS_INVALID),
        (person(birth_date="1985-02-30"), ErrorCode.FIELDS_INVALID),
        (person(citizen_number="123"), ErrorCode.FIELDS_INVALID),
        (person(name=""), ErrorCode.FIELDS_INVALID),
        (person(name=7), ErrorCode.FIELDS_INVALID),
        (person(name="长" * 201), ErrorCode.FIELDS_INVALID),
        (person(name=None), ErrorCode.FIELD_MISSING),
        (person(household=None), ErrorCode.FIELD_MISSING),
        (person(household={"address": "x"}), ErrorCode.FIELD_MISSING),
        (person(household="x"), ErrorCode.FIELD_MISSING),
        (person(status="deceased"), ErrorCode.FACT_REFUSED),
        (person(status=None), ErrorCode.FACT_REFUSED),
        ({}, ErrorCode.FACT_REFUSED),
    ],
)
def test_a_record_that_does_not_prove_the_fact_is_refused(
    office: Office, record: dict[str, Any], code: ErrorCode
) -> None:
    with pytest.raises(CertificateError) as refused:
        household(office).facts({"population": said(record)}, now=NOON)
    assert refused.value.code is code
    assert "张明远" not in str(refused.value)
    assert "990101" not in str(refused.value)


def test_a_source_that_did_not_answer_is_refused(office: Office) -> None:
    with pytest.raises(CertificateError) as refused:
        household(office).facts({}, now=NOON)
    assert refused.value.code is ErrorCode.FIELD_MISSING


def test_two_records_where_there_can_be_one_are_refused(office: Office) -> None:
    with pytest.raises(CertificateError) as refused:
        household(office).facts({"population": said(person(), person())}, now=NOON)
    assert refused.value.code is ErrorCode.FIELDS_INVALID


def test_the_age_of_a_record_decides_between_issue_and_refusal(office: Office) -> None:
    day = dt.timedelta(hours=24)
    kind = household(office)
    fresh, stale = said(person(), as_of=NOON - day), said(person(), as_of=NOON - day * 1.01)
    assert kind.facts({"population": fresh}, now=NOON).provisional is False
    with pytest.raises(CertificateError) as refused:
        kind.facts({"population": stale}, now=NOON)
    assert refused.value.code is ErrorCode.DATA_STALE


def test_a_type_may_put_up_with_an_older_record_provisionally(home: Path) -> None:
    edit(
        home / "types" / "household_registration" / "type.toml",
        'on_stale = "fail"',
        'on_stale = "provisional"',
    )
    kind = Catalogue.load(home).get("household_registration")
    old = said(person(), as_of=NOON - dt.timedelta(days=2))
    assert kind.facts({"population": old}, now=NOON).provisional is True


def test_a_coded_value_without_words_is_refused(home: Path) -> None:
    edit(home / "common.toml", 'values."男"', 'values."M"')
    kind = Catalogue.load(home).get("household_registration")
    with pytest.raises(CertificateError) as refused:
        kind.facts({"population": said(person())}, now=NOON)
    assert refused.value.code is ErrorCode.FIELDS_INVALID


def test_one_home_and_there_is_no_certificate_of_none(office: Office) -> None:
    refused = refusal(office, "no_housing", home_ownership=said(HOME_RECORD, HOME_RECORD))
    assert (refused.reason, refused.source) == ("owns_home", "home_ownership")
    assert refused.zh.startswith("不动产登记库：")
    assert "2套" in refused.zh
    assert "2 on record" in refused.en
    assert "2" not in str(refused)


def test_no_home_is_a_fact_that_can_be_shown_alone(office: Office) -> None:
    found = facts(office, "no_housing", home_ownership=said())
    assert found.values["homes"] == 0
    assert found.predicates == {"adult": True, "owns_no_housing": True}


@pytest.mark.parametrize(
    ("code", "source"),
    [
        ("no_housing", "home_ownership"),
        ("no_criminal_record", "criminal_record"),
        ("marriage_status", "marriage"),
    ],
)
def test_nothing_is_believed_only_of_a_source_that_answered_just_now(
    office: Office, code: str, source: str
) -> None:
    facts(office, code, **{source: said()})
    with pytest.raises(CertificateError) as refused:
        facts(office, code, **{source: said(live=False)})
    assert refused.value.code is ErrorCode.SOURCE_NOT_LIVE


def test_a_sentence_on_record_is_not_told_in_the_words(office: Office) -> None:
    record = {"citizen_number": "990101198503171010", "name": "张明远"}
    refused = refusal(office, "no_criminal_record", criminal_record=said(record))
    assert refused.reason == "has_record"
    assert "张明远" not in refused.zh + refused.en


@pytest.mark.parametrize(
    ("records", "status", "married"),
    [
        ((), "none", False),
        ((marriage("2012-05-18", "married"),), "married", True),
        ((marriage("2012-05-18", "divorced", "2015-01-02"),), "divorced", False),
        (
            (
                marriage("2016-01-01", "married"),
                marriage("2012-05-18", "divorced", "2015-01-02"),
            ),
            "married",
            True,
        ),
        (
            (
                marriage("2012-05-18", "widowed", "2015-01-02"),
                marriage("2016-01-01", "divorced", "2018-01-02"),
            ),
            "divorced",
            False,
        ),
    ],
)
def test_what_became_of_the_latest_marriage_holds(
    office: Office,
    records: tuple[dict[str, Any], ...],
    status: str,
    married: object,
) -> None:
    found = facts(office, "marriage_status", marriage=said(*records))
    assert found.values["status"] == status
    assert len(found.values["marriages"]) == len(records)
    assert found.predicates["married"] is married
    assert found.predicates["not_married"] is not married


def test_the_latest_of_a_table_stands_first(office: Office) -> None:
    records = (
        marriage("2012-05-18", "divorced", "2015-01-02"),
        marriage("2016-01-01", "married"),
    )
    rows = facts(office, "marriage_status", marriage=said(*records)).values["marriages"]
    assert [row["registered_on"] for row in rows] == ["2016-01-01", "2012-05-18"]
    assert [row["ended_on"] for row in rows] == [None, "2015-01-02"]


def test_a_table_is_bounded(office: Office) -> None:
    many = tuple(marriage("2012-05-18", "married") for _ in range(201))
    with pytest.raises(CertificateError) as refused:
        facts(office, "marriage_status", marriage=said(*many))
    assert refused.value.code is ErrorCode.FIELDS_INVALID


@pytest.mark.parametrize(("born", "adult"), [("2008-11-23", True), ("2008-11-24", False)])
def test_of_age_on_the_birthday_by_the_city_s_calendar(
    office: Office, born: str, adult: object
) -> None:
    # 2026-11-22T20:00Z is the 23rd in the city.
    evening = dt.datetime(2026, 11, 22, 20, tzinfo=dt.UTC)
    evidence = {"population": said(person(birth_date=born), as_of=evening)}
    assert household(office).facts(evidence, now=evening).predicates == {"adult": adult}


def test_what_facts_say_does_not_show_in_words(office: Office) -> None:
    found = facts(office, "no_housing", home_ownership=said())
    assert "张明远" not in repr(found) + repr(said(person()))
