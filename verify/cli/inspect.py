"""`python -m verify inspect clip.mp4`: what a film of a face shows, as JSON."""

import argparse
from dataclasses import replace
from pathlib import Path

from verify.cli.commands import Commands, add_models, answer
from verify.defaults import DEFAULT_POLICY
from verify.errors import VerifyError
from verify.inspection.clip import Clip
from verify.inspection.limits import CLIP_LIMITS
from verify.inspection.report import report
from verify.inspection.watching import Watcher
from verify.models import ModelFiles

_REFUSED = 2


def add_parser(commands: Commands) -> None:
    """Announce `inspect`."""
    parser = commands.add_parser(
        "inspect",
        help="measure a film: faces, pose, blinks, depth, traces",
        description=__doc__,
    )
    parser.add_argument("clip", type=Path, help="mp4, mov, webm, gif or avi")
    parser.add_argument(
        "--frames",
        type=_frames,
        default=CLIP_LIMITS.max_frames,
        help="watch at most so many, at equal distances (default: %(default)s)",
    )
    add_models(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Watch a film; print one JSON object.

    Returns:
        0, or 2 where it cannot be watched (`reasons` says why).
    """
    try:
        answer(_inspected(options.clip, options.models, options.frames))
    except VerifyError as error:
        answer({"reasons": [error.code], "policy": DEFAULT_POLICY.version})
        return _REFUSED
    return 0


def _inspected(path: Path, models: Path, frames: int) -> dict[str, object]:
    files = ModelFiles.installed(mesh=models / "face_landmark.tflite")
    with Clip(path, replace(CLIP_LIMITS, max_frames=frames)) as clip:
        watcher = Watcher(files=files, policy=DEFAULT_POLICY)
        watched = [watcher.look(frame.pixels, frame.t_ms) for frame in clip.frames()]
        return {
            "format": clip.format,
            "width": clip.width,
            "height": clip.height,
            "frames": clip.passed,
            "frames_watched": len(watched),
            "seconds": round(watched[-1].t_ms / 1000, 2),
            **report(watched, DEFAULT_POLICY),
            "policy": DEFAULT_POLICY.version,
        }


def _frames(text: str) -> int:
    number = int(text)
    if not 1 <= number <= CLIP_LIMITS.max_frames:
        message = f"1 to {CLIP_LIMITS.max_frames}"
        raise argparse.ArgumentTypeError(message)
    return number
