"""Certificates: the library's parts and the services around them."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from typing import Final

from app.core.fan_out import FanOut
from app.documents.making import Workshop
from app.documents.ports import Holders, Persons, RecordSource
from app.documents.service.batches.items import BatchItems
from app.documents.service.batches.orders import BatchOrders
from app.documents.service.batches.workers import BatchWorkers
from app.documents.service.checks import CertificateChecks
from app.documents.service.following import CertificateFollowing
from app.documents.service.gathering import Gatherer
from app.documents.service.holdings import CertificateHoldings
from app.documents.service.issuing import CertificateIssuing
from app.documents.service.offering import CertificateOffer
from app.documents.service.overseeing import CertificateOversight
from app.documents.service.publishing import AuthorityPublications
from app.documents.service.standing import CertificateStanding
from app.documents.service.status_lists import StatusLists
from app.wiring.authorities import Authorities
from app.wiring.authority import certificate_addresses
from app.wiring.infrastructure import Infrastructure
from app.wiring.signing_keys import build_signing_keys
from certificates.authority import Authority
from certificates.catalogue import Catalogue
from certificates.check_certificate import check_chain
from certificates.crl_folder import CrlFolder
from certificates.maker import CertificateMaker
from certificates.pki import Pki
from certificates.publishing import signers_pem
from certificates.receipt_maker import DEPARTMENT, receipts_department
from certificates.workers import Allowance, Inspectors

_CHECK_KEY: Final = "check"
_LOOK_S: Final = 5.0
_SOURCE_THREADS: Final = 16
"""Questions to departments under way at once in this process, besides one in each asking thread."""


def build_documents(
    shared: Infrastructure,
    *,
    authorities: Authorities,
    persons: Persons,
    holders: Holders,
    sources: Mapping[str, RecordSource],
    closing: ExitStack,
) -> dict[type, object]:
    """Issuing, holding and checking certificates.

    Args:
        shared: the shared parts.
        authorities: departments and their keys.
        persons: knows citizen numbers and names.
        holders: knows how holders are named to others.
        sources: departments' data by the names that types use; a type that needs another one is
            listed as not available.
        closing: takes what has to be closed in the end.
    """
    workshop = _workshop(shared, authorities, closing)
    return {
        Workshop: workshop,
        **_issuing(shared, workshop, _gatherer(shared, sources, closing), persons, closing),
        **_checking(shared, workshop, holders),
        StatusLists: StatusLists(
            writer=workshop,
            database=shared.database,
            ring=shared.keys.signing("status-list"),
            clock=shared.clock,
            public_url=shared.settings.public_url,
        ),
        CertificateHoldings: CertificateHoldings(
            workbench=workshop,
            database=shared.database,
            accesses=shared.accesses,
            cipher=shared.cipher,
            clock=shared.clock,
        ),
        CertificateOversight: CertificateOversight(
            workbench=workshop,
            database=shared.database,
            accesses=shared.accesses,
            clock=shared.clock,
        ),
        CertificateStanding: CertificateStanding(
            database=shared.database, clock=shared.clock, accesses=shared.accesses
        ),
        AuthorityPublications: AuthorityPublications(desk=authorities.desk, clock=shared.clock),
    }


def _issuing(
    shared: Infrastructure,
    workshop: Workshop,
    gatherer: Gatherer,
    persons: Persons,
    closing: ExitStack,
) -> dict[type, object]:
    issuing = CertificateIssuing(
        workbench=workshop,
        gatherer=gatherer,
        persons=persons,
        database=shared.database,
        accesses=shared.accesses,
        cipher=shared.cipher,
        clock=shared.clock,
    )
    return {
        CertificateOffer: CertificateOffer(workbench=workshop, gatherer=gatherer),
        CertificateIssuing: issuing,
        BatchOrders: _batches(shared, workshop, issuing, closing),
    }


def _checking(shared: Infrastructure, workshop: Workshop, holders: Holders) -> dict[type, object]:
    checks = CertificateChecks(
        workbench=workshop,
        holders=holders,
        database=shared.database,
        accesses=shared.accesses,
        cipher=shared.cipher,
        limits=shared.limits,
        clock=shared.clock,
    )
    following = CertificateFollowing(
        checks=checks, database=shared.database, clock=shared.clock, accesses=shared.accesses
    )
    return {CertificateChecks: checks, CertificateFollowing: following}


def build_batch_items(shared: Infrastructure) -> BatchItems:
    """The queue of batches."""
    return BatchItems(database=shared.database, cipher=shared.cipher, clock=shared.clock)


def _batches(
    shared: Infrastructure, workshop: Workshop, issuing: CertificateIssuing, closing: ExitStack
) -> BatchOrders:
    workers = BatchWorkers(
        items=build_batch_items(shared),
        issuing=issuing,
        database=shared.database,
        clock=shared.clock,
    )
    closing.callback(workers.close)
    workers.start(threads=shared.settings.certificate_workers, look_s=_LOOK_S)
    return BatchOrders(
        workbench=workshop,
        database=shared.database,
        cipher=shared.cipher,
        limits=shared.limits,
        clock=shared.clock,
        wake=workers.wake,
    )


def _gatherer(
    shared: Infrastructure, sources: Mapping[str, RecordSource], closing: ExitStack
) -> Gatherer:
    fan_out = FanOut(threads=_SOURCE_THREADS, apart=shared.database.apart)
    closing.callback(fan_out.close)
    return Gatherer(sources, fan_out=fan_out)


def _workshop(shared: Infrastructure, authorities: Authorities, closing: ExitStack) -> Workshop:
    catalogue, pki = authorities.catalogue, authorities.pki
    maker = CertificateMaker(
        catalogue=catalogue,
        pki=pki,
        check_key=authorities.keys.private_key(_CHECK_KEY),
        check_base_url=shared.settings.public_url,
        renderer=authorities.renderer,
    )
    root = pki.root_pem()
    inspectors = Inspectors(
        roots=(root,),
        workers=shared.settings.check_workers,
        allowance=Allowance(wall_seconds=shared.settings.check_seconds),
    )
    closing.callback(inspectors.close)
    if shared.settings.check_prestart:
        inspectors.prestart()
    folder = CrlFolder(shared.settings.crl_path)
    departments = [kind.department for kind in catalogue.all()]
    departments.append(receipts_department(catalogue.home))
    return Workshop(
        catalogue=catalogue,
        maker=maker,
        inspector=inspectors,
        root_pem=root,
        check_chains=[check_chain(authorities.keys, now=shared.clock.now())],
        signers_pem=lambda: signers_pem(authorities.keys, departments),
        crls=lambda: (*folder.lists(), *_own_lists(shared, authorities.desk)),
    )


def _own_lists(shared: Infrastructure, desk: Authority) -> tuple[bytes, bytes]:
    """What our own authority has revoked, as it stands now: no file has to be fetched for that."""
    now = shared.clock.now()
    return desk.issuing_list(now=now), desk.root_list(now=now)


def rotate_signers(shared: Infrastructure) -> dict[str, str]:
    """Give every department a new signing certificate; what the old ones signed stays valid.

    Returns:
        By department, the SHA-256 of its new certificate.
    """
    now = shared.clock.now()
    catalogue = Catalogue.load()
    departments = {kind.department.code: kind.department for kind in catalogue.all()}
    departments[DEPARTMENT] = receipts_department(catalogue.home)
    with ExitStack() as closing:
        pki = Pki.open(
            keys=build_signing_keys(shared, closing),
            now=now,
            addresses=certificate_addresses(shared.settings),
        )
        return {code: pki.rotate(one, now=now).fingerprint for code, one in departments.items()}
