"""What a certificate states, in two forms: JSON for machines and the data of the printed page."""

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from certificates.evidence import Facts
from certificates.portraits import portrait
from certificates.presenting import date_words, rows, tables
from certificates.spec.fields import Kind
from certificates.spec.kind import CertificateType

SCHEMA = "zero-run/certificate/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """The facts certified and the particulars of the certificate itself."""

    kind: CertificateType
    facts: Facts
    as_of: Mapping[str, dt.datetime]
    """For each source when its record was true."""
    number: str
    check_code: str = field(repr=False)
    check_page: str
    """The address a person types."""
    check_url: str = field(repr=False)
    """The address in the QR, with id, code and token."""
    issued_at: dt.datetime
    """In the zone that the page shows."""
    valid_until: dt.datetime

    def document(self) -> str:
        """Return the JSON attached to the file: no field whose disclosure is `never`."""
        kind = self.kind
        stated = {
            one.name: self.facts.values[one.name]
            for one in kind.spec.fields
            if one.disclosure != "never"
        }
        document = {
            "schema": SCHEMA,
            "type": kind.code,
            "type_version": kind.spec.version,
            "number": self.number,
            "titles": kind.titles.model_dump(),
            "issuer": {"uscc": kind.department.uscc, **kind.department.names.model_dump()},
            "fields": stated,
            "predicates": dict(self.facts.predicates),
            "as_of": {source: time.isoformat() for source, time in self.as_of.items()},
            "provisional": self.facts.provisional,
            "issued_at": self.issued_at.isoformat(),
            "valid_until": self.valid_until.isoformat(),
            "check_url": self.check_url,
        }
        return json.dumps(document, ensure_ascii=False, sort_keys=True, indent=1)

    def page(self) -> dict[str, Any]:
        """Return what the press prints: what layout/ is given, the QR as the text it holds.

        Raises:
            CertificateError: IMAGE_INVALID.
        """
        spec, department = self.kind.spec, self.kind.department
        names, notice = department.names, department.notice
        return {
            "titles": spec.titles.model_dump(),
            "statement": spec.statement.model_dump(),
            "remarks": spec.remarks.model_dump() if spec.remarks else None,
            "legal_basis": spec.legal_basis.model_dump(),
            "sources": self._sources(),
            "department": names.model_dump(),
            "notice": notice.model_dump() if notice else None,
            "number": self.number,
            "rows": rows(self.kind, self.facts.values),
            "tables": tables(self.kind, self.facts.values),
            "provisional": self.facts.provisional,
            "issued": date_words(self.issued_at),
            "until": date_words(self.valid_until),
            "check_code": self.check_code,
            "check_page": self.check_page,
            "qr": self.check_url,
            "qr_alt": "核验二维码 QR code to check this certificate",
            "seal_alt": f"印章：{names.zh}证照专用章 Seal of {names.en}",
            "document": self.document(),
            **self._images(),
        }

    def _sources(self) -> list[dict[str, dict[str, str]]]:
        """Return whose data these are and when they were true, in both languages."""
        told = []
        for source, names in self.kind.source_names.items():
            local = self.as_of[source].astimezone(self.issued_at.tzinfo)
            words, clock = date_words(local), f"{local.hour:02}:{local.minute:02}"
            told.append(
                {
                    "zh": {"name": names.zh, "day": words["zh"], "clock": clock},
                    "en": {"name": names.en, "day": words["en"], "clock": clock},
                }
            )
        return told

    def _images(self) -> dict[str, Any]:
        """Return the portraits, each as the bytes of a JPEG with what is said of it."""
        images = [
            {
                "jpeg": portrait(self.facts.values[one.name]),
                "alt": f"{one.label.zh} {one.label.en}",
            }
            for one in self.kind.spec.fields
            if one.kind is Kind.IMAGE and self.facts.values[one.name] is not None
        ]
        return {"portraits": images}
