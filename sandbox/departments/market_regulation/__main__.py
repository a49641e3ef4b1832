"""Run market regulation: `python -m sandbox.departments.market_regulation --help`."""

from __future__ import annotations

import sys

from sandbox.departments.directory import department
from sandbox.departments.market_regulation.licences import open_market_regulation
from sandbox.departments.office.program import Program, run

PROGRAM = Program(
    entry=department("market_regulation"), open=lambda options: open_market_regulation(options.data)
)

if __name__ == "__main__":
    sys.exit(run(PROGRAM))
