"""Run the population registry: `python -m sandbox.departments.population --help`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from sandbox.departments.directory import department
from sandbox.departments.office.desk import Department
from sandbox.departments.office.program import Program, run
from sandbox.departments.population.register import Register
from sandbox.departments.population.seed import whole_seed


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--portraits", type=Path, required=True, help="folder of the photographs")


def _open(options: argparse.Namespace) -> Department:
    seed = whole_seed(portraits=options.portraits)
    register = Register(options.data)
    register.fill(seed)
    return register.department()


PROGRAM = Program(
    entry=department("population"),
    open=_open,
    latency_ms=(20, 60),
    arguments=_arguments,
)

if __name__ == "__main__":
    sys.exit(run(PROGRAM))
