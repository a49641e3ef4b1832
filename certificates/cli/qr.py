"""`python -m certificates qr ADDRESS --keys check-keys.json --root root.pem`: is this QR ours?

ADDRESS is what a scanner reads from the QR, `-` reads it from the input. Needs no server and
reaches no network. It proves that we issued a certificate with that id and check code, when, and
until when; not what it says, and not whether it was withdrawn since.
"""

import argparse
import datetime as dt
import sys
from pathlib import Path
from typing import Final
from urllib.parse import parse_qs, urlsplit

from cryptography import x509

from certificates.check_codes import normalise_check_code
from certificates.check_token import CheckToken, read_check_token
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
from certificates.errors import CertificateError
from certificates.publishing import read_check_keys
from certificates.verdicts import Freshness, IssuerTrust

_LARGEST_KEYS: Final = 64 * 1024
_LONGEST: Final = 2048


def add_parser(commands: Commands) -> None:
    """Announce `qr`."""
    parser = commands.add_parser("qr", help="check a certificate's QR offline", description=__doc__)
    parser.add_argument("address")
    parser.add_argument(
        "--keys",
        type=Path,
        required=True,
        help="the published keys (JWK set); from anywhere, as the root certifies them",
    )
    add_root(parser)
    add_moment(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Check a QR; print one JSON object.

    Returns:
        0 genuine and within its time, 1 not, 2 not checked (`code` says why).
    """
    try:
        token, now = _token(options), at(options)
    except Unusable as stopped:
        answer({"genuine": None, "code": stopped.code})
        return NOT_CHECKED
    except CertificateError:
        answer({"genuine": False, "verdict": {"issuer": IssuerTrust.QR_FORGED.value}})
        return NOT_GENUINE
    freshness = _freshness(token, now=now)
    genuine = freshness is Freshness.CURRENT
    answer(
        {
            "genuine": genuine,
            "verdict": {"issuer": IssuerTrust.QR_TRUSTED.value, "freshness": freshness.value},
            "certificate": {
                "id": token.certificate_id,
                "issued_at": token.issued_at.isoformat(),
                "valid_until": token.valid_until.isoformat(),
            },
        }
    )
    return GENUINE if genuine else NOT_GENUINE


def _token(options: argparse.Namespace) -> CheckToken:
    root = x509.load_pem_x509_certificate(root_pem(options))
    keys = content(options.keys, largest=_LARGEST_KEYS, otherwise=Trouble.KEYS_UNREADABLE)
    try:
        known = read_check_keys(keys, roots=[root], now=at(options))
    except ValueError as unreadable:
        raise Unusable(Trouble.KEYS_UNREADABLE) from unreadable
    address = options.address if options.address != "-" else sys.stdin.read(_LONGEST + 1)
    given = _given(address.strip())
    return read_check_token(
        given["t"],
        certificate_id=given["id"],
        check_code=normalise_check_code(given["code"]),
        keys=known,
    )


def _given(address: str) -> dict[str, str]:
    try:
        query = parse_qs(urlsplit(address[:_LONGEST]).query, max_num_fields=8)
        return {name: value for name in ("id", "code", "t") for (value,) in (query[name],)}
    except (ValueError, KeyError) as foreign:
        raise Unusable(Trouble.QR_NOT_OURS) from foreign


def _freshness(token: CheckToken, *, now: dt.datetime) -> Freshness:
    if now < token.issued_at:
        return Freshness.NOT_YET_VALID
    return Freshness.CURRENT if now < token.valid_until else Freshness.EXPIRED
