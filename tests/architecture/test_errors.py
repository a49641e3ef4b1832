"""Every refusal has a code of its own and words in both languages, and is documented."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections import Counter
from pathlib import Path
from types import ModuleType

import app
from app.core.errors import ErrorKind
from app.wiring.error_table import SERVICES, error_table

CHECKOUT = Path(__file__).parents[2]
LISTED = [kind for kinds in SERVICES.values() for kind in kinds]
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def modules() -> list[ModuleType]:
    """Every `errors.py` of the application."""
    names = [m.name for m in pkgutil.walk_packages(app.__path__, "app.")]
    return [importlib.import_module(name) for name in names if name.endswith(".errors")]


def kinds() -> list[ErrorKind]:
    return [v for m in modules() for v in vars(m).values() if isinstance(v, ErrorKind)]


def test_the_search_finds_kinds() -> None:
    assert len(modules()) > 6
    assert set(LISTED) <= set(kinds())


def test_each_code_is_listed_once() -> None:
    assert [code for code, n in Counter(k.code for k in LISTED).items() if n > 1] == []


def test_a_kind_that_is_not_listed_is_a_variant_of_one_that_is() -> None:
    codes = {kind.code for kind in LISTED}
    assert [kind.code for kind in kinds() if kind.code not in codes] == []


def test_codes_are_stable_names() -> None:
    assert [k.code for k in kinds() if not re.fullmatch(r"[A-Z][A-Z0-9_]{2,39}", k.code)] == []


def test_each_refusal_speaks_both_languages() -> None:
    silent = [k.code for k in kinds() if not CHINESE.search(k.zh) or k.zh[-1] != "。"]
    silent += [k.code for k in kinds() if CHINESE.search(k.en) or k.en[-1:] != "."]
    assert silent == []


def test_statuses_are_those_of_errors() -> None:
    assert [k.code for k in kinds() if not 400 <= k.status < 600] == []


def test_kinds_are_made_only_where_they_are_listed() -> None:
    elsewhere = [
        path
        for path in (CHECKOUT / "app").rglob("*.py")
        if path.name != "errors.py" and " ErrorKind(" in path.read_text(encoding="utf-8")
    ]
    assert elsewhere == []


def test_the_documentation_is_up_to_date() -> None:
    """Otherwise: python -c "from app.wiring.error_table import write; write()"."""
    written = (CHECKOUT / "docs" / "errors.md").read_text(encoding="utf-8")
    assert written == error_table()
