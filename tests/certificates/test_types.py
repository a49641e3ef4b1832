import datetime as dt
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from certificates.catalogue import HOME, Catalogue, CertificateType
from certificates.departments import load_departments
from certificates.errors import CertificateError, ErrorCode
from certificates.numbers import CertificateNumber
from tests.certificates.builders import NOON, Office, attachments, order, person

CODES = sorted(path.name for path in (HOME / "types").iterdir())


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A copy of the data that a test may spoil."""
    copy = tmp_path / "home"
    copy.mkdir()
    for part in ("types", "layout"):
        shutil.copytree(HOME / part, copy / part)
    shutil.copy(HOME / "departments.toml", copy)
    return copy


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def refusal(home: Path) -> ErrorCode:
    with pytest.raises(CertificateError) as refused:
        Catalogue.load(home)
    return refused.value.code


def household(office: Office) -> CertificateType:
    return office.catalogue.get("household_registration")


@pytest.mark.parametrize("code", CODES)
def test_every_type_says_all_it_must_and_can_be_made(office: Office, code: str) -> None:
    kind = office.catalogue.get(code)
    made = office.maker.make(order(type_code=code))
    stated = json.loads(made.document)["fields"]
    assert made.pdf.startswith(b"%PDF-1.7")
    assert attachments(made.pdf)["certificate.json"] == made.document
    assert CertificateNumber.parse(made.number).type_code == kind.spec.number_code
    assert set(stated) == {f.name for f in kind.spec.fields if f.disclosure != "never"}
    assert made.valid_until - made.issued_at == kind.validity
    assert kind.level in {"L1", "L2", "L3"}
    for text in (kind.titles, kind.spec.legal_basis, kind.spec.statement):
        assert text.zh != text.en


def test_type_codes_in_identifiers_are_distinct(office: Office) -> None:
    codes = [kind.spec.number_code for kind in office.catalogue.all()]
    assert len(set(codes)) == len(codes) == len(CODES)


def test_a_source_is_asked_for_what_is_stated_and_no_more(office: Office) -> None:
    assert household(office).needs() == {
        "population": (
            "birth_date",
            "citizen_number",
            "ethnicity",
            "household",
            "name",
            "sex",
            "status",
        )
    }
    assert "photo" in office.catalogue.get("temporary_identity").needs()["population"]


def test_a_new_type_needs_no_python(home: Path, tmp_path: Path) -> None:
    folder = home / "types" / "residence"
    shutil.copytree(home / "types" / "household_registration", folder)
    edit(folder / "type.toml", 'code = "household_registration"', 'code = "residence"')
    edit(folder / "type.toml", "019X001", "019X003")
    edit(folder / "type.toml", 'zh = "户籍证明"', 'zh = "居住证明"')
    made = Office(tmp_path / "keys", home=home).maker.make(order(type_code="residence"))
    assert made.titles.zh == "居住证明"
    assert "019X003" in made.number


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('level = "L1"', 'level = "L9"'),
        ('level = "L1"', 'level = "L1"\nsurprise = true'),
        ("validity_days = 30", "validity_days = 0"),
        ("validity_days = 30", 'validity_days = "30"'),
        ('version = "1.0.0"', ""),
        ('department = "public_security"', 'department = "nobody"'),
        ('code = "household_registration"', 'code = "another"'),
        ('name = "sex"', 'name = "name"'),
        ('on_stale = "fail"', 'on_stale = "ignore"'),
        ('disclosure = "always"', 'disclosure = "always"\nlegend = "x"'),
        ('label = { zh = "姓名", en = "Name" }', 'label = { zh = "姓名" }'),
        ('code = "household_registration"', "code = household_registration"),
    ],
)
def test_a_type_that_says_something_wrong_or_unknown_is_refused(
    home: Path, old: str, new: str
) -> None:
    edit(home / "types" / "household_registration" / "type.toml", old, new)
    assert refusal(home) is ErrorCode.TYPE_INVALID


@pytest.mark.parametrize("missing", ["type.toml", "schema.json", "template.typ"])
def test_a_type_without_one_of_its_files_is_refused(home: Path, missing: str) -> None:
    (home / "types" / "temporary_identity" / missing).unlink()
    assert refusal(home) is ErrorCode.TYPE_INVALID


@pytest.mark.parametrize("schema", ["{", '{"type": "strange"}', "[]"])
def test_a_schema_that_is_none_is_refused(home: Path, schema: str) -> None:
    (home / "types" / "temporary_identity" / "schema.json").write_text(schema)
    assert refusal(home) is ErrorCode.TYPE_INVALID


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("019X", "0190"),
        (', en = "Public Security Bureau of Example City"', ""),
        ("[public_security]", "[public_security]\nmotto = 'x'"),
        ("[public_security]", "[Public-Security]"),
        ("[public_security]", "[["),
        ("[public_security]", "stray = 'value'\n[public_security]"),
    ],
)
def test_a_department_that_says_something_wrong_is_refused(home: Path, old: str, new: str) -> None:
    edit(home / "departments.toml", old, new)
    assert refusal(home) is ErrorCode.TYPE_INVALID


def test_departments_that_are_not_there_are_refused(tmp_path: Path) -> None:
    with pytest.raises(CertificateError) as refused:
        load_departments(tmp_path / "departments.toml")
    assert refused.value.code is ErrorCode.TYPE_INVALID


def test_an_unknown_type_has_its_own_code(office: Office) -> None:
    with pytest.raises(CertificateError) as refused:
        office.catalogue.get("birth")
    assert refused.value.code is ErrorCode.TYPE_UNKNOWN


@pytest.mark.parametrize(
    ("record", "code"),
    [
        (person(status="deceased"), ErrorCode.FIELDS_INVALID),
        (person(sex="?"), ErrorCode.FIELDS_INVALID),
        (person(birth_date="1985-02-30"), ErrorCode.FIELDS_INVALID),
        (person(citizen_number="123"), ErrorCode.FIELDS_INVALID),
        (person(name=""), ErrorCode.FIELDS_INVALID),
        (person(name=7), ErrorCode.FIELDS_INVALID),
        (person(name=None), ErrorCode.FIELD_MISSING),
        (person(household=None), ErrorCode.FIELD_MISSING),
        (person(household={"address": "x"}), ErrorCode.FIELD_MISSING),
        (person(household="x"), ErrorCode.FIELD_MISSING),
        ({}, ErrorCode.FIELD_MISSING),
    ],
)
def test_a_record_that_does_not_prove_the_fact_is_refused(
    office: Office, record: dict[str, Any], code: ErrorCode
) -> None:
    with pytest.raises(CertificateError) as refused:
        household(office).collect({"population": record})
    assert refused.value.code is code


def test_a_missing_source_is_refused(office: Office) -> None:
    with pytest.raises(CertificateError) as refused:
        household(office).collect({})
    assert refused.value.code is ErrorCode.FIELD_MISSING


def test_a_coded_value_without_words_is_refused(home: Path) -> None:
    edit(home / "types/household_registration/type.toml", 'values."男"', 'values."M"')
    with pytest.raises(CertificateError) as refused:
        Catalogue.load(home).get("household_registration").collect({"population": person()})
    assert refused.value.code is ErrorCode.FIELDS_INVALID


def test_a_refusal_never_quotes_the_record(office: Office) -> None:
    with pytest.raises(CertificateError) as refused:
        household(office).collect({"population": person(status="deceased")})
    assert "张明远" not in str(refused.value)
    assert "990101" not in str(refused.value)


def test_the_age_of_a_record_decides_between_issue_and_refusal(office: Office) -> None:
    day = dt.timedelta(hours=24)
    fresh, stale = {"population": NOON - day}, {"population": NOON - day * 1.01}
    assert household(office).is_provisional(fresh, now=NOON) is False
    with pytest.raises(CertificateError) as refused:
        household(office).is_provisional(stale, now=NOON)
    assert refused.value.code is ErrorCode.DATA_STALE


def test_a_type_may_put_up_with_an_older_record_provisionally(home: Path) -> None:
    path = home / "types" / "household_registration" / "type.toml"
    path.write_text(path.read_text().replace('on_stale = "fail"', 'on_stale = "provisional"'))
    kind = Catalogue.load(home).get("household_registration")
    old = {"population": NOON - dt.timedelta(days=2)}
    assert kind.is_provisional(old, now=NOON) is True


def test_a_record_without_its_time_is_refused(office: Office) -> None:
    with pytest.raises(CertificateError) as refused:
        household(office).is_provisional({}, now=NOON)
    assert refused.value.code is ErrorCode.FIELD_MISSING
