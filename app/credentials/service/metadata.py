"""What is published for wallets and verifiers: who issues what, where and how."""

from __future__ import annotations

import json
from typing import Final
from urllib.parse import urlencode

from app.core.errors import NOT_FOUND
from app.credentials.ports import Mint
from app.credentials.records import Claim, CredentialKind, Words
from app.credentials.service.offers import TX_CODE_DIGITS, OfferTerms
from app.credentials.service.proofs import ALGORITHMS, MOST
from app.credentials.service.redeeming import GRANT

FORMAT: Final = "dc+sd-jwt"
SERVER_PATH: Final = "/openid4vci"
"""Of the authorization server wallets meet. It is another one than the phones': its tokens fetch
one credential and nothing else, and need no DPoP."""
_SCHEME: Final = "openid-credential-offer://"
_LOCALES: Final = ("zh-CN", "en")
_NAME: Final = Words(zh="一次都不跑", en="Zero-Run")
_TX_CODE: Final = (
    "6 digits shown on the phone that made the offer / 发起邀约的手机上显示的 6 位数字"
)


class IssuerMetadata:
    """Answers the well-known addresses and writes offers."""

    def __init__(self, *, mint: Mint) -> None:
        """Take the port."""
        self._mint = mint
        self._issuer = mint.issuer

    def credential_issuer(self) -> dict[str, object]:
        """Credential issuer metadata (OpenID4VCI 1.0, 12.2.4)."""
        at = f"{self._issuer}{SERVER_PATH}"
        return {
            "credential_issuer": self._issuer,
            "authorization_servers": [at],
            "credential_endpoint": f"{at}/credential",
            "nonce_endpoint": f"{at}/nonce",
            "notification_endpoint": f"{at}/notification",
            "batch_credential_issuance": {"batch_size": MOST},
            "display": _names(_NAME),
            "credential_configurations_supported": {
                kind.code: _configuration(kind) for kind in self._mint.kinds()
            },
        }

    def authorization_server(self) -> dict[str, object]:
        """Authorization server metadata (RFC 8414 §2, OpenID4VCI 1.0, 12.3)."""
        at = f"{self._issuer}{SERVER_PATH}"
        return {
            "issuer": at,
            "token_endpoint": f"{at}/token",
            "grant_types_supported": [GRANT],
            "response_types_supported": [],
            "token_endpoint_auth_methods_supported": ["none"],
            "pre-authorized_grant_anonymous_access_supported": True,
            "dpop_signing_alg_values_supported": ["ES256"],
            "service_documentation": f"{self._issuer}/docs",
        }

    def jwt_vc_issuer(self) -> dict[str, object]:
        """Keys of the credentials' signatures (SD-JWT VC, JWT VC Issuer Metadata)."""
        return {"issuer": self._issuer, "jwks": {"keys": list(self._mint.published_keys())}}

    def type_metadata(self, code: str) -> dict[str, object]:
        """What a type means, published at its own URI (SD-JWT VC, Type Metadata).

        Raises:
            DomainError: NOT_FOUND.
        """
        kind = self._mint.kind(code)
        if kind is None:
            raise NOT_FOUND()
        return {
            "vct": kind.vct,
            "name": kind.titles.en,
            "description": f"{kind.titles.en}, issued by: {kind.department.en}",
            "display": _names(kind.titles),
            "claims": [_typed(claim) for claim in kind.claims],
        }

    def offer(self, terms: OfferTerms) -> dict[str, object]:
        """A credential offer (OpenID4VCI 1.0, 4.1.1)."""
        grant: dict[str, object] = {"pre-authorized_code": terms.code}
        if terms.asks_tx_code:
            grant["tx_code"] = {
                "input_mode": "numeric",
                "length": TX_CODE_DIGITS,
                "description": _TX_CODE,
            }
        return {
            "credential_issuer": self._issuer,
            "credential_configuration_ids": [terms.type_code],
            "grants": {GRANT: grant},
        }

    def link_by_value(self, terms: OfferTerms) -> str:
        """The offer as an address a wallet opens, everything in it."""
        text = json.dumps(self.offer(terms), ensure_ascii=False, separators=(",", ":"))
        return f"{_SCHEME}?{urlencode({'credential_offer': text})}"

    def link_by_reference(self, reference: str) -> str:
        """The offer as a short address, good for a QR: the wallet fetches the rest."""
        at = f"{self._issuer}/v1/credential-offers/{reference}"
        return f"{_SCHEME}?{urlencode({'credential_offer_uri': at})}"


def _configuration(kind: CredentialKind) -> dict[str, object]:
    return {
        "format": FORMAT,
        "vct": kind.vct,
        "cryptographic_binding_methods_supported": ["jwk"],
        "credential_signing_alg_values_supported": [kind.algorithm],
        "proof_types_supported": {
            "jwt": {"proof_signing_alg_values_supported": sorted(ALGORITHMS)}
        },
        "credential_metadata": {
            "display": _names(kind.titles),
            "claims": [_described(claim) for claim in kind.claims],
        },
    }


def _described(claim: Claim) -> dict[str, object]:
    return {
        "path": list(claim.path),
        "mandatory": not claim.hidden,
        "display": _names(claim.label),
    }


def _typed(claim: Claim) -> dict[str, object]:
    return {
        "path": list(claim.path),
        "mandatory": not claim.hidden,
        "sd": "always" if claim.hidden else "never",
        "display": [{"locale": locale, "label": name} for locale, name in _by_locale(claim.label)],
    }


def _names(words: Words) -> list[dict[str, str]]:
    return [{"name": name, "locale": locale} for locale, name in _by_locale(words)]


def _by_locale(words: Words) -> list[tuple[str, str]]:
    return list(zip(_LOCALES, (words.zh, words.en), strict=True))
