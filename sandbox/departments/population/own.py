"""Put a photograph of your own into the sandbox's registry, to pass as one of its people.

    python -m sandbox.departments.population.own --photo me.jpg

The registry takes it over when it next starts. The photograph stays in the folder of the sample
portraits, on this machine; `--remove` deletes it.
"""

from __future__ import annotations

import argparse
import io
import sys
from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageOps

from sandbox.departments.city.city import city

FOLDER = "own"
"""Below the sample portraits: one JPEG for each person, named by the citizen number."""
CITIZEN = "99010119860621102X"
"""王晓雨: has a household, a home and a job, so most certificates can be issued."""
SIZE = (358, 441)
"""Width and height of the photograph on an identity card, in pixels (GA 461)."""
_QUALITY = 92


class UnusablePhotographError(Exception):
    """The file is no picture, or one that is too small."""


def own_photographs(portraits: Path) -> dict[str, bytes]:
    """Return the JPEG files that were put there, by citizen number."""
    files = sorted((portraits / FOLDER).glob("*.jpg"))
    return {file.stem: file.read_bytes() for file in files}


def portrait_of(photo: Path) -> bytes:
    """Cut the middle of a picture to an identity card's shape; a JPEG.

    Raises:
        UnusablePhotographError: the file is no picture, or smaller than the portrait.
    """
    try:
        with Image.open(photo) as opened:
            upright = ImageOps.exif_transpose(opened).convert("RGB")
    except (OSError, ValueError) as error:
        msg = f"{photo.name} is not a picture"
        raise UnusablePhotographError(msg) from error
    if upright.width < SIZE[0] or upright.height < SIZE[1]:
        msg = f"{photo.name} is smaller than {SIZE[0]} x {SIZE[1]} pixels"
        raise UnusablePhotographError(msg)
    out = io.BytesIO()
    fitted = ImageOps.fit(upright, SIZE, Image.Resampling.LANCZOS, centering=(0.5, 0.4))
    fitted.save(out, format="JPEG", quality=_QUALITY)
    return out.getvalue()


def main(arguments: Sequence[str] | None = None) -> int:
    """Put a photograph there, or take it away; return the process's exit code."""
    options = _parser().parse_args(arguments)
    names = {one.number: one.name for one in city().citizens}
    number = str(options.citizen_number).upper()
    if number not in names:
        print("citizen      nobody of the sandbox has that number", file=sys.stderr)
        return 2
    kept = options.portraits / FOLDER / f"{number}.jpg"
    if options.remove:
        kept.unlink(missing_ok=True)
        print(f"removed      {kept}")
        return 0
    try:
        portrait = portrait_of(options.photo)
    except UnusablePhotographError as error:
        print(f"photograph   {error}", file=sys.stderr)
        return 2
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_bytes(portrait)
    print(f"kept         {kept}; look at it: the face must be in the middle")
    print(f"then         make demo, and sign in at /m/ as {names[number]}, {number}")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m sandbox.departments.population.own",
        description="Put a photograph of your own into the sandbox's registry.",
    )
    add = parser.add_argument
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--photo", type=Path, help="one person, seen from the front")
    what.add_argument("--remove", action="store_true", help="delete what was put there")
    add("--citizen-number", default=CITIZEN, help="whose photograph it becomes (%(default)s)")
    folder = Path("var/portraits")
    add("--portraits", type=Path, default=folder, help="the sample portraits (%(default)s)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
