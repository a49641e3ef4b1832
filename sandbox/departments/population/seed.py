"""The people a new registry begins with, read from persons.toml."""

from __future__ import annotations

import hashlib
import io
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image

from sandbox.departments.population.citizen_number import is_citizen_number

SEED_FILE = Path(__file__).with_name("persons.toml")
_PORTRAIT_SIZE = (358, 441)
"""Width and height of the photograph on an identity card, in pixels (GA 461)."""
_JPEG_QUALITY = 92


class SeedRefused(Exception):  # noqa: N818 - reads as what happened
    """The seed file or one of its photographs cannot be used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seed:
    """Everything a registry holds."""

    digest: str
    """Changes when the file or one of its photographs does."""
    persons: tuple[dict[str, Any], ...]
    """Rows with the contract's member names; `photo` is JPEG bytes or None."""


def read_seed(*, portraits: Path, source: Path = SEED_FILE) -> Seed:
    """Read persons, join their households and cut their photographs.

    Raises:
        SeedRefused: naming what is missing or wrong.
    """
    text = source.read_bytes()
    data = tomllib.loads(text.decode("utf-8"))
    households = {entry["key"]: entry for entry in data["household"]}
    names = {entry["citizen_number"]: entry["name"] for entry in data["person"]}
    persons = tuple(
        _person(entry, households=households, names=names, portraits=portraits)
        for entry in data["person"]
    )
    digest = hashlib.sha256(text)
    for person in persons:
        digest.update(person["photo"] or b"-")
    return Seed(digest=digest.hexdigest(), persons=persons)


def _person(
    entry: dict[str, Any],
    *,
    households: dict[str, dict[str, Any]],
    names: dict[str, str],
    portraits: Path,
) -> dict[str, Any]:
    if not is_citizen_number(entry["citizen_number"]):
        msg = f"{entry['name']} has no valid citizen number"
        raise SeedRefused(msg)
    household = households[entry["household"]]
    return {
        "citizen_number": entry["citizen_number"],
        "name": entry["name"],
        "sex": entry["sex"],
        "birth_date": entry["birth_date"].isoformat(),
        "ethnicity": entry["ethnicity"],
        "status": entry["status"],
        "household": {
            "address": household["address"],
            "head_name": names[household["head"]],
            "relation": entry["relation"],
            "registered_on": entry["registered_on"].isoformat(),
            "type": household["type"],
        },
        "photo": _photograph(entry, portraits) if "portrait" in entry else None,
    }


def _photograph(entry: dict[str, Any], portraits: Path) -> bytes:
    path = portraits / entry["portrait"]
    left, top, width, height = entry["crop"]
    try:
        with Image.open(path) as picture:
            portrait = picture.convert("RGB").resize(
                _PORTRAIT_SIZE,
                resample=Image.Resampling.LANCZOS,
                box=(left, top, left + width, top + height),
            )
    except (OSError, ValueError) as error:
        msg = f"The portrait {entry['portrait']} is missing or unreadable in {portraits}"
        raise SeedRefused(msg) from error
    out = io.BytesIO()
    portrait.save(out, format="JPEG", quality=_JPEG_QUALITY)
    return out.getvalue()
