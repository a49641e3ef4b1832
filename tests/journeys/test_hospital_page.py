"""The commands of docs/hospital.md, in their order, do what the page says."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from launch.bootstrap import CHECKOUT
from launch.system import System

pytestmark = [pytest.mark.model, pytest.mark.timeout(300)]

PAGE = (CHECKOUT / "docs" / "hospital.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)
TOOLS = ("curl", "jq")


@pytest.mark.skipif(not all(map(shutil.which, TOOLS)), reason="the page uses curl and jq")
def test_the_page_s_commands_lead_from_onboarding_to_a_stop(system: System, tmp_path: Path) -> None:
    told = _ran(system, tmp_path, "".join(BLOCKS))
    assert "would be    created" in told
    assert re.search(r"imported    created \d{2,}  updated 0  unchanged 0  refused 0", told)
    assert re.search(r'"free": [1-9]', told)
    assert "booked      Appointment/apt-" in told
    assert re.search(r"apt_\w+  booked +event 1 ", told)
    assert re.search(r"stopped     \S+  replanned 0  cancelled 0  released 0", told)
    assert "resumed     nothing is open" in told
    assert re.search(r'"mode": "dry_run"(.|\n)*"refused": 0', told)


def _ran(system: System, folder: Path, blocks: str) -> str:
    """Run all blocks in one shell, each line of which has to succeed."""
    (folder / "var").symlink_to(system.var)
    programs = Path(sys.executable).parent
    done = subprocess.run(  # noqa: S603 - what our own page says
        ["/bin/bash", "-c", f"set -euo pipefail\nAPI={system.base_url}\n{blocks}"],
        cwd=folder,
        env={
            **system.environment,
            "PATH": f"{programs}:{os.defpath}",
            "PYTHONPATH": str(CHECKOUT),
            "LANG": "C.UTF-8",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout
