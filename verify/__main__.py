"""`python -m verify compare a.jpg b.jpg`: are these two photographs one person?"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from verify.defaults import DEFAULT_POLICY
from verify.engine import tasks
from verify.errors import VerifyError
from verify.matching import match
from verify.models import ModelFiles
from verify.results import Decision

_EXIT = {Decision.SAME: 0, Decision.DIFFERENT: 1}
_UNDECIDED = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Compare two photographs; print one JSON object.

    Returns:
        0 the same person, 1 different persons, 2 no answer (`reasons` says why).
    """
    options = _parser().parse_args(arguments)
    try:
        answer, code = _compare(options.first, options.second, options.models)
    except OSError:
        answer, code = _undecided("FILE_UNREADABLE"), _UNDECIDED
    except VerifyError as error:
        answer, code = _undecided(error.code), _UNDECIDED
    sys.stdout.write(json.dumps(answer) + "\n")
    return code


def _compare(first: Path, second: Path, models: Path) -> tuple[dict[str, object], int]:
    photos = (first.read_bytes(), second.read_bytes())
    files = ModelFiles.installed(mesh=models / "face_landmark.tflite")
    measurer = tasks.measurer(files, DEFAULT_POLICY)
    one, other = (measurer.enrol(photo) for photo in photos)
    result = match(one, [other.embedding], DEFAULT_POLICY.match)
    answer: dict[str, object] = {
        "result": result.decision.value.lower(),
        "anchor": result.anchor,
        "anchors": {str(mark): mark <= result.anchor for mark, _ in DEFAULT_POLICY.match.anchors},
        "reasons": list(result.reasons),
        "policy": DEFAULT_POLICY.version,
    }
    return answer, _EXIT.get(result.decision, _UNDECIDED)


def _undecided(reason: str) -> dict[str, object]:
    return {
        "result": "undecided",
        "anchor": None,
        "anchors": {},
        "reasons": [reason],
        "policy": DEFAULT_POLICY.version,
    }


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m verify", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    compare = commands.add_parser("compare", help="compare two photographs")
    compare.add_argument("first", type=Path)
    compare.add_argument("second", type=Path)
    compare.add_argument(
        "--models",
        type=Path,
        default=Path("var/models"),
        help="folder that holds face_landmark.tflite (default: %(default)s)",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
