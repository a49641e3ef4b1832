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
from certificates.render import Renderer


@dataclass(frozen=True, slots=True, kw_only=True)
class Authorities:
    """What both certificates and credentials are made with."""

    keys: KeyProvider
    catalogue: Catalogue
    pki: Pki
    renderer: Renderer
    """One a process: its fonts and what it remembers take 30 MB."""
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
    catalogue = Catalogue.load()
    return Authorities(
        keys=keys,
        catalogue=catalogue,
        pki=pki,
        renderer=Renderer(catalogue.home),
        desk=build_authority(shared),
    )
