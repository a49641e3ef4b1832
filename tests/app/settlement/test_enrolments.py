"""Who is insured where: told by a file, the same however often it comes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import structlog
from sqlalchemy import select

from app.commands import main
from app.settlement.models.enrolment import AccountCredit, Enrolment
from app.settlement.models.ledger import LedgerAccount
from app.settlement.service.enrolment.importing import ImportReport
from app.settlement.service.enrolment.records import age_on
from app.wiring.settlement import build_crediting, build_enrolment
from tests.app.settlement.steps import sound
from tests.app.world import World, citizen_number


def record(serial: int = 1, **changes: Any) -> dict[str, Any]:
    return {
        "citizen_number": citizen_number(serial=serial),
        "name": "张伟",
        "region": "990100",
        "scheme": "employee",
        "since": "2026-01-01",
        "opening_fen": 15_000,
        "monthly_fen": 4_000,
        **changes,
    }


def written(tmp_path: Path, *lines: object) -> Path:
    path = tmp_path / "enrolments.ndjson"
    texts = [line if isinstance(line, str) else json.dumps(line) for line in lines]
    path.write_text("\n".join(texts) + "\n", encoding="utf-8")
    return path


def load(world: World, path: Path, *, dry_run: bool = False) -> ImportReport:
    return build_enrolment(world.shared).run(path, dry_run=dry_run)


def balances(world: World) -> list[int]:
    query = select(LedgerAccount.posted).where(LedgerAccount.kind == "own")
    with world.database.separate() as tx:
        return sorted(tx.scalars(query))


def enrolments(world: World) -> list[Enrolment]:
    with world.database.separate() as tx:
        return list(tx.scalars(select(Enrolment).order_by(Enrolment.since)))


def test_a_file_that_comes_twice_changes_nothing_the_second_time(
    world: World, tmp_path: Path
) -> None:
    path = written(tmp_path, record(1), record(2, name="王芳"))
    first, second = load(world, path), load(world, path)
    assert (first.enrolled, first.credited_fen) == (2, 30_000)
    assert asdict(second) | {"unchanged": 0} == asdict(ImportReport(dry_run=False))
    assert second.unchanged == 2
    assert balances(world) == [15_000, 15_000]
    sound(world)


def test_a_dry_run_tells_and_does_nothing(world: World, tmp_path: Path) -> None:
    report = load(world, written(tmp_path, record()), dry_run=True)
    assert (report.enrolled, report.credited_fen) == (1, 15_000)
    assert (enrolments(world), balances(world)) == ([], [])


def test_who_moves_is_insured_in_one_place_at_a_time(world: World, tmp_path: Path) -> None:
    load(world, written(tmp_path, record()))
    moved = record(region="990200", since="2026-07-01")
    assert load(world, written(tmp_path, moved)).moved == 1
    before, after = enrolments(world)
    assert (before.until, after.until) == (date(2026, 7, 1), None)
    assert balances(world) == [15_000]
    late = record(region="990100", since="2026-03-01")
    assert load(world, written(tmp_path, late)).refusals == [{"line": 1, "reason": "overlaps"}]


def test_an_amount_or_an_end_can_be_changed(world: World, tmp_path: Path) -> None:
    load(world, written(tmp_path, record()))
    changed = record(until="2026-12-01", monthly_fen=5_000)
    assert load(world, written(tmp_path, changed)).changed == 1
    (row,) = enrolments(world)
    assert (row.until, row.monthly_fen) == (date(2026, 12, 1), 5_000)


WRONG: tuple[tuple[object, str], ...] = (
    (record(citizen_number="999999199003070010"), "invalid:citizen_number"),
    (record(citizen_number="9" * 17), "invalid:citizen_number"),
    (record(region="9901"), "invalid:region"),
    (record(scheme="Employee!"), "invalid:scheme"),
    (record(scheme="nobody"), "no_rule_for_place"),
    (record(since="yesterday"), "invalid:since"),
    (record(until="2026-01-01"), "invalid"),
    (record(opening_fen=-1), "invalid:opening_fen"),
    (record(opening_fen="5"), "invalid:opening_fen"),
    (record(monthly_fen=10**9), "invalid:monthly_fen"),
    (record(more=1), "invalid:more"),
    (record(name=""), "invalid:name"),
    ("[]", "invalid"),
    ("{", "invalid"),
    ('{"name": "' + "x" * 5_000 + '"}', "line_too_long"),
)


def test_a_line_that_is_refused_hinders_no_other(world: World, tmp_path: Path) -> None:
    lines = [line for line, _ in WRONG]
    report = load(world, written(tmp_path, record(8), *lines, "", record(9)))
    assert (report.enrolled, report.refused) == (2, len(WRONG))
    assert report.refusals == [
        {"line": n, "reason": reason} for n, (_, reason) in enumerate(WRONG, start=2)
    ]


def test_a_month_is_credited_once(world: World, tmp_path: Path) -> None:
    load(
        world, written(tmp_path, record(1), record(2, monthly_fen=0), record(3, until="2026-02-01"))
    )
    crediting = build_crediting(world.shared)
    first, again = (crediting.credit_month(date(2026, 11, 9)) for _ in range(2))
    assert first == {"credited": 1, "before": 0, "fen": 4_000}
    assert again == {"credited": 0, "before": 1, "fen": 0}
    assert balances(world) == [15_000, 15_000, 19_000]
    with world.database.separate() as tx:
        periods = tx.scalars(select(AccountCredit.period)).all()
    assert sorted(periods) == ["2026-11", "opening", "opening", "opening"]
    sound(world)


@pytest.mark.parametrize(
    ("day", "age"), [(date(2026, 3, 6), 35), (date(2026, 3, 7), 36), (date(2027, 1, 1), 36)]
)
def test_age_is_in_whole_years(day: date, age: int) -> None:
    assert age_on(date(1990, 3, 7), day) == age


@pytest.fixture
def here(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    settings = world.settings
    for name, value in {
        "DATABASE_URL": settings.database_url.get_secret_value(),
        "REDIS_URL": settings.redis_url.get_secret_value(),
        "POPULATION_URL": settings.population_url,
        "POPULATION_TOKEN": settings.population_token.get_secret_value(),
        "VAR_DIR": str(settings.var_dir),
    }.items():
        monkeypatch.setenv(name, value)
    yield
    structlog.reset_defaults()


@pytest.mark.usefixtures("here")
def test_the_operator_enrols_credits_and_verifies(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(*words: str) -> Any:
        capsys.readouterr()
        assert main(words) == 0
        return json.loads(capsys.readouterr().out)

    path = str(written(tmp_path, record()))
    assert run("import-enrolments", path, "--dry-run")["enrolled"] == 1
    assert run("import-enrolments", path)["enrolled"] == 1
    assert run("credit-accounts", "--month", "2026-11")["credited"] == 1
    report = run("verify-ledger")
    assert (report["intact"], report["transactions"]) == (True, 2)
    assert run("verify-ledger", "--anchor", report["head"])["anchor_found"] is True
    assert run("verify-ledger", "--anchor", "0" * 64)["intact"] is False
    assert main(["import-enrolments", str(tmp_path / "nowhere")]) == 1
    assert "IMPORT_FILE_UNREADABLE" in capsys.readouterr().err
    assert main(["resolve-settlements"]) == 1
    assert "CASH_PROVIDER_ABSENT" in capsys.readouterr().err
