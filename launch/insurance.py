"""The insurance office's file, written for the command that enrols the sandbox's citizens."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from sandbox.departments.city.city import city
from sandbox.insurance.enrolments import enrolments
from sandbox.insurance.file import written

if TYPE_CHECKING:
    from pathlib import Path


def enrolment_file(folder: Path) -> Path:
    """Write the file anew, readable by this account alone, and return its path."""
    path = folder / "enrolments.ndjson"
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(written(enrolments(city())).encode())
    return path
