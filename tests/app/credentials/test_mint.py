"""Whose key counts for which type, and how keys are published."""

from __future__ import annotations

import secrets
from dataclasses import replace
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from app.core.errors import DomainError
from app.credentials.making import CredentialMint
from app.credentials.records import CredentialOrder, Fault, Shown, Wanted
from certificates.catalogue import Catalogue
from certificates.departments import Bilingual, Department
from certificates.signers import Algorithm
from tests.app.credentials.wallet import header_of, shown
from tests.app.device import new_key, public_jwk
from tests.certificates.builders import NOON, Office, order
from tests.fakes import FakeClock

ISSUER, NONCE = "https://city.example", secrets.token_urlsafe()
AUDIENCE = "https://bank.example"
HOUSEHOLD, OTHER = "household_registration", "temporary_identity"
WANTED = Wanted(types=(), audience=AUDIENCE, nonce=NONCE)
HOUSING = Department(
    code="somewhere_else",
    names=Bilingual(zh="别的局", en="Another Bureau"),
    uscc="11990101000000019X",
    algorithm=Algorithm.RSA_2048,
)
KEY: ec.EllipticCurvePrivateKey = new_key()


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path / "keys")


def mint(office: Office, **departments: Department) -> CredentialMint:
    """A mint where some types belong to other departments than they do."""
    found = office.catalogue.types
    types = {
        code: replace(kind, department=departments.get(code, kind.department))
        for code, kind in found.items()
    }
    catalogue = Catalogue(home=office.catalogue.home, types=types)
    clock = FakeClock(NOON)
    return CredentialMint(catalogue=catalogue, pki=office.pki, issuer=ISSUER, clock=clock)


def credential(office: Office, by: CredentialMint, file: bytes | None = None) -> str:
    made = office.maker.make(order())
    now = NOON.replace(microsecond=0)
    return by.issue(
        CredentialOrder(
            type_code=HOUSEHOLD,
            file=made.pdf if file is None else file,
            holder=public_jwk(KEY),
            status=None,
            issued_at=now,
            expires_at=made.valid_until,
            provisional=False,
        )
    ).text


def presented(text: str) -> str:
    asked: dict[str, Any] = {"audience": AUDIENCE, "nonce": NONCE}
    return shown(text, ["name"], key=KEY, asked=asked, iat=int(NOON.timestamp()))


def test_a_departments_key_counts_for_its_own_types_only(office: Office) -> None:
    text = credential(office, mint(office, **{HOUSEHOLD: HOUSING}))
    trusting = mint(office, **{OTHER: HOUSING})
    found = trusting.read(presented(text), wanted=WANTED, now=NOON)
    assert found == Fault(part="issuer", code="OF_OTHER_TYPES")


def test_an_rsa_department_s_credential_is_read_with_its_published_key(office: Office) -> None:
    by = mint(office, **{HOUSEHOLD: HOUSING})
    text = credential(office, by)
    found = by.read(presented(text), wanted=WANTED, now=NOON)
    assert isinstance(found, Shown)
    assert found.claims["facts"] == {"name": "张明远"}
    kind = by.kind(HOUSEHOLD)
    assert kind is not None
    assert kind.algorithm == "RS256"
    [jwk] = [key for key in by.published_keys() if key["kid"] == header_of(text)["kid"]]
    assert jwk.keys() == {"kty", "n", "e", "kid", "use", "alg", "x5c"}
    signed = text.split("~", maxsplit=1)[0]
    jwt.decode(signed, jwt.PyJWK(dict(jwk)), options={"verify_exp": False, "verify_iat": False})


def test_a_department_nobody_knows_is_not_trusted(office: Office) -> None:
    text = credential(office, mint(office, **{HOUSEHOLD: HOUSING}))
    found = mint(office).read(presented(text), wanted=WANTED, now=NOON)
    assert found == Fault(part="issuer", code="NOT_TRUSTED")


def test_a_file_that_holds_no_statement_becomes_no_credential(office: Office) -> None:
    with pytest.raises(DomainError) as raised:
        credential(office, mint(office), b"%PDF-1.7")
    assert raised.value.kind.code == "CREDENTIAL_NOT_MADE"
