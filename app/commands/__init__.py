"""The operator's commands: `python -m app.commands <command>`; `--help` lists them."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence

from app.commands.command import Command
from app.commands.parser import parser
from app.core.errors import DomainError
from app.core.keys.errors import KeysUnusable
from app.core.logs import configure_logs
from config import Settings, SettingsRefused


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; prints its result as JSON. Exit codes: 0 done, 1 refused, 2 usage."""
    chosen = parser().parse_args(arguments)
    command: Command = chosen.run
    try:
        settings = Settings.from_environment()
        # Standard output is the result's alone.
        configure_logs(level=settings.log_level, stream=sys.stderr)
        result = command(settings, chosen)
    except DomainError as refused:
        return _refused(f"{refused.kind.code}: {refused.kind.en}")
    except (SettingsRefused, KeysUnusable) as refused:
        return _refused(str(refused))
    print(json.dumps(result, ensure_ascii=False))  # noqa: T201
    return 0


def _refused(text: str) -> int:
    print(text, file=sys.stderr)  # noqa: T201 - speaks to the operator
    return 1
