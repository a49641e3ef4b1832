"""The roll of the city's veterans, and its snapshot as lines of JSON."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from sandbox.departments.city.city import city
from sandbox.departments.office.books import Books
from sandbox.departments.office.desk import filled
from sandbox.departments.veterans.contract import VETERAN, VeteranRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """Everybody on the roll at one moment."""

    lines: bytes
    """NDJSON in UTF-8: one record a line with its ``record_version``, each line ended."""
    rows: int


def open_roll(directory: Path) -> Books:
    """Return the roll, in `directory`."""
    town = city()
    names = town.names()
    records = (
        VeteranRecord(
            citizen_number=one.person,
            name=names[one.person],
            certificate_number=one.certificate,
            branch=one.branch,
            rank=one.rank,
            enlisted_on=one.enlisted_on,
            discharged_on=one.discharged_on,
        )
        for one in town.veterans
    )
    return filled(directory, name="veterans", records=records, contracts=(VETERAN,)).books


def snapshot(roll: Books) -> Snapshot:
    """Return the whole roll."""
    lines = [
        json.dumps(record | {"record_version": version}, ensure_ascii=False)
        for record, version in roll.every(VeteranRecord.kind)
    ]
    return Snapshot(lines="".join(f"{line}\n" for line in lines).encode(), rows=len(lines))
