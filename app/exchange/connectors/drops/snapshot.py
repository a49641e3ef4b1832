"""A whole drop in memory, found by citizen number."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from app.core.jose.errors import JoseRefused
from app.core.jose.members import read_object
from app.exchange.connectors.answers import Told
from app.exchange.connectors.drops.folder import Drop, DropFolder
from app.exchange.connectors.drops.manifest import (
    MOST_BYTES,
    DepartmentKey,
    Manifest,
    read_manifest,
)
from app.exchange.errors import ExchangeFailed, Failure
from app.exchange.ports import Question

MOST_FILE_BYTES: Final = 64 * 1024 * 1024
_VERSION: Final = "record_version"


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """Everybody a drop tells of."""

    manifest: Manifest
    lines: Mapping[str, list[bytes]] = field(repr=False)
    """By citizen number."""

    def told(self, question: Question) -> list[Told]:
        """What is asked for of the person's records.

        Raises:
            ExchangeFailed: CONTRACT_BROKEN where a record has no version.
        """
        records = [_record(line) for line in self.lines.get(question.citizen_number, ())]
        fitting = [one for one in records if one.get("name") == question.name]
        return [
            Told(
                record={name: one[name] for name in question.fields if name in one},
                version=_text(one, _VERSION),
            )
            for one in fitting
        ]


def read_snapshot(folder: DropFolder, drop: Drop, key: DepartmentKey) -> Snapshot:
    """Read a drop.

    1. The department signed the manifest. 2. The manifest is the one its name says, and vouches
    for the lines beside it: what it names is compared, not opened. 3. The lines are whole and
    unchanged. 4. Each is one JSON object about somebody, and there are as many as it says.

    Raises:
        ExchangeFailed: one of these does not hold.
    """
    try:
        text = folder.read(drop.manifest, most=MOST_BYTES).decode("ascii")
    except UnicodeDecodeError:
        raise ExchangeFailed(Failure.NOT_VOUCHED) from None
    manifest = read_manifest(text, key)  # 1
    if (manifest.sequence, manifest.file) != (drop.sequence, drop.lines):  # 2
        raise ExchangeFailed(Failure.NOT_VOUCHED)
    content = folder.read(drop.lines, most=MOST_FILE_BYTES)
    if not hmac.compare_digest(hashlib.sha256(content).hexdigest(), manifest.sha256):  # 3
        raise ExchangeFailed(Failure.NOT_VOUCHED)
    return Snapshot(manifest=manifest, lines=_by_number(content, rows=manifest.rows))  # 4


def _by_number(content: bytes, *, rows: int) -> dict[str, list[bytes]]:
    lines = content.splitlines()
    if len(lines) != rows:
        raise ExchangeFailed(Failure.CONTRACT_BROKEN)
    found: dict[str, list[bytes]] = {}
    for line in lines:
        found.setdefault(_text(_record(line), "citizen_number"), []).append(line)
    return found


def _record(line: bytes) -> Mapping[str, object]:
    try:
        return read_object(line)
    except JoseRefused:
        raise ExchangeFailed(Failure.CONTRACT_BROKEN) from None


def _text(record: Mapping[str, object], name: str) -> str:
    value = record.get(name)
    if not isinstance(value, str) or not value:
        raise ExchangeFailed(Failure.CONTRACT_BROKEN)
    return value
