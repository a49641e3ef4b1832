"""What a hospital reads about files is what is taken."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import get_args

import pytest

from app.hospital.planning.service.lines.reading import Read, read_ndjson
from app.hospital.planning.service.lines.records import Record
from app.hospital.planning.service.lines.tables import ALLOWED, REQUIRED

PAGE = (Path(__file__).parents[4] / "docs" / "hospital.md").read_text(encoding="utf-8")
ROWS = dict(re.findall(r"^\| `(\w+)` \| (.*) \|$", PAGE, re.MULTILINE))
RECORDS = {one.model_fields["kind"].annotation.__args__[0]: one for one in get_args(Record)}


@pytest.mark.parametrize("kind", sorted(RECORDS))
def test_every_member_is_named_and_optional_ones_in_brackets(kind: str) -> None:
    fields = {name: one for name, one in RECORDS[kind].model_fields.items() if name != "kind"}
    told = ROWS[kind]
    if kind == "template":  # it says what is different from a session
        fields = {n: one for n, one in fields.items() if n not in RECORDS["session"].model_fields}
    assert [name for name in fields if f"`{name}`" not in told] == []
    optional = {name for name, one in fields.items() if not one.is_required()}
    assert {name for name in fields if f"[`{name}`]" in told} == optional


def test_the_example_is_taken() -> None:
    (example,) = re.findall(r"```json\n(\{\"kind\".*?)```", PAGE, re.DOTALL)
    line = json.dumps(json.loads(example)).encode()
    (one,) = read_ndjson([(1, line)])
    assert isinstance(one, Read)


@pytest.mark.parametrize("kind", sorted(REQUIRED))
def test_columns_of_a_table_are_the_members(kind: str) -> None:
    fields = RECORDS[kind].model_fields
    required = {n for n, one in fields.items() if one.is_required()} - {"kind", "pools"}
    assert set(REQUIRED[kind]) == required
    assert {n for n in ALLOWED[kind] if n in fields} >= {
        n for n, one in fields.items() if not one.is_required()
    } - {"windows"}
