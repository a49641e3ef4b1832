"""Run the civil affairs department: `python -m sandbox.departments.civil_affairs --help`."""

from __future__ import annotations

import sys

from sandbox.departments.civil_affairs.register import open_civil_affairs
from sandbox.departments.directory import department
from sandbox.departments.office.program import Program, run

PROGRAM = Program(
    entry=department("civil_affairs"), open=lambda options: open_civil_affairs(options.data)
)

if __name__ == "__main__":
    sys.exit(run(PROGRAM))
