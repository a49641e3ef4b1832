"""What is served is what lies in web/: built anew it is the same. Types and tests of pages and of
the mini-program hold."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.clients.node import installed

CHECKOUT = Path(__file__).resolve().parents[2]
WEB, MINI = CHECKOUT / "web", CHECKOUT / "miniprogram"
TIMEOUT_S = 110


@pytest.fixture(scope="module")
def workshops(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copies of the sources side by side, each with its pinned tools."""
    copies = tmp_path_factory.mktemp("pages")
    for source in (WEB, MINI):
        copy = copies / source.name
        shutil.copytree(source, copy, ignore=shutil.ignore_patterns("node_modules", "dist"))
        (copy / "node_modules").symlink_to(installed(source) / "node_modules")
    return copies


@pytest.fixture
def workshop(workshops: Path) -> Path:
    """Of the pages."""
    return workshops / "web"


@pytest.fixture
def mini(workshops: Path) -> Path:
    """Of the mini-program."""
    return workshops / "miniprogram"


def run(workshop: Path, *words: str) -> None:
    done = subprocess.run(  # noqa: S603 - pinned tools
        ["npx", "--no-install", *words],  # noqa: S607 - where npm is, is the machine's
        cwd=workshop,
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )
    assert done.returncode == 0, (done.stdout + done.stderr)[-4000:]


def test_built_anew_the_pages_are_those_that_are_served(workshop: Path) -> None:
    run(workshop, "vite", "build", "--logLevel", "error")

    assert contents(workshop / "dist") == contents(WEB / "dist")


def test_the_pages_types_hold(workshop: Path) -> None:
    run(workshop, "vue-tsc", "--noEmit")


def test_the_pages_own_tests_pass(workshop: Path) -> None:
    run(workshop, "vitest", "run")


def test_the_mini_programs_types_hold(mini: Path) -> None:
    run(mini, "tsc", "--noEmit")


def test_the_mini_program_is_built_and_its_tests_pass(mini: Path) -> None:
    run(mini, "vitest", "run")


def contents(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}
