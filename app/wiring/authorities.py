"""Who issues what: the types, the departments' keys and their chain, opened once."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass

from app.wiring.authority import build_authority, certificate_addresses
from app.wiring.infrastructure import Infrastructure
from app.wiring.signing_keys import build_signing_keys
from certificates.authority import Authority
from certificates.catalogue import Catalogue
from certificates.keys import KeyProvider
from certificates.pki import Pki


@dataclass(frozen=True, slots=True, kw_only=True)
class Authorities:
    """What both certificates and credentials are made with."""

    keys: KeyProvider
    catalogue: Catalogue
    pki: Pki
    desk: Authority
    """Of those who certify the departments."""


def build_authorities(shared: Infrastructure, closing: ExitStack) -> Authorities:
    """Open them.

    Raises:
        CertificateError: a type, a key or a chain that cannot be used.
    """
    keys = build_signing_keys(shared, closing)
    pki = Pki.open(
        keys=keys, now=shared.clock.now(), addresses=certificate_addresses(shared.settings)
    )
    return Authorities(keys=keys, catalogue=Catalogue.load(), pki=pki, desk=build_authority(shared))
