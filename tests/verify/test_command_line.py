import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.verify import pictures
from tests.verify.conftest import ROOT
from verify.__main__ import main

MODELS = ["--models", str(ROOT / "var" / "models")]


def test_two_photographs_of_one_man_are_the_same(portraits: Path) -> None:
    photos = [str(portraits / name) for name in ("obama.jpg", "obama2.jpg")]
    done = subprocess.run(  # noqa: S603 - our own interpreter and files
        [sys.executable, "-m", "verify", "compare", *photos, *MODELS],
        cwd=ROOT,
        capture_output=True,
        check=False,
        text=True,
    )
    answer = json.loads(done.stdout)
    assert (done.returncode, answer["result"], answer["reasons"]) == (0, "same", [])
    assert answer["anchor"] == 95
    assert answer["anchors"] == {"60": True, "80": True, "90": True, "95": True}
    assert "score" not in done.stdout


def test_two_men_are_different(portraits: Path, capsys: pytest.CaptureFixture[str]) -> None:
    photos = [str(portraits / name) for name in ("obama.jpg", "biden.jpg")]
    assert main(["compare", *photos, *MODELS]) == 1
    answer = json.loads(capsys.readouterr().out)
    assert (answer["result"], answer["reasons"]) == ("different", ["DIFFERENT_PERSON"])
    assert answer["anchor"] == 0


def test_a_picture_without_a_face_gets_no_answer(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "wall.jpg").write_bytes(pictures.jpeg(pictures.plain(300, 300)))
    wall = str(tmp_path / "wall.jpg")
    assert main(["compare", wall, wall, *MODELS]) == 2
    answer = json.loads(capsys.readouterr().out)
    assert (answer["result"], answer["reasons"]) == ("undecided", ["NO_FACE"])


def test_a_missing_file_gets_no_answer_and_no_path(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    absent = str(tmp_path / "absent.jpg")
    assert main(["compare", absent, absent, *MODELS]) == 2
    printed = capsys.readouterr().out
    assert json.loads(printed)["reasons"] == ["FILE_UNREADABLE"]
    assert "absent" not in printed


def test_missing_models_get_no_answer(
    portraits: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    photo = str(portraits / "obama.jpg")
    assert main(["compare", photo, photo, "--models", str(tmp_path)]) == 2
    assert json.loads(capsys.readouterr().out)["reasons"] == ["MODEL_MISSING"]


def test_a_command_is_required() -> None:
    with pytest.raises(SystemExit) as caught:
        main([])
    assert caught.value.code == 2
