"""What a certificate states, in two forms: JSON for machines and the data of the printed page."""

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from certificates.catalogue import CertificateType
from certificates.presenting import date_words, portrait, rows
from certificates.qr import qr_svg

SCHEMA = "zero-run/certificate/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """The facts certified and the particulars of the certificate itself."""

    kind: CertificateType
    values: Mapping[str, Any] = field(repr=False)
    """By field name, as the type's schema wants them."""
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
    provisional: bool

    def document(self) -> str:
        """Return the JSON attached to the file: no field whose disclosure is `never`."""
        kind = self.kind
        stated = {
            one.name: self.values[one.name] for one in kind.spec.fields if one.disclosure != "never"
        }
        document = {
            "schema": SCHEMA,
            "type": kind.code,
            "type_version": kind.spec.version,
            "number": self.number,
            "titles": kind.titles.model_dump(),
            "issuer": {"uscc": kind.department.uscc, **kind.department.names.model_dump()},
            "fields": stated,
            "as_of": {source: time.isoformat() for source, time in self.as_of.items()},
            "provisional": self.provisional,
            "issued_at": self.issued_at.isoformat(),
            "valid_until": self.valid_until.isoformat(),
            "check_url": self.check_url,
        }
        return json.dumps(document, ensure_ascii=False, sort_keys=True, indent=1)

    def page(self) -> dict[str, Any]:
        """Return what layout/ and the type's template print.

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
            "department": names.model_dump(),
            "notice": notice.model_dump() if notice else None,
            "number": self.number,
            "rows": rows(self.kind, self.values),
            "provisional": self.provisional,
            "issued": date_words(self.issued_at),
            "until": date_words(self.valid_until),
            "check_code": self.check_code,
            "check_page": self.check_page,
            "qr": qr_svg(self.check_url, border=0),
            "qr_alt": "核验二维码 QR code to check this certificate",
            "seal_alt": f"印章：{names.zh}证照专用章 Seal of {names.en}",
            "document": self.document(),
            **self._images(),
        }

    def _images(self) -> dict[str, Any]:
        images: dict[str, Any] = {}
        for one in self.kind.spec.fields:
            if one.kind == "image":
                images[one.name] = list(portrait(self.values[one.name]))
                images[f"{one.name}_alt"] = f"{one.label.zh} {one.label.en}"
        return images
