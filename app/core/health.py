"""Whether the process lives, and whether it can serve."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import structlog
from redis.exceptions import RedisError

from app.core.errors import DomainError

log = structlog.get_logger("health")


class Health:
    """Asks each dependency for a sign of life."""

    def __init__(self, probes: Mapping[str, Callable[[], object]]) -> None:
        """Take the probes: name to a call that raises or is False when it is gone."""
        self._probes: Final = dict(probes)

    def failing(self) -> list[str]:
        """Names of the dependencies that do not answer, in order."""
        return [name for name, probe in self._probes.items() if not _answers(name, probe)]


def _answers(name: str, probe: Callable[[], object]) -> bool:
    try:
        answers = probe() is not False
    except (DomainError, RedisError, OSError) as failed:
        log.warning("probe_failed", source=name, error=type(failed).__name__)
        return False
    return answers
