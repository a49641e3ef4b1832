"""Settings of how often something may be done."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field

RateText = Annotated[str, Field(pattern=r"^\d+ per (\d+ )?(second|minute|hour|day)s?$")]


class RateSettings(BaseModel):
    """Rates, as `<number> per <period>`."""

    rate_address: RateText = "600 per minute"
    """All requests of one network address."""
    rate_verifications: RateText = "3 per 10 minutes"
    """Verification sessions, each of one person and one device."""
    rate_verifications_address: RateText = "60 per 10 minutes"
    """Verification sessions begun from one network address."""
    rate_batches: RateText = "20 per hour"
    """Batches of certificates of one person."""
    rate_codes: RateText = "20 per minute"
    """Card codes of one device."""
    rate_offline_batches: RateText = "6 per day"
    """Batches of credentials for offline codes of one device."""
    rate_offline_uploads: RateText = "60 per minute"
    """Uploads of offline codes of one terminal, up to fifty codes each."""
    rate_checks: RateText = "60 per minute"
    """Public checks of certificates, receipts and presentations from one network address."""
    rate_credentials: RateText = "30 per 10 minutes"
    """Credentials and credential offers of one person."""
    rate_payment_notices: RateText = "12000 per minute"
    """Notifications from one network address: all payments of the city come from one provider."""
    rate_family: RateText = "20 per hour"
    """Family agreements one person offers."""
    rate_queue_tickets: RateText = "30 per minute"
    """Queue tickets one person asks for, the same one again included."""
    rate_queue_polls: RateText = "60 per minute"
    """Looks at a queue ticket of one person."""
    rate_imports: RateText = "60 per 10 minutes"
    """Files with schedules, dry runs included, and plannings of one hospital."""
    rate_calendar: RateText = "1200 per minute"
    """Calendars read from one network address: a provider reads those of very many persons."""
    rate_calendar_feed: RateText = "30 per hour"
    """Times one calendar is read."""
    rate_decode_misses: RateText = "20 per minute"
    """Unknown codes a terminal may present before it must wait."""
    rate_decode_misses_all: RateText = "600 per minute"
    """Unknown codes all terminals together may present before all must wait: many tills that guess
    a little each. Far above what misreading makes."""
    rate_enrolments_address: RateText = "20 per 15 minutes"
    """Enrolment codes tried from one network address, right ones included."""
    rate_enrolment_misses_all: RateText = "300 per 15 minutes"
    """Wrong enrolment codes from all addresses together before all must wait."""
