import argparse
import json
from pathlib import Path
from typing import Any

import pytest

from tests.verify.calibration.synthetic import describe, write_pairs, write_people
from tests.verify.conftest import ROOT
from verify.__main__ import main
from verify.cli import calibrate
from verify.defaults import DEFAULT_POLICY
from verify.policy import file

MODELS = ["--models", str(ROOT / "var" / "models")]


@pytest.fixture
def people(tmp_path: Path) -> Path:
    """A list of 90 persons whose faces are numbers."""
    names = write_people(tmp_path, persons=90)
    return write_pairs(tmp_path / "pairs.csv", *(f"{a},{b},1," for a, b in names))


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, Any]:
    """Run the command on faces made of numbers."""
    parser = argparse.ArgumentParser()
    calibrate.add_parser(parser.add_subparsers())
    code = calibrate.run(parser.parse_args(["calibrate", *arguments]), lambda _: describe)
    return code, json.loads(capsys.readouterr().out.splitlines()[-1])


def test_the_command_ends_in_one_line_of_json(
    people: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, told = run(capsys, str(people), "--cross")
    assert (code, told["persons"], told["impostor_pairs"]) == (0, 90, 16_020)
    assert told["policy"] is None


def test_the_command_writes_the_policy_and_the_plot_it_was_asked_for(
    people: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, plot = tmp_path / "policy.json", tmp_path / "rates.svg"
    wanted = ["--out", str(out), "--name", "city-1", "--rate", "1e-3", "--date", "2026-11-25"]
    code, told = run(capsys, str(people), "--cross", *wanted, "--plot", str(plot))
    policy = file.load(out, base=DEFAULT_POLICY)
    assert (code, told["policy"]) == (0, policy.version)
    assert json.loads(out.read_text())["source"]["date"] == "2026-11-25"
    assert plot.read_text().startswith("<svg ")


def test_a_policy_the_pairs_do_not_support_is_refused(
    people: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "policy.json"
    code, told = run(capsys, str(people), "--cross", "--out", str(out), "--name", "city-1")
    assert (code, told) == (2, {"error": "RATE_NOT_SUPPORTED", "needs": 30_000})
    assert not out.exists()


def test_a_policy_needs_a_name(
    people: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, told = run(capsys, str(people), "--out", str(tmp_path / "policy.json"))
    assert (code, told) == (2, {"error": "POLICY_FIELD_MISSING", "where": "name"})
    wanted = ["--rate", "1e-3", "--name", "a b", "--out", str(tmp_path / "policy.json")]
    code, told = run(capsys, str(people), "--cross", *wanted)
    assert (code, told) == (2, {"error": "POLICY_VALUE_WRONG", "where": "name"})


def test_a_folder_that_cannot_be_written_is_said(
    people: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plot = str(tmp_path / "absent" / "rates.svg")
    assert run(capsys, str(people), "--plot", plot) == (2, {"error": "FILE_UNREADABLE"})


def test_a_wrong_list_is_named_by_row(people: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_pairs(people, "p0/0.jpg,p0/1.jpg,1,", "p0/0.jpg,p1/1.jpg,maybe,")
    code, told = run(capsys, str(people))
    assert code == 2
    assert told == {"error": "SHEET_ROW_WRONG", "row": 3, "column": "same"}


def test_missing_models_are_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sheet = write_pairs(tmp_path / "pairs.csv", "a,b,1,")
    assert main(["calibrate", str(sheet), "--models", str(tmp_path)]) == 2
    assert json.loads(capsys.readouterr().out) == {"error": "MODEL_MISSING"}


@pytest.mark.model
def test_real_portraits_come_out_right(
    optional_faces: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = (optional_faces / "pairs.csv").read_text().splitlines()
    few = [line for line in lines[1:] if line[0] == "1"][:6]
    sheet = write_pairs(tmp_path / "pairs.csv", *few, header=lines[0])
    code = main(["calibrate", str(sheet), "--root", str(optional_faces), "--cross", *MODELS])
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    in_force = next(one for one in told["table"] if one["threshold"] == DEFAULT_POLICY.match.same)
    assert (code, told["unusable"]) == (0, {})
    assert in_force["fmr"]["errors"] == in_force["fnmr"]["errors"] == 0
    assert in_force["fnmr"]["trials"] >= 6
    assert [one["supported"] for one in told["thresholds"]] == [False] * 4
