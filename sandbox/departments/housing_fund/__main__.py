"""Establish the housing fund: `python -m sandbox.departments.housing_fund --help`."""

from __future__ import annotations

import argparse
import os
import sys

import psycopg

from sandbox.departments.directory import department
from sandbox.departments.housing_fund.database import READER, VIEW, establish
from sandbox.departments.housing_fund.faults import FundFailure, switch

_ENTRY = department("housing_fund")
_DSN_NAME = "HOUSING_FUND_DSN"


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=f"python -m {_ENTRY.module}",
        description="Makes and fills the fund's database; the database server then serves it."
        f" The reader's password is taken from the environment: {_ENTRY.secret_name}.",
    )
    parser.add_argument(
        "--dsn",
        default=os.environ.get(_DSN_NAME, ""),
        help=f"of a role that may make databases and roles (default: environment {_DSN_NAME})",
    )
    parser.add_argument(
        "--fail",
        type=FundFailure,
        choices=list(FundFailure),
        default=FundFailure.NONE,
        help="leave the database broken in this way; run again without to mend it",
    )
    return parser


def main(argv: list[str] | None = None) -> int:
    """Establish the fund.

    Returns:
        0 when it is there, 1 when it could not be made.
    """
    options = _arguments().parse_args(argv)
    try:
        if not options.dsn:
            msg = f"give --dsn or {_DSN_NAME}"
            raise ValueError(msg)  # noqa: TRY301 - said like every other reason
        own = establish(options.dsn, reader_password=os.environ.get(_ENTRY.secret_name or "", ""))
        switch(own, options.fail)
    except (psycopg.Error, OSError, ValueError) as error:
        print(f"The {_ENTRY.title} cannot start: {error}", file=sys.stderr)
        return 1
    print(f"{_ENTRY.title}: {READER} reads {VIEW}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
