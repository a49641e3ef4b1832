"""The types are data; what is wrong with them is said by file and member."""

from pathlib import Path

import pytest

from certificates.catalogue import HOME, Catalogue
from certificates.departments import load_departments
from certificates.errors import CertificateError, ErrorCode
from certificates.receipt_maker import DEPARTMENT
from tests.certificates.builders import Office, order
from tests.certificates.homes import edit

CODES = sorted(path.name for path in (HOME / "types").iterdir())
HOUSEHOLD = "household_registration"
BRACES = """[[refusals]]
name = "x"
fact = "life"
equals = "a"
words = { zh = "{name}", en = "x" }"""


def refusal(home: Path) -> str:
    with pytest.raises(CertificateError) as refused:
        Catalogue.load(home)
    assert refused.value.code is ErrorCode.TYPE_INVALID
    assert refused.value.__cause__ is None
    return str(refused.value).removeprefix("type_invalid: ")


def test_the_types_of_the_first_set_are_there(office: Office) -> None:
    assert [kind.code for kind in office.catalogue.all()] == CODES
    assert len(CODES) == 11


def test_eight_departments_issue_them(office: Office) -> None:
    departments = {kind.department.code for kind in office.catalogue.all()}
    known = set(load_departments(HOME / "departments.toml"))
    assert departments == known - {DEPARTMENT}  # which signs receipts alone
    assert len(departments) == 8


def test_types_are_data_only() -> None:
    files = {path.name for path in (HOME / "types").rglob("*") if path.is_file()}
    assert files == {"type.toml"}


def test_type_codes_in_identifiers_are_distinct(home: Path) -> None:
    edit(home / "types" / HOUSEHOLD / "type.toml", "019X001", "019X002")
    assert refusal(home) == f"temporary_identity/type.toml: number_code: {HOUSEHOLD} has it"


def test_a_source_is_asked_for_what_is_stated_and_no_more(office: Office) -> None:
    household = office.catalogue.get(HOUSEHOLD)
    assert household.needs() == {
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
    assert office.catalogue.get("no_housing").needs()["home_ownership"] == ("certificate_number",)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('level = "L1"', 'level = "L9"', "level: literal_error"),
        ('level = "L1"', 'level = "L1"\nsurprise = true', "surprise: extra_forbidden"),
        ("validity_days = 30", "validity_days = 0", "validity_days: greater_than_equal"),
        ("validity_days = 30", 'validity_days = "30"', "validity_days: int_type"),
        ('version = "1.1.0"', "", "version: missing"),
        (
            'department = "public_security"',
            'department = "nobody"',
            "department: not in departments.toml",
        ),
        (f'code = "{HOUSEHOLD}"', 'code = "another"', "code: not the folder's name"),
        (f'code = "{HOUSEHOLD}"', "code = household", "not TOML"),
        ('name = "address"', 'name = "name"', "facts, fields: two of one name"),
        (
            'on_stale = "fail"',
            'on_stale = "ignore"',
            "sources.population.on_stale: literal_error",
        ),
        (
            'disclosure = "always"',
            'disclosure = "always"\nlegend = "x"',
            "fields.5.legend: extra_forbidden",
        ),
        (', en = "Registered address" }', " }", "fields.5.label.en: missing"),
        ('kind = "date"', 'kind = "table"', "fields.9: columns: a table has some"),
        (
            'path = "household.address"',
            'path = "household"\nunit = { zh = "x", en = "y", one = "z" }',
            "fields.5: unit: only a number has one",
        ),
        (
            'path = "household.address"',
            'path = "Household"',
            "fields.5.path: string_pattern_mismatch",
        ),
        ('path = "household.address"', "", "fields.5: path: every rule but count needs one"),
        ('source = "population"', 'source = "moon"', "address.source: not among sources"),
        ("[sources.population]", "[sources.moon]", "life.source: not among sources"),
        (
            "[common]",
            '[sources.moon]\nmax_age_hours = 1\non_stale = "fail"\n[common]',
            "sources.moon: nothing is asked of it",
        ),
        ('facts = ["life", "age"]', 'facts = ["age"]', "deceased.fact: neither a fact nor"),
        (
            'facts = ["life", "age"]',
            'facts = ["life", "age", "weight"]',
            "common.facts: a name that common.toml does not have",
        ),
        ("[common]", "[common]\nfield = []", "common: names to take, by facts"),
        (
            "[common]",
            f"{BRACES}\n[common]",
            "refusals.1: words: only {value} is filled in",
        ),
    ],
)
def test_a_type_that_says_something_wrong_is_refused_by_file_and_member(
    home: Path, old: str, new: str, said: str
) -> None:
    edit(home / "types" / HOUSEHOLD / "type.toml", old, new)
    assert refusal(home).startswith(f"{HOUSEHOLD}/type.toml: {said}")


