"""The rules of booking are data: read whole, or refused with what is wrong."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.hospital.conduct.rulebook import HOME, RuleBook, RulesRefused, read_versions
from app.hospital.policy import BookingPolicy
from tests.app.hospital.city import CITY
from tests.fakes import FakeClock

SHIPPED = (HOME / "2026-12.toml").read_text(encoding="utf-8")
HOSPITAL = "hos_" + "0" * 26


def book(folder: Path, clock: FakeClock | None = None, **files: str) -> RuleBook:
    for version, body in files.items():
        (folder / f"{version.strip('v').replace('_', '-')}.toml").write_text(body, encoding="utf-8")
    return RuleBook(read_versions(folder), clock=clock or FakeClock())


def version(name: str, begins: str, *, more: str = "") -> str:
    body = SHIPPED.replace('"2026-12"', f'"{name}"')
    return body.replace("valid_from = 2026-01-01", f"valid_from = {begins}") + more


def test_what_is_shipped_is_what_the_city_decided() -> None:
    found = RuleBook(read_versions(), clock=FakeClock()).in_force()
    assert found is not None
    assert found.city == CITY
    assert found.sha256 == hashlib.sha256(SHIPPED.encode()).hexdigest()


def test_a_hospital_has_rules_of_its_own_where_they_differ(tmp_path: Path) -> None:
    own = f"[hospitals.{HOSPITAL}]\nhold_minutes = 8\nreleases_at = 06:30:00\n"
    rules = book(tmp_path, v2026_12=SHIPPED + own)
    expected = replace(
        CITY, hold=timedelta(minutes=8), releases_at=datetime(2026, 1, 1, 6, 30, tzinfo=UTC).time()
    )
    assert rules.for_hospital(HOSPITAL) == expected
    assert rules.for_hospital("hos_" + "1" * 26) == CITY


def test_a_version_takes_over_on_its_first_day_in_china(tmp_path: Path) -> None:
    clock = FakeClock(datetime(2026, 11, 23, 15, 59, tzinfo=UTC))
    new = version("2027-01", "2026-11-24").replace("offer_minutes = 30", "offer_minutes = 20")
    rules = book(tmp_path, clock, v2026_12=SHIPPED, v2027_01=new)
    assert rules.for_hospital(HOSPITAL).offer == timedelta(minutes=30)
    clock.advance(minutes=1)
    assert rules.for_hospital(HOSPITAL).offer == timedelta(minutes=20)
    assert rules.for_hospital(HOSPITAL).version == "2027-01"


def test_before_the_first_version_nothing_can_be_booked(tmp_path: Path) -> None:
    rules = book(tmp_path, v2027_01=version("2027-01", "2027-01-01"))
    assert rules.for_hospital(HOSPITAL) == BookingPolicy()


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("hold_minutes = 10", "hold_minutes = 11", "hold_minutes: less_than_equal"),
        ("hold_minutes = 10", 'hold_minutes = "10"', "hold_minutes: int_type"),
        ("hold_minutes = 10", "", "hold_minutes: missing"),
        ("[city]", "[city]\nsecret = 1", "secret: extra_forbidden"),
        ("no_shows = 3", "no_shows = 0", "no_shows: greater_than_equal"),
        ('version = "2026-12"', 'version = "newest"', "version: string_pattern_mismatch"),
        ('version = "2026-12"', 'version = "2026-11"', "version: not the file's name"),
        ("[city]", "[city", "not TOML"),
        ("[city]", "[hospitals.x]\n[city]", "string_pattern_mismatch"),
        ("[city]", f"[hospitals.{HOSPITAL}]\nhold = 1\n[city]", "hold: extra_forbidden"),
    ],
)
def test_a_file_that_is_wrong_is_refused_by_its_fault(
    tmp_path: Path, old: str, new: str, why: str
) -> None:
    assert old in SHIPPED
    with pytest.raises(RulesRefused, match=why) as refused:
        book(tmp_path, v2026_12=SHIPPED.replace(old, new, 1))
    assert str(refused.value).startswith("2026-12.toml: ")


def test_a_folder_without_rules_or_with_two_of_one_day_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RulesRefused, match="no file"):
        read_versions(tmp_path)
    with pytest.raises(RulesRefused, match="two versions begin on one day"):
        book(tmp_path, v2026_12=SHIPPED, v2027_01=version("2027-01", "2026-01-01"))


def test_a_file_that_is_too_large_or_not_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "2026-12.toml").write_bytes(b"#" * (256 * 1024 + 1))
    with pytest.raises(RulesRefused, match="too large"):
        read_versions(tmp_path)
    (tmp_path / "2026-12.toml").write_bytes(b"\xff")
    with pytest.raises(RulesRefused, match="not TOML"):
        read_versions(tmp_path)
