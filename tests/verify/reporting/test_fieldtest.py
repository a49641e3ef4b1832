import json
from pathlib import Path
from typing import Any

import pytest

from verify.__main__ import main
from verify.errors import SheetRefused
from verify.reporting import fieldpage
from verify.reporting.sessions import read_sessions
from verify.reporting.tally import FieldTest, tally

HEADER = "session,person,band,device,light,kind,outcome,retry_code"


def sheet(path: Path, *lines: str) -> Path:
    path.write_text("\n".join([HEADER, *lines]) + "\n", encoding="utf-8")
    return path


def line(
    n: int,
    *,
    person: str = "",
    band: str = "A",
    kind: str = "genuine",
    outcome: str = "passed",
    code: str = "",
) -> str:
    return f"s{n},{person or f'p{n}'},{band},phone,indoor,{kind},{outcome},{code}"


def counted(tmp_path: Path, *lines: str) -> FieldTest:
    return tally(read_sessions(sheet(tmp_path / "sheet.csv", *lines)))


def test_refused_people_and_passed_attacks_are_the_errors(tmp_path: Path) -> None:
    found = counted(
        tmp_path,
        line(1),
        line(2, outcome="refused", code="ACTION_NOT_SEEN"),
        line(3, outcome="uncertain", code="TOO_DARK"),
        line(4, kind="flat_print", outcome="refused"),
        line(5, kind="flat_print"),
        line(6, kind="screen_replay", outcome="uncertain"),
    )
    assert (found.genuine.sessions.errors, found.genuine.sessions.trials) == (1, 3)
    assert found.genuine.uncertain == 1
    assert found.codes == {"ACTION_NOT_SEEN": 1, "TOO_DARK": 1}
    assert "people were told: ACTION_NOT_SEEN 1, TOO_DARK 1" in fieldpage.text(found)
    counts = {
        one.label: (one.sessions.errors, one.sessions.trials, one.uncertain)
        for one in found.families
    }
    assert counts == {"flat_print": (1, 2, 0), "screen_replay": (0, 1, 1)}


def test_the_worst_family_leads(tmp_path: Path) -> None:
    lines = [line(n, kind="flat_print", outcome="refused") for n in range(30)]
    lines += [line(n, kind="bent_print", outcome="refused") for n in range(30, 40)]
    lines += [line(n, kind="mask", outcome="passed") for n in range(40, 44)]
    found = counted(tmp_path, *lines)
    assert [one.label for one in found.families] == ["mask", "bent_print", "flat_print"]


@pytest.mark.parametrize(
    ("count", "errors", "verdict"),
    [
        (299, 0, "cannot support 1 %: needs 300 sessions"),
        (300, 0, "supports 1 %"),
        (300, 1, "does not show 1 %"),
    ],
)
def test_what_the_counts_cannot_support_is_said(
    tmp_path: Path, count: int, errors: int, verdict: str
) -> None:
    lines = [
        line(n, kind="flat_print", outcome="passed" if n < errors else "refused")
        for n in range(count)
    ]
    found = counted(tmp_path, *lines)
    assert found.families[0].verdict == verdict
    assert verdict in fieldpage.text(found)


def test_bands_are_told_apart_for_people_and_attacks(tmp_path: Path) -> None:
    found = counted(
        tmp_path,
        line(1, band="A"),
        line(2, band="B", outcome="refused"),
        line(3, band="B", kind="mask"),
        line(4, band="A", kind="mask", outcome="refused"),
    )
    bands = {one.label: one.sessions.errors for one in found.genuine_by["band"]}
    assert bands == {"A": 0, "B": 1}
    assert {one.label: one.sessions.errors for one in found.families_by_band} == {
        "mask / A": 0,
        "mask / B": 1,
    }


def test_several_sessions_of_a_person_are_not_several_persons(tmp_path: Path) -> None:
    lines = [line(n, person=f"p{n % 60}") for n in range(300)]
    found = counted(tmp_path, *lines)
    assert found.genuine.crowded
    assert (found.genuine.sessions.trials, found.genuine.persons.trials) == (300, 60)
    assert found.genuine.verdict == "supports 3 % by session only"
    text = fieldpage.text(found)
    assert "by person: 0/60" in text
    assert "optimistic" in text


def test_one_session_each_gives_no_warning(tmp_path: Path) -> None:
    found = counted(tmp_path, *(line(n) for n in range(100)))
    assert found.genuine.verdict == "supports 3 %"
    assert "optimistic" not in fieldpage.text(found)
    assert fieldpage.public(found)["crowded"] is False


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("s1,,A,phone,indoor,genuine,passed,", "person"),
        (",p1,A,phone,indoor,genuine,passed,", "session"),
        (f"s1,p1,{'A' * 41},phone,indoor,genuine,passed,", "band"),
        ("s1,p1,A,phone,indoor,Flat Print,passed,", "kind"),
        ("s1,p1,A,phone,indoor,genuine,ok,", "outcome"),
        ("s1,p1,A,phone,indoor,genuine,passed,TOO_DARK", "retry_code"),
        ("s1,p1,A,phone,indoor,genuine,refused,too dark", "retry_code"),
    ],
)
def test_a_wrong_row_is_named(tmp_path: Path, row: str, column: str) -> None:
    with pytest.raises(SheetRefused) as caught:
        read_sessions(sheet(tmp_path / "sheet.csv", line(0), row))
    refused = caught.value
    assert (refused.code, refused.row, refused.column) == ("SHEET_ROW_WRONG", 3, column)


@pytest.mark.parametrize(
    ("row", "column"),
    [(line(1), "session"), (line(2, person="p1", band="B"), "band")],
)
def test_a_sheet_that_contradicts_itself_is_refused(tmp_path: Path, row: str, column: str) -> None:
    with pytest.raises(SheetRefused, match="SHEET_CONTRADICTORY") as caught:
        read_sessions(sheet(tmp_path / "sheet.csv", line(1), row))
    assert (caught.value.row, caught.value.column) == (3, column)


def run(path: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, Any]:
    code = main(["fieldtest", str(path)])
    return code, json.loads(capsys.readouterr().out.splitlines()[-1])


def test_the_command_ends_in_one_line_of_json(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = sheet(tmp_path / "sheet.csv", line(1), line(2, kind="mask", outcome="refused"))
    code, told = run(path, capsys)
    assert (code, told["persons"], told["genuine"]["needs"]) == (0, 2, 100)
    assert told["families"][0]["label"] == "mask"


def test_a_sheet_without_sessions_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, told = run(sheet(tmp_path / "sheet.csv"), capsys)
    assert (code, told["error"]) == (2, "SHEET_EMPTY")
    assert run(tmp_path / "absent.csv", capsys)[1]["error"] == "SHEET_UNREADABLE"
