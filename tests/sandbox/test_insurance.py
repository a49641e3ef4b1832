"""The insurance office's file: everybody who lives, once, as the import takes it."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.settlement.benefits.rules import RuleBook
from app.settlement.service.enrolment.records import EnrolmentRecord, read_records
from launch.insurance import enrolment_file
from launch.stage import CITIZEN
from sandbox.departments.city.city import city
from sandbox.insurance.__main__ import main


@pytest.fixture
def records(tmp_path: Path) -> list[EnrolmentRecord]:
    found = [record for _, record in read_records(enrolment_file(tmp_path))]
    taken = [one for one in found if isinstance(one, EnrolmentRecord)]
    assert taken == found
    return taken


def test_everybody_who_lives_is_insured_once_where_there_is_a_rule(
    records: list[EnrolmentRecord],
) -> None:
    living = {one.number: one.name for one in city().citizens if one.alive}
    assert {one.citizen_number: one.name for one in records} == living
    assert len(records) == len(living) < len(city().citizens)
    places = {(rule.data.region, rule.data.scheme) for rule in RuleBook().all()}
    assert {(one.region, one.scheme) for one in records} <= places


def test_who_works_is_insured_with_it_and_has_an_account(records: list[EnrolmentRecord]) -> None:
    jobs = {job.person: job for job in city().jobs}
    for one in records:
        job = jobs.get(one.citizen_number)
        assert one.scheme == ("resident" if job is None else "employee")
        assert (one.opening_fen > 0) == (job is not None)
        if job is not None:
            assert (one.since, one.monthly_fen) == (job.since, job.base_yuan * 2)
    assert CITIZEN.citizen_number in jobs


def test_the_file_is_the_same_each_time_and_for_its_owner_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = enrolment_file(tmp_path)
    first = path.read_text(encoding="utf-8")
    assert enrolment_file(tmp_path).read_text(encoding="utf-8") == first
    assert path.stat().st_mode & 0o777 == 0o600
    assert main() == 0
    assert capsys.readouterr().out == first
