"""Run the housing department: `python -m sandbox.departments.housing --help`."""

from __future__ import annotations

import sys

from sandbox.departments.directory import department
from sandbox.departments.housing.homes import open_housing
from sandbox.departments.office.program import Program, run

PROGRAM = Program(entry=department("housing"), open=lambda options: open_housing(options.data))

if __name__ == "__main__":
    sys.exit(run(PROGRAM))
