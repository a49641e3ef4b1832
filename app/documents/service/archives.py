"""A certificate's second file, where there is one."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from app.core.fields import Place
from app.documents.models import (
    SUSPENDED,
    VALID,
    Certificate,
    CertificateArchive,
    CertificateFile,
)


def archived_times(tx: Session, ids: Collection[str]) -> dict[str, datetime]:
    """When each of these certificates was upgraded; the others are left out."""
    archive = CertificateArchive
    rows = tx.execute(select(archive.id, archive.archived_at).where(archive.id.in_(ids)))
    return {row.id: row.archived_at for row in rows}


def count_unarchived(tx: Session, *, signer: str) -> int:
    """How many live certificates of a signer have no trusted time yet.

    Args:
        tx: the transaction.
        signer: SHA-256 of the signing certificate, 64 hex digits.
    """
    archived = select(CertificateArchive.id).where(CertificateArchive.id == Certificate.id)
    query = select(func.count()).where(
        Certificate.signer == signer,
        Certificate.state.in_((VALID, SUSPENDED)),
        ~archived.exists(),
    )
    return tx.scalar(query) or 0


def newest_file(tx: Session, certificate_id: str) -> tuple[bytes, Place]:
    """The file that is handed out, sealed, and the place it is sealed for."""
    archive = tx.get(CertificateArchive, certificate_id)
    if archive is not None:
        return archive.pdf, archive_place(certificate_id)
    return tx.get_one(CertificateFile, certificate_id).pdf, file_place(certificate_id)


def is_file_of(sha256: bytes) -> ColumnElement[bool]:
    """Whether a certificate is the one whose file, first or second, has this hash."""
    archived = select(CertificateArchive.id).where(CertificateArchive.sha256 == sha256)
    return or_(Certificate.sha256 == sha256, Certificate.id == archived.scalar_subquery())


def file_place(certificate_id: str) -> Place:
    """What a file as it was issued is sealed for."""
    return Place("certificate_files", "pdf", certificate_id)


def archive_place(certificate_id: str) -> Place:
    """What an upgraded file is sealed for."""
    return Place("certificate_archives", "pdf", certificate_id)
