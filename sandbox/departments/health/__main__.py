"""Run the health department: `python -m sandbox.departments.health --help`."""

from __future__ import annotations

import sys

from sandbox.departments.directory import department
from sandbox.departments.health.births import open_health
from sandbox.departments.office.program import Program, run

PROGRAM = Program(entry=department("health"), open=lambda options: open_health(options.data))

if __name__ == "__main__":
    sys.exit(run(PROGRAM))
