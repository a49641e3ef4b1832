"""Play a pharmacy's cashier: ``python -m sandbox.terminal --help``."""

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from sandbox.phone.dpop import Prover
from sandbox.phone.http import Http, Refused, UnreachableError
from sandbox.phone.keys import DeviceKey
from sandbox.terminal.assertion import ClientAssertions
from sandbox.terminal.client import Terminal
from sandbox.terminal.picture import UnreadablePictureError
from sandbox.terminal.scanner import scan

_DESCRIPTION = """\
A pharmacy's till. It signs in with the pharmacy's registered key, scans the picture
on the citizen's phone (or takes the digits), and prints whose card it is.
"""
_EPILOG = """\
Exit code: 0 the code was accepted, 1 it was refused, 2 it could not be tried.

  python -m sandbox.terminal --client-id pharmacy-1 --key till.pem --svg code.svg
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Decode one code; return the process's exit code."""
    options = _parser().parse_args(arguments)
    prover = Prover(key=DeviceKey.generate(), clock=time.time)
    with Http(base_url=options.base_url, prover=prover, clock=time.perf_counter) as http:
        try:
            _serve(options, http)
        except Refused as refused:
            print(f"refused     {refused}  {refused.action}")
            return 1
        except UnreadablePictureError:
            print("scan        no code to be seen in this picture", file=sys.stderr)
        except UnreachableError as error:
            print(f"no answer   {error}", file=sys.stderr)
        except (OSError, ValueError) as error:
            print(f"file        {error}", file=sys.stderr)
        else:
            return 0
        return 2


def _serve(options: argparse.Namespace, http: Http) -> None:
    assertions = ClientAssertions(
        client_id=options.client_id,
        key=DeviceKey.load(options.key),
        issuer=options.issuer or http.base_url,
        clock=time.time,
    )
    code = options.code or scan(options.svg.read_text())
    till = Terminal(http=http, assertions=assertions)
    till.sign_in()
    shown = till.decode(code, options.purpose)
    ms = http.timings[-1].ms
    print(f"holder      {shown.name} {shown.citizen_number}  ({ms:.0f} ms)")
    print(f"presence    proved until {shown.expires_at}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m sandbox.terminal",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--base-url", default="http://127.0.0.1:8000", help="the server (%(default)s)")
    add("--issuer", help="the server's name in tokens (the base URL)")
    add("--client-id", required=True, help="the till's registered id")
    add("--key", type=Path, required=True, help="its registered key, PEM")
    add("--purpose", default="02121", help="what for (%(default)s: pharmacy purchase)")
    code = parser.add_mutually_exclusive_group(required=True)
    code.add_argument("--svg", type=Path, help="the picture the phone shows")
    code.add_argument("--code", help="or its 18 digits")
    return parser


if __name__ == "__main__":
    sys.exit(main())
