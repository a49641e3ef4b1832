"""Notices, webhooks, and who handles which message of the outbox."""

from __future__ import annotations

import secrets
from collections.abc import Mapping

from app.documents.service.changes import CHANGED
from app.documents.service.telling import ChangeTelling
from app.exchange.changes.pulling import RECORD_CHANGED
from app.family.service.notes import CHANGED as FAMILY_CHANGED
from app.notifications.calling import HttpCaller, resolved
from app.notifications.service.addresses import Addresses
from app.notifications.service.dead_letters import DeadLetters, DeadLetterSweep
from app.notifications.service.delivering import RETRIES, DeliverySweep, WebhookDelivering
from app.notifications.service.endpoints import WebhookEndpoints
from app.notifications.service.failing_webhooks import FailingWebhooks
from app.notifications.service.feed import EventFeed, FeedSweep
from app.notifications.service.feeding import FeedWriting
from app.notifications.service.notices import Notices
from app.notifications.service.posting import PARTNER_EVENT, PartnerEvents
from app.notifications.service.publishing import DELIVERY, Webhooks
from app.notifications.service.signing_secrets import SecretSweep, WebhookSecrets
from app.outbox.ports import Topic
from app.outbox.service.dispatching import Dispatcher
from app.outbox.service.letters import OutboxKeeper
from app.settlement.payments.unconnected import NoPayments
from app.settlement.service.announcing import PurchaseAnnouncing
from app.settlement.service.purchase.telling import CHANGED as PURCHASE_CHANGED
from app.wiring.card import card_topics
from app.wiring.family import build_family_telling
from app.wiring.hospital.appointments import appointment_topics
from app.wiring.hospital.conduct import conduct_topics
from app.wiring.hospital.fees import FeeNews
from app.wiring.hospital.fhir import build_announcing
from app.wiring.hospital.rush import rush_topics
from app.wiring.hospital.telling import hospital_topics
from app.wiring.hospital.waitlist import waitlist_topics
from app.wiring.infrastructure import Infrastructure
from app.wiring.lineage import build_correcting
from app.wiring.payments import payment_topics
from app.wiring.reconciliation import reconciliation_topics
from app.wiring.settlement import build_saga
from app.wiring.type_book import TypeBook
from certificates.catalogue import Catalogue


def build_notifications(shared: Infrastructure) -> dict[type, object]:
    """What citizens and partners see of their messages."""
    database, clock, webhooks = shared.database, shared.clock, _webhooks(shared)
    signing = _secrets(shared)
    return {
        Notices: Notices(database=database, clock=clock),
        WebhookSecrets: signing,
        WebhookEndpoints: WebhookEndpoints(
            database=database,
            clock=clock,
            addresses=_addresses(shared),
            webhooks=webhooks,
            secrets=signing,
        ),
        DeadLetters: DeadLetters(database=database, clock=clock, webhooks=webhooks),
        FailingWebhooks: FailingWebhooks(database=database),
        OutboxKeeper: OutboxKeeper(database=database, clock=clock),
        EventFeed: EventFeed(database=database),
    }


def build_dispatcher(shared: Infrastructure) -> Dispatcher:
    """The outbox's dispatcher with every handler."""
    return Dispatcher(
        database=shared.database,
        clock=shared.clock,
        topics=_topics(shared),
        randbelow=secrets.randbelow,
    )


def swept_events(shared: Infrastructure) -> dict[str, int]:
    """Forget what was delivered, given up or read long ago; how many of each."""
    database, clock = shared.database, shared.clock
    return {
        "deliveries": DeliverySweep(database=database, clock=clock).sweep(),
        "dead_letters": DeadLetterSweep(database=database, clock=clock).sweep(),
        "webhook_secrets": SecretSweep(database=database, clock=clock).sweep(),
        "partner_events": FeedSweep(database=database, clock=clock).sweep(),
    }


def _topics(shared: Infrastructure) -> Mapping[str, Topic]:
    types = TypeBook(Catalogue.load())
    notices = Notices(database=shared.database, clock=shared.clock)
    events = PartnerEvents(clock=shared.clock)
    telling = ChangeTelling(
        database=shared.database,
        clock=shared.clock,
        names=types,
        notices=notices,
        events=events,
    )
    announcing = PurchaseAnnouncing(database=shared.database, notices=notices, events=events)
    news = FeeNews(announcing=announcing, database=shared.database, clock=shared.clock)
    feeding = FeedWriting(database=shared.database, clock=shared.clock, webhooks=_webhooks(shared))
    delivering = WebhookDelivering(
        database=shared.database,
        clock=shared.clock,
        addresses=_addresses(shared),
        caller=HttpCaller(),
        ring=shared.keys.signing("webhook"),
        secrets=_secrets(shared),
    )
    return {
        CHANGED: Topic(handler=telling),
        PARTNER_EVENT: Topic(handler=feeding, together=feeding.together),
        DELIVERY: Topic(handler=delivering, retries=RETRIES),
        FAMILY_CHANGED: Topic(handler=build_family_telling(shared)),
        PURCHASE_CHANGED: Topic(handler=news, together=news.together),
        **appointment_topics(shared),
        **reconciliation_topics(shared, events),
        # Hearing the provider needs no connection to it.
        **payment_topics(shared, build_saga(shared, payments=NoPayments())),
        RECORD_CHANGED: Topic(handler=build_correcting(shared, types)),
        **card_topics(shared),
        **conduct_topics(shared),
        **waitlist_topics(shared),
        **rush_topics(shared),
        **hospital_topics(shared, also=[build_announcing(shared, events).together]),
    }


def _addresses(shared: Infrastructure) -> Addresses:
    return Addresses(resolve=resolved, inside=shared.settings.webhooks_inside)


def _webhooks(shared: Infrastructure) -> Webhooks:
    return Webhooks(clock=shared.clock, outbox=shared.outbox)


def _secrets(shared: Infrastructure) -> WebhookSecrets:
    return WebhookSecrets(
        database=shared.database,
        clock=shared.clock,
        cipher=shared.cipher,
        randomness=secrets.token_bytes,
    )
