"""What a registry begins with, and the process that serves it."""

import re
import signal
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.departments.city.citizen_number import check_character, is_citizen_number
from sandbox.departments.population.contract import POPULATION
from sandbox.departments.population.register import Register
from sandbox.departments.population.seed import SEED_FILE, Seed, SeedRefused, read_seed

ROOT = Path(__file__).resolve().parents[2]
PORTRAITS = ROOT / "var" / "portraits"
PERSONS = tomllib.loads(SEED_FILE.read_text(encoding="utf-8"))["person"]

needs_portraits = pytest.mark.skipif(
    not (PORTRAITS / "obama3.jpg").exists(),
    reason="the sample portraits are missing: make setup",
)


def person(**changes: object) -> dict[str, object]:
    usual: dict[str, object] = {
        "citizen_number": "990101198503171010",
        "name": "张明远",
        "status": "alive",
        "photo": b"jpeg",
    }
    return usual | changes


@pytest.mark.parametrize("entry", PERSONS, ids=lambda entry: entry["name"])
def test_every_sandbox_person_is_plausible_and_lives_nowhere_real(entry: dict[str, object]) -> None:
    number = str(entry["citizen_number"])

    assert is_citizen_number(number)
    assert number.startswith("990101")
    assert number[6:14] == str(entry["birth_date"]).replace("-", "")
    assert (int(number[16]) % 2 == 1) == (entry["sex"] == "男")


@given(st.from_regex(re.compile(r"[1-9][0-9]{16}", re.ASCII), fullmatch=True), st.data())
def test_one_wrong_digit_never_passes(seventeen: str, data: st.DataObject) -> None:
    number = seventeen + check_character(seventeen)
    place = data.draw(st.integers(0, 16))
    other = data.draw(st.sampled_from([d for d in "0123456789" if d != number[place]]))

    assert not is_citizen_number(number[:place] + other + number[place + 1 :])


def test_a_day_that_never_was_is_no_birth_date() -> None:
    assert not is_citizen_number("99010119850230101" + check_character("99010119850230101"))


@pytest.mark.parametrize(
    "text",
    ["", "99010119860621102x", "99010119860621102X ", "９９0101198606211020", "0" * 18],
)
def test_other_forms_are_no_citizen_numbers(text: str) -> None:
    assert not is_citizen_number(text)


def test_the_worked_example_of_the_standard_passes() -> None:
    # GB 11643-1999, annex A.
    assert is_citizen_number("11010519491231002X")


@needs_portraits
def test_all_photographs_of_the_seed_can_be_cut() -> None:
    seed = read_seed(portraits=PORTRAITS)

    assert [bool(p["photo"]) for p in seed.persons] == ["portrait" in entry for entry in PERSONS]
    assert seed.digest == read_seed(portraits=PORTRAITS).digest


def test_a_missing_photograph_is_named(tmp_path: Path) -> None:
    with pytest.raises(SeedRefused, match=r"obama3\.jpg is missing"):
        read_seed(portraits=tmp_path)


def test_the_same_seed_is_written_once(tmp_path: Path) -> None:
    register = Register(tmp_path)
    seed = Seed(digest="one", persons=(person(),))

    assert register.fill(seed) is True
    assert Register(tmp_path).fill(seed) is False


def test_a_changed_seed_replaces_everybody(tmp_path: Path) -> None:
    register = Register(tmp_path)
    register.fill(Seed(digest="one", persons=(person(),)))
    number, name = "990101198503171010", "张明远"
    before = register.books.find(POPULATION, subject=number, name=name)

    register.fill(Seed(digest="two", persons=(person(status="deceased"),)))

    after = register.books.find(POPULATION, subject=number, name=name)
    assert [record["status"] for record in before.records] == ["alive"]
    assert [record["status"] for record in after.records] == ["deceased"]
    assert before.version != after.version


def registry(tmp_path: Path, *, portraits: Path, token: str) -> subprocess.Popen[str]:
    module = [sys.executable, "-m", "sandbox.departments.population"]
    return subprocess.Popen(  # noqa: S603 - our own module
        [*module, "--port=0", f"--data={tmp_path}", f"--portraits={portraits}"],
        cwd=ROOT,
        env={"POPULATION_TOKEN": token},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@needs_portraits
def test_the_process_serves_until_it_is_asked_to_stop(tmp_path: Path) -> None:
    with registry(tmp_path, portraits=PORTRAITS, token="secret") as process:
        assert process.stdout is not None
        assert re.search(r"http://127\.0\.0\.1:\d+", process.stdout.readline())
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=20) == 0


def test_the_process_says_what_is_missing(tmp_path: Path) -> None:
    with registry(tmp_path, portraits=tmp_path, token="secret") as process:
        _, told = process.communicate(timeout=60)

    assert process.returncode == 1
    assert "obama3.jpg is missing" in told


@needs_portraits
def test_the_process_does_not_serve_without_a_token(tmp_path: Path) -> None:
    with registry(tmp_path, portraits=PORTRAITS, token="") as process:
        _, told = process.communicate(timeout=60)

    assert process.returncode == 1
    assert "token" in told
