import json
from dataclasses import asdict, fields, replace
from math import inf
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verify.defaults import DEFAULT_POLICY
from verify.errors import PolicyFileRefused, PolicyRefused, VerifyError
from verify.policy import file
from verify.policy.match import MatchPolicy
from verify.policy.verification import VerificationPolicy

PARTS = [field.name for field in fields(DEFAULT_POLICY) if field.name != "name"]


def content(**parts: Any) -> dict[str, Any]:
    return {"name": "city-1", "source": {"pairs": 30_000}, **parts}


def load(tmp_path: Path, text: str | bytes | dict[str, Any]) -> VerificationPolicy:
    path = tmp_path / "policy.json"
    data = json.dumps(text) if isinstance(text, dict) else text
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return file.load(path, base=DEFAULT_POLICY)


def refusal(tmp_path: Path, text: str | bytes | dict[str, Any]) -> tuple[str, str]:
    with pytest.raises(PolicyFileRefused) as caught:
        load(tmp_path, text)
    return caught.value.code, caught.value.where


def plain(part: Any) -> Any:
    """A part as JSON; a floor that is not there is left out, as a file has no infinity."""
    return json.loads(json.dumps(asdict(part), default=sorted), object_hook=finite)


def finite(pairs: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in pairs.items() if value not in (inf, -inf)}


def test_only_what_is_given_differs_and_so_does_the_version(tmp_path: Path) -> None:
    policy = load(tmp_path, content(match={"same": 0.2}))
    expected = replace(DEFAULT_POLICY, name="city-1", match=replace(DEFAULT_POLICY.match, same=0.2))
    assert policy == expected
    assert policy.version.startswith("city-1+")
    assert policy.version != DEFAULT_POLICY.version


@pytest.mark.parametrize("part", PARTS)
def test_every_part_can_be_written_and_read_back(tmp_path: Path, part: str) -> None:
    policy = load(tmp_path, content(**{part: plain(getattr(DEFAULT_POLICY, part))}))
    assert policy == replace(DEFAULT_POLICY, name="city-1")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"matching": {"same": 0.2}}, ("POLICY_FIELD_UNKNOWN", "matching")),
        ({"version": {"same": 0.2}}, ("POLICY_FIELD_UNKNOWN", "version")),
        ({"__class__": {}}, ("POLICY_FIELD_UNKNOWN", "__class__")),
        ({"match": {"sane": 0.2}}, ("POLICY_FIELD_UNKNOWN", "match.sane")),
        ({"match": {}}, ("POLICY_VALUE_WRONG", "match")),
        ({"match": None}, ("POLICY_VALUE_WRONG", "match")),
        ({"match": {"same": "0.2"}}, ("POLICY_VALUE_WRONG", "match.same")),
        ({"match": {"same": True}}, ("POLICY_VALUE_WRONG", "match.same")),
        ({"match": {"same": None}}, ("POLICY_VALUE_WRONG", "match.same")),
        ({"match": {"same": 10**400}}, ("POLICY_VALUE_WRONG", "match.same")),
        ({"match": {"min_embeddings": 2.0}}, ("POLICY_VALUE_WRONG", "match.min_embeddings")),
        ({"match": {"anchors": []}}, ("POLICY_VALUE_WRONG", "match.anchors")),
        ({"match": {"anchors": [[60]]}}, ("POLICY_VALUE_WRONG", "match.anchors[0]")),
        ({"match": {"anchors": [[61, 0.1]]}}, ("POLICY_VALUE_WRONG", "match.anchors")),
        (
            {"match": {"anchors": [[60, 0.2], [80, 0.1]]}},
            ("POLICY_VALUE_WRONG", "match.anchors"),
        ),
        (
            {"match": {"anchors": [[60, 0.1], [60, 0.2]]}},
            ("POLICY_VALUE_WRONG", "match.anchors"),
        ),
        ({"match": {"each": 0.9}}, ("POLICY_VALUE_WRONG", "match.each")),
        ({"match": {"same": 0.1}}, ("POLICY_TOO_LOOSE", "match.same")),
        ({"match": {"among": -1}}, ("POLICY_TOO_LOOSE", "match.among")),
        ({"match": {"each_cosine": 0.2}}, ("POLICY_TOO_LOOSE", "match.each_cosine")),
        ({"match": {"among_cosine": 0.2}}, ("POLICY_TOO_LOOSE", "match.among_cosine")),
        ({"frame": {"formats": "jpeg"}}, ("POLICY_VALUE_WRONG", "frame.formats")),
        (
            {"challenge": {"variants": [{"name": "full"}]}},
            ("POLICY_FIELD_MISSING", "challenge.variants[0]"),
        ),
        ({"name": DEFAULT_POLICY.name}, ("POLICY_VALUE_WRONG", "name")),
        ({"name": "a b"}, ("POLICY_VALUE_WRONG", "name")),
        ({"name": 7}, ("POLICY_VALUE_WRONG", "name")),
        ({"source": {}}, ("POLICY_VALUE_WRONG", "source")),
        ({"source": "measured"}, ("POLICY_VALUE_WRONG", "source")),
    ],
)
def test_what_is_not_exactly_a_policy_is_refused_by_field(
    tmp_path: Path, changes: dict[str, Any], expected: tuple[str, str]
) -> None:
    assert refusal(tmp_path, {**content(), **changes}) == expected


@pytest.mark.parametrize("key", ["name", "source"])
def test_a_policy_without_name_or_source_is_refused(tmp_path: Path, key: str) -> None:
    given_content = content(match={"same": 0.2})
    del given_content[key]
    assert refusal(tmp_path, given_content) == ("POLICY_FIELD_MISSING", key)


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"[]",
        b"\xff",
        b"{" * 100_000,
        b'{"name": "x", "name": "y", "source": {"a": 1}}',
        b'{"name": "x", "source": {"a": 1}, "match": {"same": NaN}}',
        b'{"name": "x", "source": {"a": 1}, "match": {"same": Infinity}}',
        b'{"name": "x", "source": {"a": 1}}' + b" " * file.MAX_BYTES,
    ],
)
def test_what_is_no_plain_json_object_is_refused(tmp_path: Path, text: bytes) -> None:
    assert refusal(tmp_path, text) == ("POLICY_FILE_BROKEN", "")


def test_a_number_too_large_to_hold_is_refused(tmp_path: Path) -> None:
    text = '{"name": "x", "source": {"a": 1}, "match": {"same": 1e999}}'
    assert refusal(tmp_path, text) == ("POLICY_VALUE_WRONG", "match.same")


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PolicyFileRefused, match="POLICY_FILE_UNREADABLE"):
        file.load(tmp_path / "absent.json", base=DEFAULT_POLICY)


def test_a_part_that_refuses_everything_is_refused(tmp_path: Path) -> None:
    base = replace(DEFAULT_POLICY, match=MatchPolicy())
    path = tmp_path / "policy.json"
    path.write_text(json.dumps(content(quality={"max_yaw": 20})))
    with pytest.raises(PolicyRefused):
        file.load(path, base=base)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)


@given(part=st.sampled_from(PARTS), field=st.text(max_size=12), value=JSON, whole=st.booleans())
def test_any_content_is_a_policy_or_refused(
    tmp_path_factory: pytest.TempPathFactory, part: str, field: str, value: Any, *, whole: bool
) -> None:
    folder = tmp_path_factory.getbasetemp()
    try:
        policy = load(folder, content(**{part: value if whole else {field: value}}))
    except VerifyError:
        return
    assert not policy.empty
