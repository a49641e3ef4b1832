"""What every command shares: how it is announced, what time it is, how an answer is printed."""

import argparse
import datetime as dt
import json
import sys
import time
from collections.abc import Mapping
from enum import StrEnum, auto
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from cryptography import x509

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001 - has no other name
else:
    Commands = object

_LARGEST_ROOT: Final = 64 * 1024
GENUINE: Final = 0
NOT_GENUINE: Final = 1
NOT_CHECKED: Final = 2
"""Exit codes. The third: something that was given cannot be used, so nothing was judged."""


class Command(Protocol):
    """One module of this package."""

    def add_parser(self, commands: Commands) -> None:
        """Announce the command, its arguments, and `run` by `set_defaults`."""

    def run(self, options: argparse.Namespace) -> int:
        """Do it, print the answer, and return the exit code."""


class Trouble(StrEnum):
    """What cannot be used; stable."""

    FILE_UNREADABLE = auto()
    ROOT_UNREADABLE = auto()
    """Not there, or not one certificate in PEM."""
    CRL_UNREADABLE = auto()
    KEYS_UNREADABLE = auto()
    """Not there, or not a JWK set with certificates."""
    QR_NOT_OURS = auto()
    """Not the address of a certificate's check page."""


class Unusable(Exception):  # noqa: N818 - an outcome that ends a command, not a fault of it
    """Something that was given cannot be used."""

    def __init__(self, trouble: Trouble) -> None:
        """Keep what it is."""
        super().__init__(trouble.name)
        self.code = trouble.name


def add_root(parser: argparse.ArgumentParser) -> None:
    """Let the caller say whom to trust."""
    parser.add_argument(
        "--root",
        type=Path,
        required=True,
        help="the published root certificate (PEM); compare its fingerprint once, by another way",
    )


def root_pem(options: argparse.Namespace) -> bytes:
    """Return the root the caller trusts.

    Raises:
        Unusable: ROOT_UNREADABLE.
    """
    pem = content(options.root, largest=_LARGEST_ROOT, otherwise=Trouble.ROOT_UNREADABLE)
    try:
        x509.load_pem_x509_certificate(pem)
    except ValueError as unreadable:
        raise Unusable(Trouble.ROOT_UNREADABLE) from unreadable
    return pem


def add_moment(parser: argparse.ArgumentParser) -> None:
    """Let the caller say when."""
    parser.add_argument(
        "--at",
        type=_moment,
        help="the moment to check for, as 2026-11-29T12:00:00+08:00 (default: now)",
    )


def at(options: argparse.Namespace) -> dt.datetime:
    """Return the moment the caller gave, or now."""
    given: dt.datetime | None = options.at
    return given or dt.datetime.fromtimestamp(time.time(), dt.UTC)


def content(path: Path, *, largest: int, otherwise: Trouble) -> bytes:
    """Read a file, never more than one byte beyond `largest`.

    Raises:
        Unusable: by `otherwise`, where it cannot be read.
    """
    try:
        with path.open("rb") as file:
            return file.read(largest + 1)
    except OSError as unreadable:
        raise Unusable(otherwise) from unreadable


def answer(words: Mapping[str, object]) -> None:
    """Print one JSON object."""
    sys.stdout.write(json.dumps(words, ensure_ascii=False, indent=1) + "\n")


def _moment(text: str) -> dt.datetime:
    moment = dt.datetime.fromisoformat(text)
    if moment.tzinfo is None:
        msg = "say the offset from UTC, too"
        raise argparse.ArgumentTypeError(msg)
    return moment
