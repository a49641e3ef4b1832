"""`python -m certificates check FILE --root root.pem`: did a department sign exactly this file?

Needs no server and reaches no network. Whether the certificate was withdrawn since only its issuer
knows: ask at the address that is printed.
"""

import argparse
from pathlib import Path
from typing import Final

from certificates.checking import Limits
from certificates.cli.commands import (
    GENUINE,
    NOT_CHECKED,
    NOT_GENUINE,
    Commands,
    Trouble,
    Unusable,
    add_moment,
    add_root,
    answer,
    at,
    content,
    root_pem,
)
from certificates.crl_folder import crl_der
from certificates.offline import OfflineVerdict, check_offline, told
from certificates.workers import Allowance, Inspectors

_PATIENT: Final = Allowance(cpu_seconds=5, wall_seconds=20, start_seconds=60)
"""Nobody else waits here."""
_LARGEST_LIST: Final = 4_000_000


def add_parser(commands: Commands) -> None:
    """Announce `check`."""
    parser = commands.add_parser(
        "check", help="check a certificate's file offline", description=__doc__
    )
    parser.add_argument("file", type=Path)
    add_root(parser)
    parser.add_argument(
        "--crl",
        type=Path,
        action="append",
        default=[],
        help="a revocation list (DER or PEM), one of each authority; may be repeated",
    )
    add_moment(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Check a file; print one JSON object.

    Returns:
        0 genuine and within its time, 1 not, 2 not checked (`code` says why).
    """
    try:
        found = _checked(options)
    except Unusable as stopped:
        answer({"genuine": None, "code": stopped.code})
        return NOT_CHECKED
    revocation = "CHECKED" if options.crl else "NOT_CHECKED"
    answer({**told(found), "revocation": revocation})
    return GENUINE if found.genuine else NOT_GENUINE


def _checked(options: argparse.Namespace) -> OfflineVerdict:
    limits = Limits()
    root = root_pem(options)
    crls = [_list(path) for path in options.crl]
    data = content(options.file, largest=limits.bytes, otherwise=Trouble.FILE_UNREADABLE)
    # A stranger's file: parsed in a process with limits, here as on the server.
    with Inspectors(roots=(root,), allowance=_PATIENT) as inspectors:
        return check_offline(data, inspector=inspectors, now=at(options), limits=limits, crls=crls)


def _list(path: Path) -> bytes:
    try:
        return crl_der(content(path, largest=_LARGEST_LIST, otherwise=Trouble.CRL_UNREADABLE))
    except ValueError as unreadable:
        raise Unusable(Trouble.CRL_UNREADABLE) from unreadable
