"""What every command shares: how it is announced, where models are, how an answer is printed."""

import argparse
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001 - has no other name
else:
    Commands = object


class Command(Protocol):
    """One module of this package."""

    def add_parser(self, commands: Commands) -> None:
        """Announce the command, its arguments, and `run` by `set_defaults`."""

    def run(self, options: argparse.Namespace) -> int:
        """Do it, print the answer, and return the exit code."""


def add_models(parser: argparse.ArgumentParser) -> None:
    """Let the caller say where the models are."""
    parser.add_argument(
        "--models",
        type=Path,
        default=Path("var/models"),
        help="folder that holds face_landmark.tflite (default: %(default)s)",
    )


def answer(content: Mapping[str, object]) -> None:
    """Print one JSON object on one line."""
    sys.stdout.write(json.dumps(content) + "\n")
