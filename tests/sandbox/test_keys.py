import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from sandbox.phone.keys import DeviceKey, base64url, load_or_generate, thumbprint


def test_a_saved_key_is_for_its_owner_only_and_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "device.pem"
    made = load_or_generate(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert load_or_generate(path).thumbprint() == made.thumbprint()


def test_a_saved_key_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "device.pem"
    DeviceKey.generate().save(path)
    with pytest.raises(FileExistsError):
        DeviceKey.generate().save(path)


def test_a_key_on_another_curve_is_refused() -> None:
    with pytest.raises(ValueError, match="P-256"):
        DeviceKey(ec.generate_private_key(ec.SECP384R1()))


def test_the_public_face_has_nothing_private(key: DeviceKey) -> None:
    assert set(key.public_jwk()) == {"kty", "crv", "x", "y"}


def test_the_thumbprint_is_that_of_rfc_9449_section_6_1() -> None:
    example = {
        "kty": "EC",
        "x": "l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs",
        "y": "9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA",
        "crv": "P-256",
    }
    assert thumbprint(example) == "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"


def test_coordinates_are_always_32_bytes() -> None:
    for secret in range(1, 400):
        key = DeviceKey(ec.derive_private_key(secret, ec.SECP256R1()))
        jwk = key.public_jwk()
        assert (len(jwk["x"]), len(jwk["y"])) == (43, 43)


def test_base64url_has_no_padding() -> None:
    assert base64url(b"\xfb\xff") == "-_8"
