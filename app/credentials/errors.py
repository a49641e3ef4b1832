"""Why a credential was not offered, issued or believed."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from app.core.errors import ErrorKind

CERTIFICATE_NOT_IN_FORCE: Final = ErrorKind(
    "CERTIFICATE_NOT_IN_FORCE",
    409,
    "此证明已暂停、被替换、撤销或过期，不能再签发凭证。",
    "The certificate is suspended, superseded, revoked or over: no credential is made of it.",
)
NOT_MADE: Final = ErrorKind(
    "CREDENTIAL_NOT_MADE",
    500,
    "凭证生成失败，我们会尽快处理。",
    "The credential could not be made. The fault is ours.",
)
TYPE_UNKNOWN: Final = ErrorKind(
    "CREDENTIAL_TYPE_UNKNOWN",
    422,
    "没有这种凭证。",
    "There is no credential of this type.",
)

# Offers and the token endpoint
OFFER_UNKNOWN: Final = ErrorKind(
    "CREDENTIAL_OFFER_UNKNOWN",
    404,
    "此凭证邀约不存在、已使用或已过期。",
    "There is no such credential offer, or it was redeemed or is over.",
)
TOKEN_REQUEST_INVALID: Final = ErrorKind(
    "TOKEN_REQUEST_INVALID",
    400,
    "令牌请求缺少参数或参数有误。",
    "The token request lacks a parameter, or has one it must not have.",
)
GRANT_UNSUPPORTED: Final = ErrorKind(
    "UNSUPPORTED_GRANT_TYPE",
    400,
    "不支持此授权方式。",
    "This authorization server redeems pre-authorized codes only.",
)
OFFER_CODE_INVALID: Final = ErrorKind(
    "PRE_AUTHORIZED_CODE_INVALID",
    400,
    "预授权码无效、已使用或已过期，请重新生成邀约。",
    "The pre-authorized code is wrong, used, over or was tried too often. Make a new offer.",
)
TX_CODE_WRONG: Final = ErrorKind(
    "TX_CODE_WRONG",
    400,
    "交易码不正确，请重新输入。",
    "The transaction code is wrong. Type it again.",
)

# The credential endpoint
REQUEST_INVALID: Final = ErrorKind(
    "CREDENTIAL_REQUEST_INVALID",
    400,
    "凭证请求格式有误。",
    "The credential request lacks a parameter, or has one that is malformed.",
)
CONFIGURATION_UNKNOWN: Final = ErrorKind(
    "CREDENTIAL_CONFIGURATION_UNKNOWN",
    400,
    "没有这种凭证配置。",
    "There is no credential configuration of this id.",
)
IDENTIFIER_UNKNOWN: Final = ErrorKind(
    "CREDENTIAL_IDENTIFIER_UNKNOWN",
    400,
    "没有此凭证标识。",
    "No credential identifier was given out. Ask by credential_configuration_id.",
)
ENCRYPTION_UNSUPPORTED: Final = ErrorKind(
    "CREDENTIAL_ENCRYPTION_UNSUPPORTED",
    400,
    "不支持加密凭证响应。",
    "Encrypted credential responses are not supported.",
)
PROOF_INVALID: Final = ErrorKind(
    "KEY_PROOF_INVALID",
    400,
    "密钥持有证明缺失或无效。",
    "A proof of possession of the holder's key is missing or wrong.",
)
NONCE_INVALID: Final = ErrorKind(
    "KEY_PROOF_NONCE_INVALID",
    400,
    "密钥持有证明中的随机数未知、已使用或已过期，请重新获取。",
    "The proof's nonce is unknown, spent or over. Fetch another one.",
)
REQUEST_DENIED: Final = ErrorKind(
    "CREDENTIAL_REQUEST_DENIED",
    400,
    "此凭证不能签发，请重新生成邀约。",
    "This credential is not issued: the offer is for another, was used, or its certificate ended.",
)

# Notifications
NOTIFICATION_INVALID: Final = ErrorKind(
    "CREDENTIAL_NOTIFICATION_INVALID",
    400,
    "通知格式有误，或与先前的通知矛盾。",
    "The notification is malformed, or contradicts an earlier one.",
)
NOTIFICATION_UNKNOWN: Final = ErrorKind(
    "CREDENTIAL_NOTIFICATION_UNKNOWN",
    400,
    "没有此通知标识。",
    "There is no notification of this id for this token.",
)

# Presentations
PRESENTATION_REQUEST_UNKNOWN: Final = ErrorKind(
    "PRESENTATION_REQUEST_UNKNOWN",
    404,
    "没有此出示请求。",
    "There is no such request for a presentation.",
)
PRESENTATION_REQUEST_USED: Final = ErrorKind(
    "PRESENTATION_REQUEST_USED",
    409,
    "此出示请求已使用，请重新发起。",
    "This request was answered already: a nonce counts once. Make a new request.",
)
PRESENTATION_REQUEST_EXPIRED: Final = ErrorKind(
    "PRESENTATION_REQUEST_EXPIRED",
    410,
    "此出示请求已过期，请重新发起。",
    "This request for a presentation has expired. Make a new one.",
)

ALL: Final = (
    CERTIFICATE_NOT_IN_FORCE,
    NOT_MADE,
    TYPE_UNKNOWN,
    OFFER_UNKNOWN,
    TOKEN_REQUEST_INVALID,
    OFFER_CODE_INVALID,
    TX_CODE_WRONG,
    REQUEST_INVALID,
    CONFIGURATION_UNKNOWN,
    IDENTIFIER_UNKNOWN,
    ENCRYPTION_UNSUPPORTED,
    PROOF_INVALID,
    NONCE_INVALID,
    REQUEST_DENIED,
    NOTIFICATION_INVALID,
    NOTIFICATION_UNKNOWN,
    PRESENTATION_REQUEST_UNKNOWN,
    PRESENTATION_REQUEST_USED,
    PRESENTATION_REQUEST_EXPIRED,
)
"""GRANT_UNSUPPORTED has the code that the other token endpoint lists."""
IN_PROTOCOL: Final[Mapping[ErrorKind, str]] = MappingProxyType(
    {
        TOKEN_REQUEST_INVALID: "invalid_request",
        GRANT_UNSUPPORTED: "unsupported_grant_type",
        OFFER_CODE_INVALID: "invalid_grant",
        TX_CODE_WRONG: "invalid_tx_code",
        REQUEST_INVALID: "invalid_credential_request",
        CONFIGURATION_UNKNOWN: "unknown_credential_configuration",
        IDENTIFIER_UNKNOWN: "unknown_credential_identifier",
        ENCRYPTION_UNSUPPORTED: "invalid_encryption_parameters",
        PROOF_INVALID: "invalid_proof",
        NONCE_INVALID: "invalid_nonce",
        REQUEST_DENIED: "credential_request_denied",
        NOTIFICATION_INVALID: "invalid_notification_request",
        NOTIFICATION_UNKNOWN: "invalid_notification_id",
    }
)
"""What wallets know each refusal by: `error` in OpenID4VCI 1.0, 6.3, 8.3.1.2 and 11.3, and in
errata set 1, which gives a wrong transaction code a name of its own so that a wallet can ask its
user again."""