@pytest.mark.parametrize(
    ("code", "old", "new", "source"),
    [
        ("no_housing", "live = true", "live = false", "home_ownership"),
        ("no_criminal_record", "live = true\n", "", "criminal_record"),
        ("marriage_status", "live = true\n", "", "marriage"),
        ("birth", "at_most = 0", "at_least = 9", "birth"),
        ("veteran", "at_least = 1", "equals = 0", "veteran"),
    ],
)
def test_silence_is_stated_only_of_a_live_source(
    home: Path, code: str, old: str, new: str, source: str
) -> None:
    edit(home / "types" / code / "type.toml", old, new)
    assert refusal(home) == (
        f"{code}/type.toml: sources.{source}.live: must be true where silence is stated as a fact"
    )


def test_a_source_without_a_name_is_refused(home: Path) -> None:
    edit(home / "sources.toml", "birth = ", "birth_old = ")
    assert refusal(home) == "birth/type.toml: sources.birth: not in sources.toml"


def test_a_type_without_its_file_is_refused(home: Path) -> None:
    (home / "types" / "birth" / "type.toml").unlink()
    assert refusal(home) == "birth/type.toml: cannot be read"


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("departments.toml", "019X", "0190", "uscc: not a unified"),
        ("departments.toml", ', en = "Public Security Bureau of Example City"', "", "names.en"),
        ("departments.toml", "[public_security]", "[public_security]\nmotto = 'x'", "motto"),
        ("departments.toml", "[public_security]", "[Public-Security]", "code"),
        ("departments.toml", "[public_security]", "[[", "not TOML"),
        ("departments.toml", "[public_security]", "stray = 'x'\n[public_security]", "not TOML"),
        ("sources.toml", ', en = "register of marriages"', "", "marriage.en: missing"),
        ("sources.toml", "marriage = ", "Marriage = ", "string_pattern_mismatch"),
        ("common.toml", "[[facts]]", "[[maxims]]", "maxims: unknown"),
        ("common.toml", "[[facts]]", "[facts]]", "not TOML"),
    ],
)
def test_what_is_wrong_beside_the_types_is_refused_too(
    home: Path, file: str, old: str, new: str, said: str
) -> None:
    edit(home / file, old, new)
    words = refusal(home)
    assert words.startswith(f"{file}: ")
    assert said in words


@pytest.mark.parametrize("file", ["departments.toml", "sources.toml", "common.toml"])
def test_data_that_are_not_there_are_refused(home: Path, file: str) -> None:
    (home / file).unlink()
    assert refusal(home) == f"{file}: cannot be read"


def test_an_unknown_type_has_its_own_code(office: Office) -> None:
    with pytest.raises(CertificateError) as refused:
        office.catalogue.get("moon_landing")
    assert refused.value.code is ErrorCode.TYPE_UNKNOWN


def test_a_type_may_bring_a_page_of_its_own(home: Path, tmp_path: Path) -> None:
    folder = home / "types" / "household_registration"
    page = (
        '#import "/layout/certificate.typ": certificate\n#let page(data) = certificate(data)[页]\n'
    )
    (folder / "template.typ").write_text(page, encoding="utf-8")
    office = Office(tmp_path / "keys", home=home)
    assert office.catalogue.get(HOUSEHOLD).template == f"/types/{HOUSEHOLD}/template.typ"
    assert office.catalogue.get("veteran").template == "/layout/standard.typ"
    assert office.maker.make(order()).pdf.startswith(b"%PDF-1.7")
