"""What holds whatever the code does."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from certificates.status import CertificateState, may_move
from tests.app.device import Device
from tests.app.documents.people import issued
from tests.app.world import World

STATES = [state.value for state in CertificateState]


def run(world: World, statement: str, **values: Any) -> None:
    with world.database.separate() as tx:
        tx.execute(text(statement), values)


def force_state(world: World, state: str) -> None:
    run(world, "ALTER TABLE certificates DISABLE TRIGGER certificates_keep")
    run(world, "UPDATE certificates SET state = :state", state=state)
    run(world, "ALTER TABLE certificates ENABLE TRIGGER certificates_keep")


@pytest.mark.parametrize(
    "change",
    [
        "valid_until = valid_until + interval '1 year'",
        "number = number || '1'",
        "version = 2",
        "person_id = person_id || 'x'",
        "sha256 = decode(repeat('00', 32), 'hex')",
        "check_code_hash = decode('00', 'hex')",
        "provisional = NOT provisional",
    ],
)
def test_nothing_but_the_state_of_a_certificate_changes(
    zhang: Device, world: World, change: str
) -> None:
    issued(zhang)
    with pytest.raises(IntegrityError, match="only the state"):
        run(world, f"UPDATE certificates SET {change}")  # noqa: S608 - words of this test


def test_a_certificate_is_never_deleted(zhang: Device, world: World) -> None:
    issued(zhang)
    run(world, "DELETE FROM certificate_sources")
    run(world, "DELETE FROM certificate_files")
    with pytest.raises(IntegrityError, match="never deleted"):
        run(world, "DELETE FROM certificates")


@pytest.mark.parametrize("state", STATES)
def test_states_follow_one_another_as_the_library_says(
    zhang: Device, world: World, state: str
) -> None:
    issued(zhang)
    for then in STATES:
        force_state(world, state)
        if then == state or may_move(CertificateState(state), CertificateState(then)):
            run(world, "UPDATE certificates SET state = :then", then=then)
        else:
            with pytest.raises(IntegrityError, match="cannot take this step"):
                run(world, "UPDATE certificates SET state = :then", then=then)


@pytest.mark.parametrize("state", ["valid", "suspended", "issuing"])
def test_a_person_has_at_most_one_live_certificate_of_a_type(
    zhang: Device, world: World, state: str
) -> None:
    issued(zhang)
    with pytest.raises(IntegrityError, match="uq_certificates_live"):
        run(
            world,
            "INSERT INTO certificates SELECT 'cer_x', person_id, type, 'n', serial, 2, :state,"
            " issued_at, valid_until, provisional, decode(repeat('11', 32), 'hex'),"
            " check_code_hash, signer FROM certificates",
            state=state,
        )


def test_a_number_a_file_and_a_version_are_used_once(zhang: Device, world: World) -> None:
    issued(zhang)
    force_state(world, "revoked")
    columns = {
        "number": ("number", "sha256", "3"),
        "sha256": ("'n'", "sha256", "3"),
        "version": ("'n'", "decode(repeat('11', 32), 'hex')", "version"),
    }
    for name, (number, sha256, version) in columns.items():
        wanted = {"number": "number", "sha256": "sha256", "version": "type"}[name]
        if name == "number":
            sha256 = "decode(repeat('11', 32), 'hex')"  # noqa: PLW2901 - one column at a time
        statement = (
            f"INSERT INTO certificates SELECT 'cer_x', person_id, type, {number}, serial,"  # noqa: S608
            f" {version}, 'valid', issued_at, valid_until, provisional, {sha256},"
            " check_code_hash, signer FROM certificates"
        )
        with pytest.raises(IntegrityError, match=f"uq_certificates_{wanted}"):
            run(world, statement)
