"""Checks without a server: `python -m certificates COMMAND --help` tells more of each."""

import argparse
import sys
from collections.abc import Sequence

from certificates.cli import check, qr
from certificates.cli.commands import Command

COMMANDS: tuple[Command, ...] = (check, qr)
"""A new command is one module of `certificates.cli` and one entry here."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    parser = argparse.ArgumentParser(prog="python -m certificates", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for command in COMMANDS:
        command.add_parser(commands)
    options = parser.parse_args(arguments)
    code: int = options.run(options)
    return code


if __name__ == "__main__":
    sys.exit(main())
