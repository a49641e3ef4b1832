"""What a credential holds follows from its type, field by field."""

from pathlib import Path
from typing import Any

import pytest

from certificates.attached import read_statement
from certificates.catalogue import Catalogue
from certificates.credentials.kinds import descriptions, hidden_groups, open_claims
from certificates.errors import CertificateError, ErrorCode
from tests.certificates.builders import Office, order
from tests.certificates.credentials.test_presentation import Show, checked, issued

TYPES = Catalogue.load().all()
HOUSEHOLD = Catalogue.load().get("household_registration")


def statement(tmp_path: Path) -> dict[str, Any]:
    return read_statement(Office(tmp_path / "keys").maker.make(order()).pdf)


def test_the_file_s_own_statement_becomes_the_credential_s_claims(tmp_path: Path) -> None:
    found = statement(tmp_path)
    assert hidden_groups(HOUSEHOLD, found)["facts"] == found["fields"]
    assert open_claims(found) == {"type_version": found["type_version"], "provisional": False}


def test_what_a_type_never_discloses_is_left_out_even_of_a_statement_that_has_it(
    tmp_path: Path,
) -> None:
    found = statement(tmp_path)
    found["fields"]["photo"] = "…"
    assert "photo" not in hidden_groups(HOUSEHOLD, found)["facts"]


def test_prepared_answers_are_true_or_false(tmp_path: Path) -> None:
    found = statement(tmp_path) | {"predicates": {"adult": True, "owns_no_housing": False}}
    assert hidden_groups(HOUSEHOLD, found)["predicates"] == found["predicates"]
    for wrong in ("yes", 1, None):
        found["predicates"] = {"adult": wrong}
        with pytest.raises(CertificateError) as raised:
            hidden_groups(HOUSEHOLD, found)
        assert raised.value.code is ErrorCode.TYPE_INVALID


def test_a_fact_without_a_value_is_left_out_and_one_that_is_gone_is_a_fault(
    tmp_path: Path,
) -> None:
    found = statement(tmp_path)
    found["fields"]["ethnicity"] = None
    assert "ethnicity" not in hidden_groups(HOUSEHOLD, found)["facts"]
    del found["fields"]["ethnicity"]
    with pytest.raises(CertificateError) as raised:
        hidden_groups(HOUSEHOLD, found)
    assert raised.value.code is ErrorCode.FIELD_MISSING


@pytest.mark.parametrize("kind", TYPES, ids=lambda kind: kind.code)
def test_every_type_describes_its_claims(kind: Any) -> None:
    paths = [one.path for one in descriptions(kind)]
    assert len(set(paths)) == len(paths)
    never = {one.name for one in kind.spec.fields if one.disclosure == "never"}
    assert not never & {path[-1] for path in paths}


@pytest.mark.parametrize("kind", TYPES, ids=lambda kind: kind.code)
def test_every_type_becomes_a_credential_whose_claims_are_shown_one_by_one(kind: Any) -> None:
    fields = {one.name: f"{one.name} of somebody" for one in kind.spec.fields}
    found = {"fields": fields, "predicates": {"adult": True, "owns_no_housing": False}}
    groups = hidden_groups(kind, found)
    credential = issued(
        open_claims=open_claims(found | {"type_version": "1.0.0", "provisional": True}),
        hidden_claims={},
        hidden_groups=groups,
    )
    for name, value in {**groups["facts"], **groups["predicates"]}.items():
        read = checked(Show(credential=credential, names=(name,)).text())
        told = read.claims["facts"] | read.claims["predicates"]
        assert told == {name: value}
        assert read.claims["provisional"] is True


def test_a_file_without_a_statement_is_refused() -> None:
    for wrong in (b"", b"%PDF-1.7\n", b"\x00" * 1000):
        with pytest.raises(CertificateError) as raised:
            read_statement(wrong)
        assert raised.value.code is ErrorCode.PDF_UNEXPECTED
