"""Every contract has a source, whether its department is connected here or not."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from app.core.errors import DomainError
from app.exchange.cases import CaseSource
from app.exchange.contracts.library import ContractLibrary
from app.wiring.exchange import build_exchange
from config import SettingsRefused
from tests.app.exchange.department import NAME, NUMBER
from tests.app.world import World


def test_a_department_that_is_not_connected_is_refused_by_its_name(world: World) -> None:
    with ExitStack() as closing:
        parts = build_exchange(world.shared, closing)
        assert parts.sources.keys() == {one.source for one in ContractLibrary().all()}
        assert parts.cases.keys() == {"criminal_record", "population"}
        with pytest.raises(DomainError) as refused:
            CaseSource(parts.sources["home_ownership"]).lookup(
                citizen_number=NUMBER,
                name=NAME,
                fields=("address",),
                purpose="certificate:no_housing",
                case_id="cer_1",
            )
    assert refused.value.kind.code == "SOURCE_NOT_CONNECTED"
    assert "不动产登记库" in refused.value.kind.zh
    assert refused.value.retry_after is None


@pytest.mark.parametrize("content", [None, b"no key"])
def test_a_key_that_is_none_stops_the_start(
    world: World, tmp_path: Path, content: bytes | None
) -> None:
    key = tmp_path / "veterans.pem"
    if content is not None:
        key.write_bytes(content)
    changes = {"veterans_drops": tmp_path, "veterans_key": key}
    settings = world.settings.model_copy(update=changes)
    with ExitStack() as closing, pytest.raises(SettingsRefused, match="VETERANS_KEY"):
        build_exchange(replace(world.shared, settings=settings), closing)
