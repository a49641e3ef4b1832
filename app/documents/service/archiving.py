"""Upgrading certificates in the background: a trusted time, and proof that lasts."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import structlog

from app.audit import actions
from app.audit.service import AccessLog, Actor
from app.core.clock import Clock
from app.core.database import Database
from app.core.errors import DomainError
from app.core.fields import FieldCipher
from app.documents.errors import NotArchived
from app.documents.models import (
    ISSUING,
    ArchiveJob,
    Certificate,
    CertificateArchive,
    CertificateFile,
)
from app.documents.ports import Archivist
from app.documents.records import ArchivedDocument
from app.documents.service import turns
from app.documents.service.archives import archive_place, file_place
from app.documents.service.turns import Turn, TurnPolicy

ARCHIVE_POLICY: Final = TurnPolicy(first_pause=timedelta(seconds=15))
DONE: Final = "done"
REFUSED: Final = "refused"
_ACTOR: Final = Actor(kind="system", id="certificate-archive", name="certificate archive")
log = structlog.get_logger("documents")


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveRound:
    """What one round did."""

    archived: int
    refused: int
    """Never to be upgraded: log and table say why."""
    put_off: int


class CertificateArchiving:
    """Upgrades what is due. Safe in any number of processes; each certificate once."""

    def __init__(
        self,
        *,
        archivist: Archivist,
        database: Database,
        accesses: AccessLog,
        cipher: FieldCipher,
        clock: Clock,
        policy: TurnPolicy = ARCHIVE_POLICY,
    ) -> None:
        """Take the ports."""
        self._archivist = archivist
        self._database = database
        self._accesses = accesses
        self._cipher = cipher
        self._clock = clock
        self._policy = policy

    def run(self, *, most: int = 100) -> ArchiveRound:
        """Upgrade what is due, one after the other, and stop when a service fails.

        1. A certificate is claimed. 2. Its file is upgraded, outside any transaction. 3. While the
        claim is ours, the second file and its hash are stored, the holder can see that it was
        read, and the job ends: all of it or nothing.

        Args:
            most: certificates of this round.
        """
        archived = refused = put_off = 0
        # A service that fails one certificate fails the next one too.
        while archived + refused < most and not put_off and (turn := self._taken()):  # 1
            try:
                archived += self._stored(turn, self._upgraded(turn))  # 2, 3
            except NotArchived as failed:
                self._failed(turn, failed)
                refused += failed.final
                put_off += not failed.final
        return ArchiveRound(archived=archived, refused=refused, put_off=put_off)

    def waiting(self) -> int:
        """How many are still to be done."""
        with self._database.separate() as tx:
            return turns.count_open(tx, ArchiveJob)

    def watch(self, stop: threading.Event, *, seconds: float) -> None:
        """Run again and again until told to stop.

        Args:
            stop: is waited for.
            seconds: between two looks.
        """
        while not stop.is_set():
            try:
                done = self.run()
            except DomainError as failed:  # the database is away for a moment
                log.warning("archive_round_failed", code=failed.kind.code)
                stop.wait(seconds)
                continue
            if done.archived or done.refused:
                log.info("certificates_archived", count=done.archived)
            stop.wait(seconds)

    def _taken(self) -> Turn | None:
        with self._database.separate() as tx:
            return turns.take(tx, ArchiveJob, now=self._clock.now(), lease=self._policy.lease)

    def _upgraded(self, turn: Turn) -> ArchivedDocument:
        with self._database.separate() as tx:
            file = tx.get(CertificateFile, turn.id)
            if file is None:
                # Being issued now, or withdrawn before it was.
                being_issued = tx.get_one(Certificate, turn.id).state == ISSUING
                raise NotArchived(reason="file_missing", final=not being_issued)
        pdf = self._cipher.open(file.pdf, file_place(turn.id))
        return self._archivist.upgrade(pdf, now=self._clock.now())

    def _stored(self, turn: Turn, made: ArchivedDocument) -> int:
        """Keep an upgraded file; nothing where somebody else has the turn by now."""
        with self._database.transaction() as tx:
            if not turns.end(tx, ArchiveJob, turn, state=DONE, failure=None):
                log.warning("archive_turn_lost")
                return 0
            sealed = self._cipher.seal(made.pdf, archive_place(turn.id))
            tx.add(
                CertificateArchive(
                    id=turn.id,
                    sha256=bytes.fromhex(made.sha256),
                    pdf=sealed,
                    stamped_at=made.stamped_at,
                    archived_at=self._clock.now(),
                )
            )
            row = tx.get_one(Certificate, turn.id)
            self._accesses.record(
                person_id=row.person_id,
                actor=_ACTOR,
                action=actions.CERTIFICATE_ARCHIVED,
                purpose=f"certificate:{row.type}",
                fields=("file",),
            )
        return 1

    def _failed(self, turn: Turn, failed: NotArchived) -> None:
        log.warning("certificate_not_archived", kind=failed.reason, count=turn.attempts)
        with self._database.separate() as tx:
            if failed.final:
                turns.end(tx, ArchiveJob, turn, state=REFUSED, failure=failed.reason)
            else:
                until = self._clock.now() + self._policy.pause(turn.attempts)
                turns.put_off(tx, ArchiveJob, turn, failure=failed.reason, until=until)
