"""A type that asks for a surer recognition asks for it here too."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.core.errors import DomainError
from app.credentials.records import Asker
from app.documents.service.lending import CertificateLending
from tests.app.device import Device
from tests.app.documents.people import issued
from tests.app.documents.quick_bench import KIND, QuickBench
from tests.app.world import World


def test_no_credential_is_had_by_a_weaker_recognition(world: World, zhang: Device) -> None:
    made = issued(zhang)
    lending = CertificateLending(
        workbench=QuickBench(replace(KIND, level="L2")),  # type: ignore[arg-type]
        database=world.database,
        cipher=world.shared.cipher,
        clock=world.clock,
    )
    person_id = lending.known(made["id"]).person_id
    weak, sure = (Asker(person_id=person_id, level=level, device="d") for level in ("L1", "L2"))
    assert lending.of_holder(sure, made["id"]).status == "valid"
    with pytest.raises(DomainError) as raised:
        lending.of_holder(weak, made["id"])
    assert raised.value.kind.code == "INSUFFICIENT_USER_AUTHENTICATION"
    assert raised.value.members["acr_values"] == "face:L2"
