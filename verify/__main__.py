"""Tools for operators: `python -m verify COMMAND --help` tells more of each."""

import argparse
import sys
from collections.abc import Sequence

from verify.cli import calibrate, compare, fieldtest, inspect, report
from verify.cli.commands import Command

COMMANDS: tuple[Command, ...] = (calibrate, compare, fieldtest, inspect, report)
"""A new command is one module of `verify.cli` and one entry here."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    parser = argparse.ArgumentParser(prog="python -m verify", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for command in COMMANDS:
        command.add_parser(commands)
    options = parser.parse_args(arguments)
    code: int = options.run(options)
    return code


if __name__ == "__main__":
    sys.exit(main())
