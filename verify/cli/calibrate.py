"""`python -m verify calibrate pairs.csv`: error rates and thresholds on an operator's own pairs."""

import argparse
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

from verify.calibration import document, page, rates
from verify.calibration.album import Describe
from verify.calibration.study import Study, conduct
from verify.cli.commands import Commands, add_models, answer
from verify.defaults import DEFAULT_POLICY
from verify.engine import tasks
from verify.errors import Code, PolicyFileRefused, RateRefused, SheetRefused, VerifyError
from verify.models import ModelFiles
from verify.reporting import curves

_REFUSED = 2


def add_parser(commands: Commands) -> None:
    """Announce `calibrate`."""
    parser = commands.add_parser(
        "calibrate", help="find thresholds on your own pairs of photographs", description=__doc__
    )
    parser.add_argument("pairs", type=Path, help="CSV: path_a,path_b,same[,group]")
    parser.add_argument("--root", type=Path, help="where the pictures lie (default: beside it)")
    parser.add_argument("--cross", action="store_true", help="take every pair of the pictures")
    parser.add_argument("--out", type=Path, help="write a policy file for FACE_POLICY")
    parser.add_argument("--name", help="the new policy's name; needed with --out")
    parser.add_argument("--date", type=date.fromisoformat, help="when the pictures were taken")
    parser.add_argument(
        "--rate",
        type=float,
        choices=rates.RATES[1:],
        default=document.TARGET,
        help="false match rate of the policy (default: %(default)s)",
    )
    parser.add_argument("--plot", type=Path, help="write both error rates as an SVG picture")
    add_models(parser)
    parser.set_defaults(run=run)


def describer(models: Path) -> Describe:
    """Return a function that describes the face of one reference photograph."""
    measurer = tasks.measurer(
        ModelFiles.installed(mesh=models / "face_landmark.tflite"), DEFAULT_POLICY
    )
    return lambda photo: measurer.enrol(photo).embedding


def run(options: argparse.Namespace, loading: Callable[[Path], Describe] = describer) -> int:
    """Print a table and, as the last line, one JSON object; write what was asked for.

    Args:
        options: The command's arguments.
        loading: From the folder of models to what describes a face.

    Returns:
        0, or 2 when the list, the models or the policy file asked for are refused.
    """
    try:
        return _calibrated(options, loading(options.models))
    except OSError:
        answer({"error": "FILE_UNREADABLE"})
    except VerifyError as error:
        answer({"error": error.code, **_details(error)})
    return _REFUSED


def _calibrated(options: argparse.Namespace, describe: Describe) -> int:
    if options.out is not None and options.name is None:
        raise PolicyFileRefused(Code.POLICY_FIELD_MISSING, "name")
    study = conduct(
        options.pairs,
        root=options.root or options.pairs.parent,
        cross=options.cross,
        in_force=DEFAULT_POLICY.match.same,
        max_bytes=DEFAULT_POLICY.photo.max_bytes,
        describe=describe,
    )
    sys.stdout.write(page.text(study))
    if options.plot is not None:
        options.plot.write_text(curves.error_rates(rates.curve(study.scores)), encoding="utf-8")
    answer({**page.public(study), "policy": _written(study, options)})
    return 0


def _written(study: Study, options: argparse.Namespace) -> str | None:
    if options.out is None:
        return None
    content = document.compose(
        study,
        name=options.name,
        rate=options.rate,
        base=DEFAULT_POLICY,
        source={
            "date": None if options.date is None else options.date.isoformat(),
            "models": ModelFiles.digests(),
        },
    )
    return document.write(options.out, content, base=DEFAULT_POLICY)


def _details(error: VerifyError) -> dict[str, object]:
    if isinstance(error, SheetRefused):
        return {"row": error.row, "column": error.column}
    if isinstance(error, PolicyFileRefused):
        return {"where": error.where}
    return {"needs": error.needs} if isinstance(error, RateRefused) else {}
