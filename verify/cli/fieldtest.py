"""`python -m verify fieldtest sheet.csv`: what a test with volunteers proves."""

import argparse
import sys
from pathlib import Path

from verify.cli.commands import Commands, answer
from verify.errors import SheetRefused
from verify.reporting import fieldpage
from verify.reporting.sessions import read_sessions
from verify.reporting.tally import tally

_REFUSED = 2


def add_parser(commands: Commands) -> None:
    """Announce `fieldtest`."""
    parser = commands.add_parser(
        "fieldtest", help="analyse the sheet of a test with volunteers", description=__doc__
    )
    parser.add_argument(
        "sheet",
        type=Path,
        help="CSV: session,person,band,device,light,kind,outcome[,retry_code]",
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the rates and, as the last line, one JSON object.

    Returns:
        0, or 2 when the sheet is refused.
    """
    try:
        test = tally(read_sessions(options.sheet))
    except SheetRefused as refused:
        answer({"error": refused.code, "row": refused.row, "column": refused.column})
        return _REFUSED
    sys.stdout.write(fieldpage.text(test))
    answer(fieldpage.public(test))
    return 0
