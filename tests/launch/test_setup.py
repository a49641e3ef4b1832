"""The virtual environment, the API's environment, the helper packages."""

import shutil
import subprocess
from pathlib import Path

import pytest

from launch.bootstrap import prepare
from launch.debian import missing_helpers
from launch.environment import Connections, api_environment, service_options, var_folder
from tests.launch.conftest import ROOT

CONNECTIONS = Connections(
    database_url="postgresql+psycopg://there/x",
    redis_url="unix:///there.sock",
    departments={
        "POPULATION_URL": "http://127.0.0.1:9",
        "POPULATION_TOKEN": "token",
        "VETERANS_DROPS": "/v/departments/veterans/drops",
    },
)


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project without requirements, in a path with a space, made ready once."""
    folder = tmp_path_factory.mktemp("a checkout")
    require(folder, "# nothing")
    (folder / "requirements-dev.txt").write_text("-r requirements.txt\n")
    assert prepare(folder, kind="runtime") is True
    return folder


@pytest.fixture(autouse=True)
def no_index(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")


def require(folder: Path, line: str) -> None:
    (folder / "requirements.txt").write_text(f"{line}\n")


def test_nothing_is_done_twice(checkout: Path) -> None:
    require(checkout, "# not twice")

    assert prepare(checkout, kind="runtime") is True
    assert prepare(checkout, kind="runtime") is False


def test_the_tools_contain_the_runtime(checkout: Path) -> None:
    require(checkout, "# with tools")

    assert prepare(checkout, kind="dev") is True
    assert prepare(checkout, kind="runtime") is False


def test_the_runtime_does_not_contain_the_tools(checkout: Path) -> None:
    require(checkout, "# without tools")

    assert prepare(checkout, kind="runtime") is True
    assert prepare(checkout, kind="dev") is True


def test_a_failed_installation_is_not_taken_for_done(checkout: Path) -> None:
    require(checkout, "zero-run-no-such-package==1")

    for _ in range(2):
        with pytest.raises(subprocess.CalledProcessError):
            prepare(checkout, kind="runtime")


def test_an_environment_that_was_moved_is_made_anew(checkout: Path, tmp_path: Path) -> None:
    require(checkout, "# to be moved")
    prepare(checkout, kind="runtime")
    moved = tmp_path / "elsewhere"
    shutil.copytree(checkout, moved, symlinks=True)

    assert prepare(moved, kind="runtime") is True
    assert str(moved) in (moved / "var" / "venv" / "pyvenv.cfg").read_text()


def test_the_launcher_decides_where_things_are_and_the_caller_the_rest() -> None:
    given = {
        "DATABASE_URL": "given",
        "VAR_DIR": "given",
        "FACE_WORKERS": "1",
        "RATE_CODES": "",
        "HOME": "/somewhere",
    }

    made = api_environment(given, var=Path("/v"), port=8123, connections=CONNECTIONS)

    assert made["DATABASE_URL"] == "postgresql+psycopg://there/x"
    assert made["VAR_DIR"] == "/v"
    assert made["PUBLIC_URL"] == "http://127.0.0.1:8123"
    assert made["FACE_WORKERS"] == "1"
    assert made["RATE_CODES"].endswith("per minute")
    assert made["HOME"] == "/somewhere"


def test_every_name_the_launcher_sets_is_documented() -> None:
    made = api_environment({}, var=Path("/v"), port=1, connections=CONNECTIONS)
    documented = (ROOT / ".env.example").read_text(encoding="utf-8")

    assert [name for name in made if f"\n{name}=" not in documented] == []


def test_servers_and_programs_can_be_given() -> None:
    options = service_options({"DATABASE_URL": "d", "REDIS_BIN": "/r", "POSTGRES_BIN": ""})

    assert (options.database_url, options.redis_url) == ("d", "")
    assert (options.redis_bin, options.postgres_bin) == (Path("/r"), None)
    assert options.durable


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, "/c/var"),
        ({"VAR_DIR": ""}, "/c/var"),
        ({"VAR_DIR": "/x"}, "/x"),
        ({"VAR_DIR": "y"}, "/c/y"),
    ],
)
def test_var_lies_in_the_checkout_unless_it_is_given(given: dict[str, str], expected: str) -> None:
    assert var_folder(Path("/c"), given) == Path(expected)


def test_only_missing_packages_are_asked_for(tmp_path: Path) -> None:
    (tmp_path / "usr/lib/postgresql/15/bin").mkdir(parents=True)
    (tmp_path / "usr/lib/postgresql/15/bin/initdb").touch()
    (tmp_path / "usr/bin").mkdir()
    (tmp_path / "usr/bin/qpdf").touch()

    missing = missing_helpers(tmp_path)
    assert {"poppler-utils", "redis-server", "softhsm2", "libtxw2-java"} <= set(missing)
    assert not {"qpdf", "postgresql"} & set(missing)


def test_make_help_lists_every_target() -> None:
    told = subprocess.run(
        ["make", "help"],  # noqa: S607 - whatever make the machine has
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout

    for target in ("demo", "run", "test", "lint", "bench-journey", "clean"):
        assert f"\n  {target} " in told
