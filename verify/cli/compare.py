"""`python -m verify compare a.jpg b.jpg`: are these two photographs one person?"""

import argparse
from pathlib import Path

from verify.cli.commands import Commands, add_models, answer
from verify.defaults import DEFAULT_POLICY
from verify.engine import tasks
from verify.errors import VerifyError
from verify.matching import match
from verify.models import ModelFiles
from verify.results import Decision

_EXIT = {Decision.SAME: 0, Decision.DIFFERENT: 1}
_UNDECIDED = 2


def add_parser(commands: Commands) -> None:
    """Announce `compare`."""
    parser = commands.add_parser("compare", help="compare two photographs", description=__doc__)
    parser.add_argument("first", type=Path)
    parser.add_argument("second", type=Path)
    add_models(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Compare two photographs; print one JSON object.

    Returns:
        0 the same person, 1 different persons, 2 no answer (`reasons` says why).
    """
    try:
        told, code = _compare(options.first, options.second, options.models)
    except OSError:
        told, code = _undecided("FILE_UNREADABLE"), _UNDECIDED
    except VerifyError as error:
        told, code = _undecided(error.code), _UNDECIDED
    answer(told)
    return code


def _compare(first: Path, second: Path, models: Path) -> tuple[dict[str, object], int]:
    photos = (first.read_bytes(), second.read_bytes())
    files = ModelFiles.installed(mesh=models / "face_landmark.tflite")
    measurer = tasks.measurer(files, DEFAULT_POLICY)
    one, other = (measurer.enrol(photo) for photo in photos)
    result = match(one, [other.embedding], DEFAULT_POLICY.match)
    told: dict[str, object] = {
        "result": result.decision.value.lower(),
        "anchor": result.anchor,
        "anchors": {str(mark): mark <= result.anchor for mark, _ in DEFAULT_POLICY.match.anchors},
        "reasons": list(result.reasons),
        "policy": DEFAULT_POLICY.version,
    }
    return told, _EXIT.get(result.decision, _UNDECIDED)


def _undecided(reason: str) -> dict[str, object]:
    return {
        "result": "undecided",
        "anchor": None,
        "anchors": {},
        "reasons": [reason],
        "policy": DEFAULT_POLICY.version,
    }
