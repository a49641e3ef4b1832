"""Show an offline code: ``python -m sandbox.phone.show --help``. It opens no connection."""

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from sandbox.phone.offline import NoCodesLeftError, OfflineWallet, picture, utc

_DESCRIPTION = """\
Shows a code from credentials that were fetched before
(python -m sandbox.phone … --offline wallet.json). No network is needed.
"""
_EPILOG = """\
Exit code: 0 the code is shown, 1 there is none left, 2 the wallet cannot be read.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Show one code; return the process's exit code."""
    options = _parser().parse_args(arguments)
    try:
        wallet = OfflineWallet.load(options.wallet)
        code = wallet.show(options.purpose, now=utc(time.time()))
        wallet.save(options.wallet)  # before anybody sees it: a code is shown for one minute only
    except NoCodesLeftError:
        print("no codes      none left; fetch new ones while there is a network")
        return 1
    except (OSError, ValueError, KeyError) as error:
        print(f"wallet        {type(error).__name__}", file=sys.stderr)
        return 2
    print(f"offline code  {code}")
    print(f"              {wallet.left} left")
    if options.svg is not None:
        options.svg.write_text(picture(code))
        print(f"              its QR is in {options.svg}")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m sandbox.phone.show",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--wallet", type=Path, required=True, metavar="FILE", help="the phone's credentials")
    add("--purpose", default="02121", help="what for (%(default)s: pharmacy purchase)")
    add("--svg", type=Path, metavar="FILE", help="save its QR, for the till to scan")
    return parser


if __name__ == "__main__":
    sys.exit(main())
