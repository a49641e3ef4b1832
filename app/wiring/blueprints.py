"""Every blueprint of the system, in the order of the documentation."""

from __future__ import annotations

from typing import Final

from app.audit.routes import blueprint as accesses
from app.card.routes.holder import blueprint as card
from app.card.routes.log import blueprint as card_log
from app.card.routes.offline import blueprint as offline_codes
from app.card.routes.operator import blueprint as operator_cards
from app.card.routes.paper import blueprint as paper_codes
from app.card.routes.terminal import blueprint as terminal
from app.core.http.health import blueprint as health
from app.credentials.routes.holder import blueprint as credentials
from app.credentials.routes.presentations import blueprint as presentations
from app.credentials.routes.published import blueprint as credential_metadata
from app.credentials.routes.wallets import blueprint as openid4vci
from app.credentials.routes.wallets import offers as credential_offers
from app.documents.routes.authorities import blueprint as authorities
from app.documents.routes.batches import blueprint as certificate_batches
from app.documents.routes.certificates import blueprint as certificates
from app.documents.routes.following import blueprint as certificate_following
from app.documents.routes.operator import blueprint as operator_certificates
from app.documents.routes.page import blueprint as check_page
from app.documents.routes.public import blueprint as certificate_checks
from app.documents.routes.status import blueprint as status_lists
from app.exchange.routes import blueprint as operator_sources
from app.family.routes.mandates import blueprint as family_mandates
from app.family.routes.mutual_aid import blueprint as family_mutual_aid
from app.hospital.calendar.routes.feeds import blueprint as calendar_feed
from app.hospital.calendar.routes.feeds import served as calendars
from app.hospital.conduct.routes.citizen import blueprint as conduct
from app.hospital.conduct.routes.hospital import blueprint as hospital_conduct
from app.hospital.conduct.routes.operator import blueprint as operator_conduct
from app.hospital.fhir.routes.capability import blueprint as fhir_capability
from app.hospital.fhir.routes.changing import blueprint as fhir_changing
from app.hospital.fhir.routes.operations import blueprint as fhir_operations
from app.hospital.fhir.routes.reading import blueprint as fhir_reading
from app.hospital.finding.routes.places import blueprint as hospital_finding
from app.hospital.finding.routes.sessions import blueprint as clinic_sessions
from app.hospital.planning.routes.imports import blueprint as hospital_imports
from app.hospital.planning.routes.operator import blueprint as operator_hospitals
from app.hospital.planning.routes.sessions import blueprint as hospital_sessions
from app.hospital.routes.appointments import blueprint as appointments
from app.hospital.routes.calls import blueprint as hospital_calls
from app.hospital.routes.desk import blueprint as hospital_desk
from app.hospital.rush.routes.hospital import blueprint as hospital_releases
from app.hospital.rush.routes.operator import blueprint as operator_releases
from app.hospital.rush.routes.published import blueprint as releases
from app.hospital.rush.routes.queue import blueprint as queue_tickets
from app.hospital.slips.routes.slips import blueprint as appointment_slips
from app.hospital.slips.routes.slips import desk as slip_desk
from app.hospital.stopping.routes.stops import blueprint as hospital_stops
from app.hospital.waitlist.routes.entries import blueprint as waitlist
from app.identity.routes.me import blueprint as me
from app.identity.routes.oauth import blueprint as oauth
from app.identity.routes.operator import blueprint as operator_verifications
from app.identity.routes.own_faces import blueprint as own_faces
from app.identity.routes.receipts import blueprint as receipt_checks
from app.identity.routes.verifications import blueprint as verifications
from app.identity.routes.well_known import blueprint as well_known
from app.notifications.routes.dead_letters import blueprint as dead_letters
from app.notifications.routes.events import blueprint as partner_events
from app.notifications.routes.notices import blueprint as notices
from app.notifications.routes.operator import blueprint as operator_webhooks
from app.notifications.routes.webhooks import blueprint as webhooks
from app.outbox.routes import blueprint as operator_queues
from app.partners.routes.enrolments import blueprint as key_enrolments
from app.partners.routes.enrolments import operators as operator_enrolments
from app.partners.routes.merchants import blueprint as operator_merchants
from app.partners.routes.terminals import blueprint as operator_terminals
from app.settlement.chs.routes import blueprint as national
from app.settlement.payments.routes import blueprint as payments
from app.settlement.receipts.routes.api import checks as settlement_receipt_checks
from app.settlement.receipts.routes.api import holder as purchase_receipts
from app.settlement.receipts.routes.api import till as settlement_receipts
from app.settlement.receipts.routes.page import blueprint as receipt_page
from app.settlement.reconciliation.routes.operator import blueprint as operator_reconciliation
from app.settlement.reconciliation.routes.terminal import blueprint as reconciliation
from app.settlement.routes.holder import blueprint as purchases
from app.settlement.routes.items import blueprint as catalogue_items
from app.settlement.routes.terminal import blueprint as settlement
from app.web.routes import blueprint as web

BLUEPRINTS: Final = (
    verifications,
    receipt_checks,
    oauth,
    well_known,
    me,
    own_faces,
    accesses,
    notices,
    certificates,
    certificate_batches,
    certificate_checks,
    authorities,
    check_page,
    credentials,
    credential_offers,
    openid4vci,
    credential_metadata,
    presentations,
    status_lists,
    certificate_following,
    card,
    card_log,
    family_mandates,
    family_mutual_aid,
    releases,
    queue_tickets,
    hospital_releases,
    hospital_finding,
    clinic_sessions,
    waitlist,
    fhir_reading,
    fhir_operations,
    fhir_changing,
    fhir_capability,
    conduct,
    hospital_conduct,
    terminal,
    offline_codes,
    operator_cards,
    settlement,
    catalogue_items,
    settlement_receipts,
    reconciliation,
    purchases,
    national,
    purchase_receipts,
    settlement_receipt_checks,
    receipt_page,
    appointments,
    hospital_desk,
    hospital_calls,
    webhooks,
    payments,
    paper_codes,
    hospital_imports,
    hospital_sessions,
    operator_merchants,
    operator_hospitals,
    operator_terminals,
    operator_enrolments,
    key_enrolments,
    dead_letters,
    partner_events,
    operator_sources,
    operator_certificates,
    operator_reconciliation,
    operator_releases,
    hospital_stops,
    calendar_feed,
    calendars,
    appointment_slips,
    slip_desk,
    operator_conduct,
    operator_verifications,
    operator_queues,
    operator_webhooks,
    web,
    health,
)
