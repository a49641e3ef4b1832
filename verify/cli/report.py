"""`python -m verify report`: the liveness benchmark's figures as Markdown pages with pictures."""

import argparse
from pathlib import Path

from verify.cli.commands import Commands, answer
from verify.errors import FiguresRefused
from verify.reporting.publishing import publish

_REFUSED = 2


def add_parser(commands: Commands) -> None:
    """Announce `report`."""
    parser = commands.add_parser(
        "report", help="publish the liveness benchmark's figures", description=__doc__
    )
    parser.add_argument(
        "--figures",
        type=Path,
        default=Path("docs/figures"),
        help="folder of liveness-*.json (default: %(default)s)",
    )
    parser.add_argument("--out", type=Path, help="where pages go (default: the same folder)")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Write the pages; print their names as one JSON object.

    Returns:
        0, or 2 when there is nothing to publish or it is not what the benchmark writes.
    """
    try:
        done = publish(options.figures, options.out or options.figures)
    except FiguresRefused as refused:
        answer({"error": refused.code, "where": refused.where})
    except OSError:
        answer({"error": "FILE_UNREADABLE"})
    else:
        answer({"written": list(done.written), "skipped": list(done.skipped)})
        return 0
    return _REFUSED
