"""Certificates, their files and states, and the exchanges that their facts came by."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Final

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    Sequence,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base
from app.documents.turn_models import TurnRow

ISSUING: Final = "issuing"
VALID: Final = "valid"
SUSPENDED: Final = "suspended"
SUPERSEDED: Final = "superseded"
REVOKED: Final = "revoked"
EXPIRED: Final = "expired"
LAST_VERSION: Final = 999
"""The identifier has three digits for the version (GB/T 36904); then a new serial begins."""

SERIALS: Final = Sequence("certificate_serials", metadata=Base.metadata)


class CertificateSeries(Base):
    """The versions of one person's certificates of one type, numbered without gaps."""

    __tablename__ = "certificate_series"
    __table_args__ = (CheckConstraint("version BETWEEN 1 AND 999", name="version"),)

    person_id: Mapped[str] = mapped_column(ForeignKey("persons.id"), primary_key=True)
    type: Mapped[str] = mapped_column(primary_key=True)
    serial: Mapped[int] = mapped_column(BigInteger)
    version: Mapped[int]
    """The latest one."""


class StatusList(Base):
    """A published list of where certificates stand; each certificate has a place in one."""

    __tablename__ = "status_lists"
    __table_args__ = (CheckConstraint("size > 0 AND size % 4 = 0", name="size"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger, Identity(always=True), unique=True)
    """Order in which lists were begun; ids of machines whose clocks differ do not tell it."""
    size: Mapped[int]
    """Places, most of which stay empty: a place then tells nothing of its neighbours."""
    created_at: Mapped[datetime]


class Certificate(Base):
    """One certificate. Only its state ever changes: new facts make a new version."""

    __tablename__ = "certificates"
    __table_args__ = (
        CheckConstraint(
            "state IN ('issuing', 'valid', 'suspended', 'superseded', 'revoked', 'expired')",
            name="state",
        ),
        CheckConstraint("version BETWEEN 1 AND 999", name="version"),
        CheckConstraint("valid_until > issued_at", name="ends_after_begin"),
        CheckConstraint("length(sha256) = 32", name="sha256"),
        UniqueConstraint("type", "serial", "version"),
        # A suspended one counts as live: asking again is no way around a suspension.
        Index(
            "uq_certificates_live",
            "person_id",
            "type",
            unique=True,
            postgresql_where=text("state IN ('issuing', 'valid', 'suspended')"),
        ),
        Index("ix_certificates_person_id_id", "person_id", "id"),
        UniqueConstraint("status_list", "status_index"),
        CheckConstraint("(status_list IS NULL) = (status_index IS NULL)", name="whole_place"),
        CheckConstraint("status_index >= 0", name="status_index"),
        Index(
            "ix_certificates_status_list_marked",
            "status_list",
            postgresql_where=text("state <> 'valid'"),
        ),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("persons.id"))
    type: Mapped[str]
    number: Mapped[str] = mapped_column(unique=True)
    """Identifier in the form of GB/T 36904."""
    serial: Mapped[int] = mapped_column(BigInteger)
    version: Mapped[int]
    state: Mapped[str]
    issued_at: Mapped[datetime]
    valid_until: Mapped[datetime]
    provisional: Mapped[bool]
    """As it was issued; `certificate_confirmations` tells what became of that."""
    sha256: Mapped[bytes] = mapped_column(unique=True)
    """Of the file: how an upload is recognised."""
    check_code_hash: Mapped[bytes]
    """Keyed hash of id and check code; the code itself is only in the file."""
    signer: Mapped[str]
    """SHA-256 of the signing certificate, hex: what to look for when a key is lost."""
    status_list: Mapped[str | None] = mapped_column(ForeignKey("status_lists.id"))
    """None of a row that the version before status lists wrote."""
    status_index: Mapped[int | None]
    """Its place in the list, drawn at random."""


class CertificateFile(Base):
    """The signed PDF, sealed for (table, column, id)."""

    __tablename__ = "certificate_files"
    SEALED: ClassVar[tuple[str, ...]] = ("pdf",)

    id: Mapped[str] = mapped_column(ForeignKey("certificates.id"), primary_key=True)
    pdf: Mapped[bytes]


class CertificateArchive(Base):
    """The same certificate upgraded to PAdES B-LTA: a second file, as good as the first.

    The first stays what it was; whoever has it may go on using it.
    """

    __tablename__ = "certificate_archives"
    __table_args__ = (CheckConstraint("length(sha256) = 32", name="sha256"),)
    SEALED: ClassVar[tuple[str, ...]] = ("pdf",)

    id: Mapped[str] = mapped_column(ForeignKey("certificates.id"), primary_key=True)
    sha256: Mapped[bytes] = mapped_column(unique=True)
    """Of the file: an upload of it is recognised too."""
    pdf: Mapped[bytes]
    """Sealed for (table, column, id)."""
    stamped_at: Mapped[datetime]
    """The trusted time of its signature."""
    archived_at: Mapped[datetime]


class ArchiveJob(TurnRow, Base):
    """What has to be upgraded; the database makes one for each certificate that is issued."""

    __tablename__ = "certificate_archive_jobs"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'working', 'done', 'refused')", name="state"),
        CheckConstraint("attempts >= 0", name="attempts"),
        CheckConstraint(
            "(state = 'working') = (claim IS NOT NULL) "
            "AND (claim IS NULL) = (claimed_until IS NULL)",
            name="claimed_while_working",
        ),
        Index(
            "ix_certificate_archive_jobs_open",
            "due_at",
            postgresql_where=text("state IN ('waiting', 'working')"),
        ),
    )


class CertificateSource(Base):
    """Lineage: which exchange a certificate's facts of one source came by."""

    __tablename__ = "certificate_sources"
    __table_args__ = (Index("ix_certificate_sources_exchange_id", "exchange_id"),)

    certificate_id: Mapped[str] = mapped_column(ForeignKey("certificates.id"), primary_key=True)
    source: Mapped[str] = mapped_column(primary_key=True)
    exchange_id: Mapped[str] = mapped_column(ForeignKey("exchanges.id"))
    record_version: Mapped[str]
    as_of: Mapped[datetime]
    live: Mapped[bool | None]
    """Whether it was said just then; None of a row that an earlier version wrote."""


class CertificateChange(Base):
    """One change of a certificate's state. Rows are only ever added."""

    __tablename__ = "certificate_changes"
    __table_args__ = (
        CheckConstraint("state IN ('valid', 'suspended', 'superseded', 'revoked')", name="state"),
        CheckConstraint("reason <> '' AND changed_by <> ''", name="explained"),
        Index("ix_certificate_changes_certificate_id_id", "certificate_id", "id"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    certificate_id: Mapped[str] = mapped_column(ForeignKey("certificates.id"))
    state: Mapped[str]
    """The new one."""
    reason: Mapped[str]
    """A value of `app.documents.moves.Reason`; with CONFIRMED the state is the one before."""
    changed_by: Mapped[str]
    """Opaque: who did it."""
    at: Mapped[datetime]


class CertificateFollower(Base):
    """A partner who checked a certificate and wants to hear when its state changes."""

    __tablename__ = "certificate_followers"
    __table_args__ = (
        CheckConstraint("expires_at > created_at", name="lives"),
        UniqueConstraint("certificate_id", "merchant_id"),
        Index("ix_certificate_followers_merchant_id_id", "merchant_id", "id"),
        Index("ix_certificate_followers_expires_at", "expires_at"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    certificate_id: Mapped[str] = mapped_column(ForeignKey("certificates.id"))
    merchant_id: Mapped[str] = mapped_column(ForeignKey("merchants.id"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
