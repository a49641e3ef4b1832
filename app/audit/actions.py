"""What can be done with a person's data: names are constants, details are fields."""

from __future__ import annotations

from typing import Final

FACE_VERIFIED: Final = "face.verified"
FACE_REFUSED: Final = "face.refused"
TOKEN_ISSUED: Final = "token.issued"  # noqa: S105 - the name of an act
PROFILE_READ: Final = "profile.read"
REGISTRY_READ: Final = "registry.read"
CERTIFICATE_ISSUED: Final = "certificate.issued"
CERTIFICATE_LISTED: Final = "certificate.listed"
CERTIFICATE_READ: Final = "certificate.read"
CERTIFICATE_DOWNLOADED: Final = "certificate.downloaded"
CERTIFICATE_ARCHIVED: Final = "certificate.archived"
CERTIFICATE_CHECKED: Final = "certificate.checked"
CREDENTIAL_OFFERED: Final = "credential.offered"
CREDENTIAL_ISSUED: Final = "credential.issued"
CREDENTIAL_CHECKED: Final = "credential.checked"
CERTIFICATE_FOLLOWED: Final = "certificate.followed"
CERTIFICATE_SUSPENDED: Final = "certificate.suspended"
CERTIFICATE_RESUMED: Final = "certificate.resumed"
CERTIFICATE_SUPERSEDED: Final = "certificate.superseded"
CERTIFICATE_REVOKED: Final = "certificate.revoked"
CERTIFICATE_CONFIRMED: Final = "certificate.confirmed"
CARD_BOUND: Final = "card.bound"
CARD_READ: Final = "card.read"
CARD_FROZEN: Final = "card.frozen"
CARD_UNFROZEN: Final = "card.unfrozen"
CARD_LOSS_REPORTED: Final = "card.loss_reported"
CARD_CODE_ISSUED: Final = "card.code_issued"
CARD_CODE_DECODED: Final = "card.code_decoded"
