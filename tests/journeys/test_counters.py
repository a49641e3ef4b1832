"""A newcomer's browser becomes a counter of what runs, by a code that is asked for beside it."""

from __future__ import annotations

import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from launch.bootstrap import CHECKOUT
from launch.counters import COUNTERS, code_for
from launch.errors import LaunchRefused
from launch.system import System, sandbox_folder

pytestmark = [pytest.mark.model, pytest.mark.timeout(300)]


@pytest.mark.parametrize("counter", COUNTERS)
def test_beside_what_serves_a_code_can_be_had(system: System, counter: str) -> None:
    done = subprocess.run(  # noqa: S603 - our own
        [sys.executable, "-m", "launch", "code", counter],
        cwd=CHECKOUT,
        env={"VAR_DIR": str(system.var), "PATH": os.defpath},
        capture_output=True,
        text=True,
        check=True,
    )

    page = re.escape(f"{system.base_url}{COUNTERS[counter]}")
    said = rf"{page} +enrolment code [0-9A-Z]{{5}}-[0-9A-Z]{{5}}, for 15 minutes\n"
    assert re.fullmatch(said, done.stdout)


def test_what_a_code_takes_is_for_the_launcher_alone(system: System) -> None:
    [left] = sandbox_folder(system.var).glob("counters.json")
    assert stat.S_IMODE(left.stat().st_mode) == stat.S_IRUSR | stat.S_IWUSR


def test_where_nothing_serves_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(LaunchRefused, match="make demo"):
        code_for("till", tmp_path)
