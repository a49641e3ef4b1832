"""The file: a JSON object a line."""

from __future__ import annotations

import json
from collections.abc import Iterable

from sandbox.insurance.enrolments import Enrolment


def written(enrolments: Iterable[Enrolment]) -> str:
    """Return its text."""
    return "".join(f"{json.dumps(one.told(), ensure_ascii=False)}\n" for one in enrolments)
