"""A newcomer's own photograph in the sandbox's registry."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image

from sandbox.departments.population import seed
from sandbox.departments.population.own import CITIZEN, SIZE, main, own_photographs


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "me.png"
    Image.new("RGB", (900, 700), "grey").save(path)
    return path


def kept(tmp_path: Path, *words: str) -> int:
    return main([f"--portraits={tmp_path}", *words])


def test_the_registry_begins_with_it(
    tmp_path: Path, photo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seed, "photographs", lambda *_: {CITIZEN: b"sample"})

    assert kept(tmp_path, f"--photo={photo}") == 0

    [held] = [one for one in seed.whole_seed(portraits=tmp_path).persons if one["photo"]]
    assert held["citizen_number"] == CITIZEN
    assert Image.open(io.BytesIO(held["photo"])).size == SIZE


def test_it_can_be_taken_away(tmp_path: Path, photo: Path) -> None:
    kept(tmp_path, f"--photo={photo}")
    assert kept(tmp_path, "--remove") == 0
    assert own_photographs(tmp_path) == {}


@pytest.mark.parametrize("number", ["990101199001010019", "../../etc/passwd"])
def test_nobody_gets_one_who_is_not_there(tmp_path: Path, photo: Path, number: str) -> None:
    assert kept(tmp_path, f"--photo={photo}", f"--citizen-number={number}") == 2
    assert own_photographs(tmp_path) == {}


def test_what_is_no_picture_or_too_small_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "note.jpg").write_text("no picture")
    Image.new("RGB", (100, 100)).save(tmp_path / "small.png")

    assert kept(tmp_path, f"--photo={tmp_path / 'note.jpg'}") == 2
    assert kept(tmp_path, f"--photo={tmp_path / 'small.png'}") == 2
    told = capsys.readouterr().err
    assert "note.jpg is not a picture" in told
    assert "small.png is smaller" in told
