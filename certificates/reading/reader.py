"""Reads a file the way our own writers write one; whatever else it is, is left to the library."""

import datetime as dt
from collections.abc import Hashable, Sequence

from cryptography import x509

from certificates.checking import Limits
from certificates.reading.additions import only_long_term
from certificates.reading.chains import find_root, judge_chain
from certificates.reading.content import forbidden
from certificates.reading.document import Document
from certificates.reading.objects import Reference
from certificates.reading.pages import Follow, pages_obstacle
from certificates.reading.refusals import Refused
from certificates.reading.revocation import Revocation, revocation
from certificates.reading.sealed import signing_chain
from certificates.reading.signature import Signature, read_signature
from certificates.verdicts import Inspection, Integrity


class OwnReader:
    """Reads and judges without a PDF library; some milliseconds a file. Never raises."""

    def __init__(self, roots: Sequence[bytes]) -> None:
        """Keep the trusted roots (PEM); with none, no signature is trusted."""
        self._roots = [x509.load_pem_x509_certificate(root) for root in roots]

    def inspect(
        self, data: bytes, *, now: dt.datetime, limits: Limits, crls: Sequence[bytes] = ()
    ) -> Inspection:
        """Check a file.

        Security checks, the first that fails decides:
            1. it has our form: tables, objects, nothing encrypted, no more than the limits;
            2. its pages can be counted, and are no more than the limit;
            3. where there is one signature, it signs everything but its value;
            4. the signature holds, and its CMS is exactly as our writer writes one;
            5. no revision contains anything that ours never do: scripts, actions, layers;
            6. after the signature nothing was added but validation data and timestamps;
            7. the chain leads to a root, holds now, may sign documents, and is not revoked.

        Returns:
            With FOREIGN_FORM nothing is known: the file may be a fine PDF of somebody else's.
        """
        try:
            document = Document(data, most_objects=limits.objects)  # 1
        except Refused as stopped:
            return Inspection(integrity=stopped.integrity)
        obstacle = pages_obstacle(document.root, follow=_follow(document), limit=limits.pages)
        if obstacle is not None:  # 2
            return Inspection(integrity=obstacle)
        try:
            signature = read_signature(document)  # 3
            chain = signing_chain(signature.contents, digest=signature.digest)  # 4
        except Refused as stopped:
            return Inspection(integrity=_unsealed(document, stopped.integrity))
        issuer = judge_chain(chain, roots=self._roots, crls=crls, now=now)  # 7
        return Inspection(integrity=_kept(document, signature), issuer=issuer)

    def signer_revoked(
        self, data: bytes, *, crls: Sequence[bytes], now: dt.datetime, proven_at: dt.datetime
    ) -> bool:
        """Tell whether a file known to be ours was signed with a certificate revoked by then.

        Args:
            data: found in the log, byte for byte.
            crls: DER.
            now: aware.
            proven_at: when the log took the file in.
        """
        try:
            signature = read_signature(Document(data, most_objects=Limits().objects))
            chain = signing_chain(signature.contents, digest=signature.digest)
        except Refused:
            return False
        root = find_root(chain, self._roots)
        above = (*chain[1:], *([] if root is None else [root]))
        said = [
            revocation(one, authority=authority, crls=crls, now=now, proven_at=proven_at)
            for one, authority in zip(chain, above, strict=False)
        ]
        return Revocation.REVOKED in said


def _follow(document: Document) -> Follow:
    def follow(value: object) -> tuple[Hashable, object]:
        if isinstance(value, Reference):
            return value, document.get(value)
        return id(value), value

    return follow


def _content(document: Document) -> Integrity | None:
    def resolve(value: object) -> object:
        return document.get(value) if isinstance(value, Reference) else value

    objects = ((one.value, one.stream is not None) for _, one in document.everything())
    return forbidden(objects, resolve=resolve)


def _unsealed(document: Document, reason: Integrity) -> Integrity:
    """Say more of a file without a signature: half of it is missing, or it is dangerous."""
    if reason is not Integrity.UNSIGNED:
        return reason
    if document.revisions.end < len(document.data):
        return Integrity.TRUNCATED
    return _content(document) or reason


def _kept(document: Document, signature: Signature) -> Integrity:
    found = _content(document)  # 5
    if found is not None:
        return found
    whole = document.revisions.end == len(document.data)
    if whole and only_long_term(document, after=signature.revision):  # 6
        return Integrity.INTACT
    return Integrity.CHANGED_AFTER_SIGNING
