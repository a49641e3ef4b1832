"""What has to be done from time to time, whether or not anybody calls."""

from __future__ import annotations

import structlog

from app.identity.service.answers import Answers
from app.identity.service.lockouts import Lockouts
from app.identity.service.replays import Replays
from app.identity.service.sessions import Sessions

log = structlog.get_logger("identity")


class VerificationSweeper:
    """Ends sessions whose time is over, and deletes what may not be kept longer."""

    def __init__(
        self, *, sessions: Sessions, answers: Answers, replays: Replays, lockouts: Lockouts
    ) -> None:
        """Take the parts that have something to sweep."""
        self._sessions = sessions
        self._answers = answers
        self._replays = replays
        self._lockouts = lockouts

    def sweep(self) -> int:
        """Do it now; safe to run anywhere at any time. Returns how many rows were touched."""
        expired = self._sessions.expire()
        gone = self._answers.sweep() + self._replays.sweep() + self._lockouts.sweep()
        log.info("verifications_swept", count=expired + gone)
        return expired + gone
