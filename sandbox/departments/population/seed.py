"""The people a new registry begins with: those of the city, with the photographs there are."""

from __future__ import annotations

import hashlib
import io
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image

from sandbox.departments.city.citizen_number import is_citizen_number
from sandbox.departments.city.citizens import Citizen, Household
from sandbox.departments.city.city import city
from sandbox.departments.city.facts import City
from sandbox.departments.city.standing import Conviction
from sandbox.departments.city.written import WRITTEN_FILE, written
from sandbox.departments.office.refusals import CannotStart
from sandbox.departments.population.own import SIZE, own_photographs

SEED_FILE = WRITTEN_FILE
"""It names the photographs too."""
_JPEG_QUALITY = 92


class SeedRefused(CannotStart):
    """The seed file or one of its photographs cannot be used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seed:
    """Everything a registry holds."""

    digest: str
    """Changes when a fact or a photograph does."""
    persons: tuple[dict[str, Any], ...]
    """Rows with the contract's member names; `photo` is JPEG bytes or None."""
    convictions: tuple[Conviction, ...] = ()
    """Of these persons."""


def read_seed(*, portraits: Path, source: Path = SEED_FILE) -> Seed:
    """Read the persons written down by hand, join their households and cut their photographs.

    Raises:
        SeedRefused: naming what is missing or wrong.
    """
    return seed_of(written(source), photographs(portraits, source))


def whole_seed(*, portraits: Path) -> Seed:
    """Return everybody of the city; only those written down by hand have photographs.

    Whoever runs the sandbox may have put photographs of their own there (`own`): they count.

    Raises:
        SeedRefused: naming what is missing or wrong.
    """
    return seed_of(city(), photographs(portraits, SEED_FILE) | own_photographs(portraits))


def photographs(portraits: Path, source: Path) -> dict[str, bytes]:
    """Return JPEG photographs of identity card size by citizen number.

    Raises:
        SeedRefused: naming what is missing or wrong.
    """
    persons = tomllib.loads(source.read_text(encoding="utf-8"))["person"]
    return {
        entry["citizen_number"]: _photograph(entry, portraits)
        for entry in persons
        if "portrait" in entry
    }


def seed_of(facts: City, photos: Mapping[str, bytes]) -> Seed:
    """Return everybody of a city, with these photographs by citizen number.

    Raises:
        SeedRefused: somebody has no valid citizen number.
    """
    names = facts.names()
    households = {household.key: household for household in facts.households}
    persons = tuple(
        _person(one, households[one.household], names=names, photo=photos.get(one.number))
        for one in facts.citizens
    )
    return Seed(
        digest=hashlib.sha256(repr((persons, facts.convictions)).encode()).hexdigest(),
        persons=persons,
        convictions=facts.convictions,
    )


def _person(
    one: Citizen, household: Household, *, names: Mapping[str, str], photo: bytes | None
) -> dict[str, Any]:
    if not is_citizen_number(one.number):
        msg = f"{one.name} has no valid citizen number"
        raise SeedRefused(msg)
    return {
        "citizen_number": one.number,
        "name": one.name,
        "sex": one.sex,
        "birth_date": one.birth_date.isoformat(),
        "ethnicity": one.ethnicity,
        "status": "alive" if one.alive else "deceased",
        "household": {
            "address": household.address,
            "head_name": names[household.head],
            "relation": one.relation,
            "registered_on": one.registered_on.isoformat(),
            "type": household.kind,
        },
        "photo": photo,
    }


def _photograph(entry: dict[str, Any], portraits: Path) -> bytes:
    path = portraits / entry["portrait"]
    left, top, width, height = entry["crop"]
    try:
        with Image.open(path) as picture:
            portrait = picture.convert("RGB").resize(
                SIZE,
                resample=Image.Resampling.LANCZOS,
                box=(left, top, left + width, top + height),
            )
    except (OSError, ValueError) as error:
        msg = f"The portrait {entry['portrait']} is missing or unreadable in {portraits}"
        raise SeedRefused(msg) from error
    out = io.BytesIO()
    portrait.save(out, format="JPEG", quality=_JPEG_QUALITY)
    return out.getvalue()
