"""Run social security: `python -m sandbox.departments.social_security --help`."""

from __future__ import annotations

import sys

from sandbox.departments.directory import department
from sandbox.departments.office.program import Program, run
from sandbox.departments.social_security.participations import open_social_security

PROGRAM = Program(
    entry=department("social_security"), open=lambda options: open_social_security(options.data)
)

if __name__ == "__main__":
    sys.exit(run(PROGRAM))
