"""Benefit rules are data: one is in force or nothing is paid, and a wrong one is never used."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from app.settlement.benefits.errors import BasketRefused, DataRefused, Reason, RuleMissing
from app.settlement.benefits.rule import Visit
from app.settlement.benefits.rules import HOME, RuleBook

Edit = Callable[[Path], object]
BOOK = RuleBook()
SPOILT_RULE = Path("qingchuan-employee-pharmacy") / "2026.1"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """One rule in its three versions, to be spoilt."""
    name = "qingchuan-employee-pharmacy"
    shutil.copytree(HOME / name, tmp_path / "rules" / name)
    return tmp_path / "rules"


def test_two_regions_have_rules_for_three_schemes_and_two_kinds_of_visit() -> None:
    today = date(2026, 11, 29)
    for region in ("990100", "990200"):
        for scheme in ("employee", "resident", "flexible"):
            for visit in Visit:
                rule = BOOK.find(region=region, scheme=scheme, visit=visit, on=today)
                assert rule.about == (region, scheme, visit)
                assert not rule.has_ended(today)


@pytest.mark.parametrize(
    ("on", "version"),
    [
        (date(2025, 1, 1), "2025.1"),
        (date(2025, 12, 31), "2025.1"),
        (date(2026, 1, 1), "2026.1"),
        (date(2026, 6, 30), "2026.1"),
        (date(2026, 7, 1), "2026.2"),
        (date(2030, 1, 1), "2026.2"),
    ],
)
def test_a_version_counts_from_its_first_day_to_its_last(on: date, version: str) -> None:
    found = BOOK.find(region="990100", scheme="employee", visit=Visit.PHARMACY, on=on)
    assert found.title == f"qingchuan-employee-pharmacy/{version}"


@pytest.mark.parametrize(
    ("region", "scheme", "on"),
    [
        ("990100", "employee", date(2024, 12, 31)),
        ("990300", "employee", date(2026, 3, 1)),
        ("990100", "military", date(2026, 3, 1)),
        ("", "", date(2026, 3, 1)),
    ],
)
def test_where_no_rule_is_in_force_nothing_is_paid(region: str, scheme: str, on: date) -> None:
    with pytest.raises(RuleMissing):
        BOOK.find(region=region, scheme=scheme, visit=Visit.PHARMACY, on=on)


def test_a_book_without_rules_refuses_everybody(tmp_path: Path) -> None:
    book = RuleBook(tmp_path)
    assert book.all() == ()
    with pytest.raises(RuleMissing):
        book.find(region="990100", scheme="employee", visit=Visit.PHARMACY, on=date(2026, 3, 1))


def test_a_rule_tells_the_digest_of_its_file() -> None:
    rule = BOOK.titled("qingchuan-employee-pharmacy/2026.1")
    body = (HOME / SPOILT_RULE / "rule.toml").read_bytes()
    assert rule.sha256 == hashlib.sha256(body).hexdigest()


def test_a_rule_no_longer_in_force_is_found_by_its_title() -> None:
    assert BOOK.titled("qingchuan-employee-outpatient/2025.1").data.valid_to == date(2025, 12, 31)
    with pytest.raises(KeyError):
        BOOK.titled("qingchuan-employee-outpatient/1999.1")


def test_every_rule_is_listed_once_by_title() -> None:
    titles = [rule.title for rule in BOOK.all()]
    assert titles == sorted(set(titles))
    assert titles == sorted(
        f"{path.parent.name}/{path.name}" for path in HOME.glob("*/*") if path.is_dir()
    )


@pytest.mark.parametrize(
    ("age", "from_age"), [(0, 0), (17, 0), (18, 18), (59, 18), (60, 60), (150, 60)]
)
def test_age_decides_by_whole_years(age: int, from_age: int) -> None:
    rule = BOOK.titled("qingchuan-resident-pharmacy/2026.1")
    assert rule.for_age(age).from_age == from_age


@pytest.mark.parametrize("age", [-1, 151, True])
def test_what_is_no_age_is_refused(age: int) -> None:
    with pytest.raises(BasketRefused) as refused:
        BOOK.all()[0].for_age(age)
    assert refused.value.reason is Reason.AGE


def test_a_standing_never_goes_below_nothing_when_a_rule_was_lowered() -> None:
    group = BOOK.titled("qingchuan-employee-pharmacy/2026.2").for_age(30)
    where = group.standing(
        deductible=group.deductible + 1, fund=group.cap + 1, beyond=7, account=1, mutual=2
    )
    assert (where.deductible_left, where.cap_left, where.beyond) == (0, 0, 7)
    assert (where.account, where.mutual) == (1, 2)
    fresh = group.standing(deductible=1, fund=2, beyond=0, account=0, mutual=0)
    assert (fresh.deductible_left, fresh.cap_left) == (group.deductible - 1, group.cap - 2)


def toml(old: str, new: str, *, file: str = "rule.toml") -> Edit:
    def edit(folder: Path) -> None:
        path = folder / file
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")

    return edit


def golden(old: str, new: str) -> Edit:
    return toml(old, new, file="golden.toml")


def no_cases(folder: Path) -> None:
    (folder / "golden.toml").write_text("case = []\n", encoding="utf-8")


SPOILT: list[tuple[Edit, str]] = [
    (toml("cap = 400000", "cap = -1"), "groups.0.cap"),
    (toml("cap = 400000", "cap = 4000.00"), "groups.0.cap"),
    (toml("account_pays = true", 'account_pays = "yes"'), "account_pays"),
    (toml("account_pays = true\n", ""), "account_pays: missing"),
    (toml("account_pays = true", "account_pays = true\nsurprise = 1"), "surprise"),
    (toml('visit = "pharmacy"', 'visit = "spa"'), "visit"),
    (toml('region = "990100"', 'region = "99"'), "region"),
    (toml("valid_from", "valid_to = 2025-06-30\nvalid_from"), "valid_to: before valid_from"),
    (toml("valid_from = 2026-01-01", "valid_from = 2026-07-01"), "valid_from: that of 2026."),
    (toml("valid_from = 2026-01-01", 'valid_from = "2026-01-01"'), "valid_from"),
    (toml('scheme = "employee"', 'scheme = "Employee"'), "scheme"),
    (toml("from_age = 0", "from_age = 1"), "groups: not from 0 ascending"),
    (toml("from_age = 60", "from_age = 0"), "groups: not from 0 ascending"),
    (toml("upto = 200000, ", ""), "groups: bands"),
    (toml("{ ratio_bp = 7000 }", "{ ratio_bp = 70000 }"), "groups: bands"),
    (toml("ratio_bp = 6000", "ratio_bp = 6500"), "comes out otherwise"),
    (toml("deductible = 30000", "deductible = 20000"), "comes out otherwise"),
    (toml("mutual_pays = true", "mutual_pays = false"), "comes out otherwise"),
    (toml('version = "2026.1"', 'version = "2026.9"'), "not the folders'"),
    (lambda folder: (folder / "rule.toml").write_text("= ="), "not TOML"),
    (lambda folder: (folder / "rule.toml").write_bytes(b"\xff"), "not TOML"),
    (lambda folder: (folder / "rule.toml").write_text("#" * 70_000), "too large"),
    (lambda folder: (folder / "rule.toml").unlink(), "cannot be read"),
    (lambda folder: (folder / "golden.toml").unlink(), "cannot be read"),
    (lambda folder: (folder / "golden.toml").write_text("= ="), "not TOML"),
    (golden("fund = 4000,", "fund = 4001,"), "comes out otherwise"),
    (golden("amount = 12000", "amount = 0"), "amount"),
    (golden("says =", "said ="), "case.0"),
    (golden("age = 60", "age = 59"), "golden.toml"),
    (no_cases, "no case for"),
]


@pytest.mark.parametrize(("spoil", "reason"), SPOILT, ids=range(len(SPOILT)))
def test_what_is_wrong_in_a_folder_is_found_at_the_start_and_named(
    home: Path, spoil: Edit, reason: str
) -> None:
    spoil(home / SPOILT_RULE)
    with pytest.raises(DataRefused, match=r"^qingchuan-employee-pharmacy/2026") as refused:
        RuleBook(home)
    assert reason in str(refused.value)


def keep(*, sorts: tuple[str, ...]) -> Edit:
    """Keep only cases whose words hold one of these."""

    def edit(folder: Path) -> None:
        path = folder / "golden.toml"
        head, *cases = path.read_text(encoding="utf-8").split("[[case]]")
        kept = [case for case in cases if any(sort in case for sort in sorts)]
        path.write_text("[[case]]".join([head, *kept]), encoding="utf-8")

    return edit


@pytest.mark.parametrize(
    ("sorts", "missing"),
    [
        (("Deductible met", "Forty"), "deductible"),
        (("Deductible met", "first purchase"), "cap"),
        (("below the deductible",), "age 60"),
    ],
)
def test_each_sort_of_case_must_be_there(home: Path, sorts: tuple[str, ...], missing: str) -> None:
    keep(sorts=sorts)(home / SPOILT_RULE)
    with pytest.raises(DataRefused, match=f"no case for {missing}"):
        RuleBook(home)


def test_a_version_that_ended_does_not_give_back_to_an_older_one(home: Path) -> None:
    toml("valid_from", "valid_to = 2026-08-31\nvalid_from")(home / SPOILT_RULE.parent / "2026.2")
    book = RuleBook(home)

    def find(on: date) -> str:
        asked = {"region": "990100", "scheme": "employee"}
        return book.find(**asked, visit=Visit.PHARMACY, on=on).data.version

    assert find(date(2026, 8, 31)) == "2026.2"
    with pytest.raises(RuleMissing):
        find(date(2026, 9, 1))


def test_a_rule_may_be_for_one_day(home: Path) -> None:
    toml("valid_from", "valid_to = 2026-07-01\nvalid_from")(home / SPOILT_RULE.parent / "2026.2")
    found = RuleBook(home).titled("qingchuan-employee-pharmacy/2026.2")
    assert not found.has_ended(date(2026, 7, 1))
    assert found.has_ended(date(2026, 7, 2))


def test_a_deductible_of_one_age_alone_needs_its_case_too(tmp_path: Path) -> None:
    home = tmp_path / "rules"
    place = Path("qingchuan-resident-pharmacy") / "2026.1"
    shutil.copytree(HOME / place, home / place)
    assert {group.deductible == 0 for group in RuleBook(home).all()[0].groups} == {True, False}
    keep(sorts=("Deductible met", "Forty"))(home / place)
    with pytest.raises(DataRefused, match="no case for deductible"):
        RuleBook(home)


def test_a_rule_of_another_name_may_not_be_about_the_same(home: Path) -> None:
    source, copy = home / SPOILT_RULE, home / "qingchuan-copy" / "2026.1"
    shutil.copytree(source, copy)
    toml('id = "qingchuan-employee-pharmacy"', 'id = "qingchuan-copy"')(copy)
    toml("valid_from = 2026-01-01", "valid_from = 2029-01-01")(copy)
    with pytest.raises(DataRefused, match="is about the same"):
        RuleBook(home)


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataRefused, match="not a folder"):
        RuleBook(tmp_path / "nowhere")
