"""The composition root: builds every service, hands each its ports, lists the blueprints."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack

from app.audit.service import AccessDictionary, AccessLog
from app.core.database import Database
from app.core.health import Health
from app.core.http.addresses import AddressLimits
from app.core.idempotency.ledger import IdempotencyLedger
from app.documents.making import Workshop
from app.documents.service.published_places import PublishedPlaces
from app.exchange.population import PopulationLookup
from app.identity.ports import FacePort
from app.web import pages
from app.web.pages import Pages
from app.wiring.access import build_gate
from app.wiring.access_words import AccessWords
from app.wiring.authorities import build_authorities
from app.wiring.blueprints import BLUEPRINTS
from app.wiring.card import build_card
from app.wiring.credentials import build_credentials, build_wallet_gate
from app.wiring.documents import build_documents
from app.wiring.exchange import build_exchange, build_sources
from app.wiring.faces import build_engine, build_faces, build_policy
from app.wiring.family import build_family
from app.wiring.hospital import build_hospital
from app.wiring.identity import build_identity, build_sessions, build_token_parts
from app.wiring.infrastructure import build_infrastructure
from app.wiring.notifications import build_notifications
from app.wiring.partners import build_partners
from app.wiring.parts import Parts
from app.wiring.payments import build_notices
from app.wiring.receipts import build_receipts
from app.wiring.reconciliation import build_reconciliation
from app.wiring.settlement import build_settlement, connected_payments
from app.wiring.type_book import TypeBook
from app.wiring.wired import Wired
from config import Settings


def wire(settings: Settings, parts: Parts) -> Wired:
    """Build all services from the settings."""
    closing = ExitStack()
    shared = build_infrastructure(settings, parts.clock, closing)
    tokens, exchange = build_token_parts(shared), build_exchange(shared, closing)
    faces, probes = _faces(settings, parts, closing)
    sessions = build_sessions(shared, faces=faces, registry=PopulationLookup(exchange.population))
    probes |= {"database": shared.database.ping, "redis": shared.redis.ping}
    authorities, wallets = build_authorities(shared, closing), build_wallet_gate(shared)
    services: dict[type, object] = {
        Database: shared.database,
        IdempotencyLedger: shared.idempotency,
        AccessLog: shared.accesses,
        AccessDictionary: AccessDictionary(words=AccessWords(TypeBook(authorities.catalogue))),
        Health: Health(probes),
        Pages: Pages.read(pages.HOME, origin=settings.public_url),
        **build_identity(shared, sessions, tokens),
        **build_sources(shared, exchange),
        **build_card(shared, persons=sessions.persons),
        **build_family(shared, persons=sessions.persons, births=exchange.cases.get("birth")),
        **build_partners(shared),
        **build_settlement(
            shared,
            persons=sessions.persons,
            family=parts.family,
            payments=parts.payments or connected_payments(shared, closing),
        ),
        **build_reconciliation(shared),
        **build_receipts(shared, authorities=authorities),
        **build_notifications(shared),
        **build_notices(shared, closing),
        **build_documents(
            shared,
            authorities=authorities,
            persons=sessions.persons,
            holders=sessions.persons,
            sources={**exchange.cases, **parts.sources},
            closing=closing,
        ),
    }
    services |= build_hospital(shared, services, authorities=authorities, persons=sessions.persons)
    services |= build_credentials(
        shared,
        authorities=authorities,
        workbench=_workshop(services),
        places=PublishedPlaces(database=shared.database, public_url=shared.settings.public_url),
        wallets=wallets,
    )
    return Wired(
        services=services,
        blueprints=BLUEPRINTS,
        gate=build_gate(shared, tokens, wallets),
        addresses=AddressLimits(limits=shared.limits, cipher=shared.cipher),
        closing=closing,
    )


def _workshop(services: Mapping[type, object]) -> Workshop:
    found = services[Workshop]
    if not isinstance(found, Workshop):
        raise TypeError
    return found


def _faces(
    settings: Settings, parts: Parts, closing: ExitStack
) -> tuple[FacePort, dict[str, Callable[[], object]]]:
    if parts.faces is not None:
        return parts.faces, {}
    policy = build_policy(settings)
    engine = build_engine(settings, policy)
    closing.callback(engine.close)
    engine.start()
    return build_faces(settings, engine, policy), {"faces": engine.ready}
