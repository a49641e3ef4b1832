"""Write a hospital's schedule to standard output.

python -m sandbox.hospital_his.schedule --hospital 1 --first 2026-12-01 > schedule.ndjson
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import date

from sandbox.hospital_his.schedule.places import HOSPITALS
from sandbox.hospital_his.schedule.records import DOCTORS, SEED, records, written


def main(words: Sequence[str] | None = None) -> int:
    """Write."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.hospital_his.schedule")
    parser.add_argument("--hospital", type=int, choices=range(1, len(HOSPITALS) + 1), default=1)
    parser.add_argument("--first", type=date.fromisoformat, required=True, help="day, 2026-12-01")
    parser.add_argument("--days", type=int, default=14)
    parser.add_argument("--doctors", type=int, default=DOCTORS)
    parser.add_argument("--seed", type=int, default=SEED)
    chosen = parser.parse_args(words)
    found = records(
        HOSPITALS[chosen.hospital - 1],
        first=chosen.first,
        days=chosen.days,
        count=chosen.doctors,
        seed=chosen.seed + chosen.hospital,  # other people in each
    )
    sys.stdout.writelines(written(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
