"""Every table of the system, for migrations, and every sealed column, for rotation."""

from __future__ import annotations

from typing import Final

from app.audit.models import AccessEvent
from app.card.models import Card, CardToken, CodeGrant, Presentation
from app.card.offline_models import (
    CardRevocation,
    OfflineCredential,
    OfflineExposure,
    OfflineUpload,
    RevocationHead,
)
from app.core.database import Base
from app.core.idempotency.models import IdempotencyKey
from app.core.resealing import SealedColumn
from app.credentials.models import (
    CredentialOffer,
    IssuedCredential,
    PresentationRequest,
    SpentNonce,
)
from app.documents.batch_models import BatchItem, CertificateBatch
from app.documents.confirmation_models import CertificateConfirmation
from app.documents.models import (
    ArchiveJob,
    Certificate,
    CertificateArchive,
    CertificateChange,
    CertificateFile,
    CertificateFollower,
    CertificateSeries,
    CertificateSource,
    StatusList,
)
from app.exchange.models import Capability, ChangeCursor, DropWatermark, Exchange, KeptAnswer
from app.family.models import FamilyAgreement, FamilyUse
from app.hospital.calendar.models import CalendarFeed
from app.hospital.conduct.models import BookingOutage, ConductPoint
from app.hospital.models.appointment import Appointment, AppointmentEvent
from app.hospital.models.fee import AppointmentFee
from app.hospital.models.places import Campus, Department, Hospital, Practitioner
from app.hospital.models.planning import ClinicSession, SlotUnit, UnitPool
from app.hospital.planning.models import (
    HospitalHoliday,
    PlanningRound,
    SessionPlan,
    SessionTemplate,
)
from app.hospital.rush.models import QueueTail, QueueTicket, Release, ReleaseSession
from app.hospital.stopping.models import ClinicStop, StopOutcome
from app.hospital.waitlist.models import (
    WaitlistEntry,
    WaitlistMember,
    WaitlistPlace,
    WaitlistSkip,
)
from app.identity.models.consent import Consent
from app.identity.models.lockout import Lockout
from app.identity.models.person import Person
from app.identity.models.seen_frame import SeenCapture, SeenFrame
from app.identity.models.token import RefreshToken, TokenFamily
from app.identity.models.verification import StepEvidence, VerificationSession, VerificationStep
from app.notifications.feed_models import PartnerEvent, PartnerFeed
from app.notifications.models import (
    DeadLetter,
    Notice,
    WebhookDelivery,
    WebhookEndpoint,
    WebhookSecret,
)
from app.outbox.models import OutboxMessage
from app.partners.enrolment_models import KeyEnrolment
from app.partners.models import Merchant, Operator, PartnerChange, Terminal
from app.settlement.models.cash import CashOrder, CashRefund
from app.settlement.models.enrolment import AccountCredit, Enrolment
from app.settlement.models.ledger import Accumulator, LedgerAccount, LedgerEntry, LedgerTxn
from app.settlement.models.message import SettlementMessage
from app.settlement.models.purchase import Adjustment, Refund, Settlement, SettlementLine
from app.settlement.models.quote import Quote
from app.settlement.payments.models import (
    PaymentAlert,
    PaymentEvent,
    PaymentOrder,
    PaymentRefund,
)
from app.settlement.reconciliation.models import (
    Difference,
    ReconciliationCursor,
    ReconciliationOutcome,
    ReconciliationRun,
)

TABLES: Final[tuple[type[Base], ...]] = (
    Person,
    Consent,
    Lockout,
    VerificationSession,
    VerificationStep,
    StepEvidence,
    SeenFrame,
    SeenCapture,
    TokenFamily,
    RefreshToken,
    Merchant,
    Terminal,
    Operator,
    PartnerChange,
    KeyEnrolment,
    Capability,
    Exchange,
    KeptAnswer,
    DropWatermark,
    ChangeCursor,
    CertificateSeries,
    StatusList,
    Certificate,
    CertificateFile,
    CertificateArchive,
    ArchiveJob,
    CertificateSource,
    CertificateConfirmation,
    CertificateBatch,
    BatchItem,
    CredentialOffer,
    IssuedCredential,
    SpentNonce,
    PresentationRequest,
    CertificateChange,
    CertificateFollower,
    FamilyAgreement,
    FamilyUse,
    Card,
    CardToken,
    CodeGrant,
    Presentation,
    OfflineCredential,
    OfflineUpload,
    OfflineExposure,
    CardRevocation,
    RevocationHead,
    LedgerAccount,
    LedgerTxn,
    LedgerEntry,
    Accumulator,
    Enrolment,
    AccountCredit,
    Quote,
    Settlement,
    SettlementLine,
    Refund,
    Adjustment,
    SettlementMessage,
    CashOrder,
    CashRefund,
    Hospital,
    Campus,
    Department,
    Practitioner,
    ClinicSession,
    UnitPool,
    SlotUnit,
    SessionPlan,
    SessionTemplate,
    HospitalHoliday,
    PlanningRound,
    Appointment,
    AppointmentEvent,
    Release,
    QueueTail,
    ReleaseSession,
    QueueTicket,
    ClinicStop,
    StopOutcome,
    WaitlistEntry,
    WaitlistMember,
    WaitlistPlace,
    WaitlistSkip,
    AppointmentFee,
    CalendarFeed,
    ConductPoint,
    BookingOutage,
    AccessEvent,
    IdempotencyKey,
    OutboxMessage,
    Notice,
    WebhookEndpoint,
    WebhookSecret,
    WebhookDelivery,
    PaymentOrder,
    PaymentRefund,
    PaymentEvent,
    PaymentAlert,
    PartnerFeed,
    PartnerEvent,
    DeadLetter,
    ReconciliationRun,
    ReconciliationOutcome,
    Difference,
    ReconciliationCursor,
)
SEALED: Final = (
    SealedColumn(model=Person, column="name"),
    SealedColumn(model=Person, column="citizen_number"),
    SealedColumn(model=VerificationSession, column="audit"),
    SealedColumn(model=VerificationSession, column="receipt"),
    SealedColumn(model=CertificateFile, column="pdf"),
    SealedColumn(model=KeptAnswer, column="answer"),
    SealedColumn(model=CertificateArchive, column="pdf"),
    SealedColumn(model=FamilyAgreement, column="other_name"),
    SealedColumn(model=ConductPoint, column="appeal"),
    SealedColumn(model=WebhookSecret, column="secret"),
    SealedColumn(model=Release, column="seed"),
)
"""What lives longer than a day. The rest is gone before a key is."""
