"""What is served is what lies in web/: built anew it is the same, and its types and tests hold."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.clients.node import installed

WEB = Path(__file__).resolve().parents[2] / "web"
TIMEOUT_S = 110


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the sources beside the pinned tools."""
    tools = installed(WEB)
    copy = tmp_path_factory.mktemp("pages") / "web"
    shutil.copytree(WEB, copy, ignore=shutil.ignore_patterns("node_modules", "dist"))
    (copy / "node_modules").symlink_to(tools / "node_modules")
    return copy


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


def contents(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}
