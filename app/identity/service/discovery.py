"""What is published about our tokens."""

from __future__ import annotations

from collections.abc import Sequence

from app.core.keys.provider import SigningRing
from app.identity.service.grants import FACE_GRANT


class Discovery:
    """Answers the well-known addresses."""

    def __init__(self, *, issuer: str, rings: Sequence[SigningRing]) -> None:
        """Take the issuer and every ring whose signatures others verify."""
        self._issuer = issuer
        self._rings = rings

    def jwks(self) -> dict[str, object]:
        """All published keys as one JWK set."""
        return {"keys": [dict(key) for ring in self._rings for key in ring.public_jwks()["keys"]]}

    def metadata(self) -> dict[str, object]:
        """Authorization server metadata (RFC 8414 §2, RFC 9449 §5.1)."""
        at = self._issuer
        return {
            "issuer": at,
            "token_endpoint": f"{at}/oauth/token",
            "introspection_endpoint": f"{at}/oauth/introspect",
            "revocation_endpoint": f"{at}/oauth/revoke",
            "jwks_uri": f"{at}/.well-known/jwks.json",
            "grant_types_supported": [FACE_GRANT, "refresh_token", "client_credentials"],
            "response_types_supported": [],
            "token_endpoint_auth_methods_supported": ["none", "private_key_jwt"],
            "token_endpoint_auth_signing_alg_values_supported": ["ES256"],
            "dpop_signing_alg_values_supported": ["ES256"],
            "scopes_supported": [
                "citizen",
                "card.decode",
                "webhooks",
                "events.read",
                "certificates.follow",
            ],
            "service_documentation": f"{at}/docs",
        }
