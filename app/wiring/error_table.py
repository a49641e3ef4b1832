"""docs/errors.md: every code a client can meet, written from the kinds themselves.

After a change: `python -c "from app.wiring.error_table import write; write()"`.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from app.card.errors import ALL as CARD
from app.core.access.errors import ALL as ACCESS
from app.core.errors import GENERAL, ErrorKind
from app.credentials.errors import ALL as CREDENTIALS
from app.documents.errors import ALL as DOCUMENTS
from app.exchange.errors import ALL as EXCHANGE
from app.family.errors import ALL as FAMILY
from app.hospital.calendar.errors import ALL as CALENDAR
from app.hospital.conduct.errors import ALL as HOSPITAL_CONDUCT
from app.hospital.errors import ALL as HOSPITAL
from app.hospital.fhir.errors import ALL as FHIR
from app.hospital.finding.errors import ALL as FINDING
from app.hospital.planning.errors import ALL as HOSPITAL_PLANNING
from app.hospital.rush.errors import ALL as RUSH
from app.hospital.slips.errors import ALL as SLIPS
from app.hospital.stopping.errors import ALL as STOPPING
from app.hospital.waitlist.errors import ALL as HOSPITAL_WAITLIST
from app.identity.errors import ALL as IDENTITY
from app.notifications.errors import ALL as NOTIFICATIONS
from app.outbox.errors import ALL as OUTBOX
from app.partners.errors import ALL as PARTNERS
from app.settlement.chs.errors import ALL as NATIONAL
from app.settlement.errors import ALL as SETTLEMENT
from app.settlement.payments.errors import ALL as PAYMENTS
from app.settlement.reconciliation.errors import ALL as RECONCILIATION

SERVICES: Final[dict[str, Sequence[ErrorKind]]] = {
    "General": GENERAL,
    "Access": ACCESS,
    "Identity": IDENTITY,
    "Card": CARD,
    "Family": FAMILY,
    "Settlement": SETTLEMENT,
    "National facade": NATIONAL,
    "Reconciliation": RECONCILIATION,
    "Hospitals": HOSPITAL,
    "Hospitals: planning": HOSPITAL_PLANNING,
    "Hospitals: rush": RUSH,
    "Hospitals: stopping": STOPPING,
    "Hospitals: finding": FINDING,
    "Hospitals: conduct": HOSPITAL_CONDUCT,
    "Hospitals: waitlist": HOSPITAL_WAITLIST,
    "Hospitals: calendar": CALENDAR,
    "Hospitals: slips": SLIPS,
    "Hospitals: FHIR": FHIR,
    "Documents": DOCUMENTS,
    "Credentials": CREDENTIALS,
    "Exchange": EXCHANGE,
    "Partners": PARTNERS,
    "Payments": PAYMENTS,
    "Notifications": NOTIFICATIONS,
    "Outbox": OUTBOX,
}
_FILE: Final = Path(__file__).resolve().parents[2] / "docs" / "errors.md"
_HEAD: Final = """\
# Error codes

Every refusal is `application/problem+json` (RFC 9457). Branch on `code`: it is stable. `title` and
`detail` are for people, in the language `Accept-Language` asks for. Refusals that pass by
themselves say when in `Retry-After`; a wrong field is named by `pointer`. The OAuth endpoints add
`error` (RFC 6749 §5.2).
"""


def error_table() -> str:
    """The whole page, as Markdown."""
    return "\n".join([_HEAD, *(_section(name, kinds) for name, kinds in SERVICES.items())])


def write() -> None:
    """Bring the page up to date."""
    _FILE.write_text(error_table(), encoding="utf-8")


def _section(name: str, kinds: Sequence[ErrorKind]) -> str:
    rows = (f"| `{k.code}` | {k.status} | {k.en} | {k.zh} |" for k in kinds)
    head = (f"## {name}", "", "| Code | Status | English | 中文 |", "| --- | --- | --- | --- |")
    return "\n".join([*head, *rows, ""])
