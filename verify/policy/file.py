"""A policy from a file: what an operator measured, in place of some of the shipped numbers.

The file is JSON: `{"name": …, "source": {…}, "<part>": {"<field>": …}, …}`. A part may be given
whole or in some of its fields; everything else stays as shipped. `source` says where the numbers
come from and is kept by the operator, not read here.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass, replace
from functools import cache
from math import isfinite
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, NoReturn, cast, get_args, get_origin, get_type_hints

from verify.errors import Code, PolicyFileRefused, PolicyRefused
from verify.policy.match import MatchPolicy
from verify.policy.verification import VerificationPolicy

MAX_BYTES: Final = 256 * 1024
"""A file that names every number there is has 10 kB."""
MARKS: Final[Mapping[int, float]] = MappingProxyType({60: 1e-2, 80: 1e-3, 90: 1e-4, 95: 1e-5})
"""Published anchors and the false match rates they stand for."""
_FLOOR_MARK: Final = 80
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
_OUR_KEYS: Final = frozenset({"name", "source"})


def load(path: Path, *, base: VerificationPolicy) -> VerificationPolicy:
    """Read a policy file, in this order.

    1. It is a file of at most 256 KiB, and JSON: one object, no key twice, no NaN or infinity.
    2. It has a name of its own and says where its numbers come from.
    3. Each part and field is known, of its exact type, and no part is empty.
    4. Faces are not taken for one person more easily than at the false match rate of 1e-3 the base
       was measured at, and the anchors rise.

    What the caller still owes: that the figures were measured on the people who will be judged.

    Args:
        path: The file.
        base: Supplies every number the file does not give, and the loosest thresholds allowed.

    Raises:
        PolicyFileRefused: POLICY_FILE_UNREADABLE, POLICY_FILE_BROKEN, POLICY_FIELD_UNKNOWN,
            POLICY_FIELD_MISSING, POLICY_VALUE_WRONG or POLICY_TOO_LOOSE; `where` names the field.
        PolicyRefused: POLICY_EMPTY: the base has a part that refuses everything.
    """
    # 1
    content = _object(_read(path))
    # 2
    name = _name(content, base)
    # 3
    parts = {key: value for key, value in content.items() if key not in _OUR_KEYS}
    changes = {key: _part(base, key, value) for key, value in parts.items()}
    policy = replace(base, name=name, **changes)
    if policy.empty:
        raise PolicyRefused
    # 4
    _check_match(policy.match, base.match)
    return policy


def loosest(base: MatchPolicy) -> float:
    """Return the lowest fused score a policy file may call one person: the base's at FMR 1e-3."""
    return max((score for mark, score in base.anchors if mark <= _FLOOR_MARK), default=base.same)


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise PolicyFileRefused(Code.POLICY_FILE_UNREADABLE) from error
    if len(data) > MAX_BYTES:
        raise PolicyFileRefused(Code.POLICY_FILE_BROKEN)
    return data


def _object(data: bytes) -> dict[str, object]:
    try:
        content = json.loads(
            data.decode("utf-8"), object_pairs_hook=_once, parse_constant=_no_constant
        )
    except (ValueError, RecursionError) as error:
        raise PolicyFileRefused(Code.POLICY_FILE_BROKEN) from error
    if not isinstance(content, dict):
        raise PolicyFileRefused(Code.POLICY_FILE_BROKEN)
    return content


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    if len(dict(pairs)) != len(pairs):
        msg = "a key occurs twice"
        raise ValueError(msg)
    return dict(pairs)


def _no_constant(_: str) -> NoReturn:
    msg = "not a number"
    raise ValueError(msg)


def _name(content: Mapping[str, object], base: VerificationPolicy) -> str:
    for key in sorted(_OUR_KEYS):
        if key not in content:
            raise PolicyFileRefused(Code.POLICY_FIELD_MISSING, key)
    name, source = content["name"], content["source"]
    if not isinstance(name, str) or not _NAME.fullmatch(name) or name == base.name:
        raise PolicyFileRefused(Code.POLICY_VALUE_WRONG, "name")
    if not isinstance(source, dict) or not source:
        raise PolicyFileRefused(Code.POLICY_VALUE_WRONG, "source")
    return name


