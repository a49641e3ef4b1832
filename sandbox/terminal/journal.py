"""Sales that a till took without a network, in a file that a power cut does not empty."""

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any


class Journal:
    """One line a sale, written to the disk before the customer leaves."""

    def __init__(self, path: Path) -> None:
        """Use this file; it is made, readable by its owner only, with the first sale."""
        self._path = path

    def read(self) -> list[dict[str, Any]]:
        """Return what was written; a last line that is cut in the middle is removed: no sale."""
        if not self._path.exists():
            return []
        *lines, cut = self._path.read_bytes().split(b"\n")
        if cut:
            os.truncate(self._path, self._path.stat().st_size - len(cut))
        return [json.loads(line) for line in lines]

    def add(self, sale: dict[str, Any]) -> None:
        """Write one more sale, and wait until the disk has it."""
        descriptor = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        with os.fdopen(descriptor, "ab") as file:
            file.write(json.dumps(sale).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())

    def replace(self, sales: Iterable[dict[str, Any]]) -> None:
        """Keep only these, in one step."""
        fresh = self._path.with_name(f".{self._path.name}.new")
        fresh.unlink(missing_ok=True)
        journal = Journal(fresh)
        for sale in sales:
            journal.add(sale)
        if fresh.exists():
            fresh.replace(self._path)
        else:
            self._path.unlink(missing_ok=True)
