"""Where the departments' signing keys are: in files, or in a hardware module the settings name."""

from __future__ import annotations

from contextlib import ExitStack

from app.wiring.infrastructure import Infrastructure
from certificates.keys import FileKeys, KeyProvider


def build_signing_keys(shared: Infrastructure, closing: ExitStack) -> KeyProvider:
    """Open them.

    Raises:
        CertificateError: KEY_UNSAFE, HSM_REFUSED.
    """
    settings = shared.settings
    module, token = settings.certificate_hsm_module, settings.certificate_hsm_token
    pin = settings.certificate_hsm_pin
    if module is None or token is None or pin is None:
        return FileKeys(shared.certificate_keys)
    from certificates.hsm import HsmKeys  # noqa: PLC0415 - loads a native library

    keys = HsmKeys.open(
        module=module, token=token, pin=pin.get_secret_value(), directory=shared.certificate_keys
    )
    closing.callback(keys.close)
    return keys