def _part(base: VerificationPolicy, key: str, value: object) -> Any:  # noqa: ANN401 - one of ten
    part = getattr(base, key, None)
    if not is_dataclass(part) or isinstance(part, type):
        raise PolicyFileRefused(Code.POLICY_FIELD_UNKNOWN, _shown(key))
    given = _given(type(part), value, key)
    if not given:
        raise PolicyFileRefused(Code.POLICY_VALUE_WRONG, key)
    return replace(part, **given)


def _given(kind: type, value: object, where: str) -> dict[str, object]:
    """Read an object whose keys are fields of a record."""
    if not isinstance(value, dict):
        raise PolicyFileRefused(Code.POLICY_VALUE_WRONG, where)
    hints = _hints(kind)
    for name in value:
        if name not in hints:
            raise PolicyFileRefused(Code.POLICY_FIELD_UNKNOWN, f"{where}.{_shown(name)}")
    return {name: _typed(hints[name], item, f"{where}.{name}") for name, item in value.items()}


@cache
def _hints(kind: type) -> Mapping[str, Any]:
    hints = get_type_hints(kind)
    return {field.name: hints[field.name] for field in fields(cast("Any", kind))}


def _typed(kind: Any, value: object, where: str) -> object:  # noqa: ANN401 - a type
    origin, inner = get_origin(kind), get_args(kind)
    if origin in {tuple, frozenset}:
        kinds = _kinds(origin, inner, value, where)
        items = (
            _typed(one, item, f"{where}[{n}]")
            for n, (one, item) in enumerate(zip(kinds, cast("list[object]", value), strict=True))
        )
        return tuple(items) if origin is tuple else frozenset(items)
    if is_dataclass(kind):
        return _record(cast("type", kind), value, where)
    if kind is float and type(value) is int:
        value = float(value) if abs(value) < 2**53 else value
    if type(value) is not kind or (kind is float and not isfinite(cast("float", value))):
        raise PolicyFileRefused(Code.POLICY_VALUE_WRONG, where)
    return value


def _kinds(origin: object, inner: tuple[Any, ...], value: object, where: str) -> Iterable[Any]:
    """Return the type of each item of a list: all alike, or one for each place."""
    if not isinstance(value, list):
        raise PolicyFileRefused(Code.POLICY_VALUE_WRONG, where)
    if origin is frozenset or inner[-1] is Ellipsis:
        return [inner[0]] * len(value)
    if len(value) != len(inner):
        raise PolicyFileRefused(Code.POLICY_VALUE_WRONG, where)
    return inner


def _record(kind: type, value: object, where: str) -> object:
    given = _given(kind, value, where)
    try:
        return kind(**given)
    except TypeError as error:
        raise PolicyFileRefused(Code.POLICY_FIELD_MISSING, where) from error


def _check_match(match: MatchPolicy, base: MatchPolicy) -> None:
    floor = loosest(base)
    for field in ("same", "among"):
        if getattr(match, field) < floor:
            raise PolicyFileRefused(Code.POLICY_TOO_LOOSE, f"match.{field}")
    for field in ("each_cosine", "among_cosine"):
        if getattr(match, field) < base.each_cosine:
            raise PolicyFileRefused(Code.POLICY_TOO_LOOSE, f"match.{field}")
    marks = [mark for mark, _ in match.anchors]
    scores = [score for _, score in match.anchors]
    rising = marks == sorted(set(marks)) and scores == sorted(scores)
    if not marks or not rising or not set(marks) <= set(MARKS):
        raise PolicyFileRefused(Code.POLICY_VALUE_WRONG, "match.anchors")
    if match.each > match.same:
        raise PolicyFileRefused(Code.POLICY_VALUE_WRONG, "match.each")


def _shown(key: str) -> str:
    """Return a stranger's key, short and printable."""
    return "".join(c for c in key if c.isprintable())[:40]
