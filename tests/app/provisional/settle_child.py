"""One process among several that settle provisional certificates at the same moment.

Run as `python -m tests.app.provisional.settle_child NOW HOW` with the application's settings in its
environment; begins at a line on its standard input and prints how many it settled. HOW: `whole`, or
`asked` to stop for ever between the department's answer and what is made of it.
"""

from __future__ import annotations

import sys
from contextlib import ExitStack
from datetime import datetime

from app.core.logs import configure_logs
from app.documents.service.confirmation_cases import ConfirmationCase, ConfirmationCases, Said
from app.wiring.infrastructure import build_infrastructure
from app.wiring.lineage import build_confirming, build_sources
from config import Settings
from tests.fakes import FakeClock


def say(what: object) -> None:
    sys.stdout.write(f"{what}\n")
    sys.stdout.flush()


def ask_and_stop(cases: ConfirmationCases, case: ConfirmationCase) -> Said:
    asked(cases, case)
    say("asked")
    sys.stdin.readline()
    raise SystemExit


asked = ConfirmationCases.ask


def main(now: str, how: str) -> None:
    configure_logs(level="ERROR", stream=sys.stderr)
    if how == "asked":
        ConfirmationCases.ask = ask_and_stop  # type: ignore[assignment,method-assign]
    with ExitStack() as closing:
        clock = FakeClock(datetime.fromisoformat(now))
        shared = build_infrastructure(Settings.from_environment(), clock, closing)
        job = build_confirming(shared, build_sources(shared, closing))
        shared.database.ping()
        say("ready")
        sys.stdin.readline()
        done = job.run(most=100)
        say(done.confirmed + done.changed + done.recalled)


if __name__ == "__main__":
    main(*sys.argv[1:])
