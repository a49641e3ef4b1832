"""What every application of a run has in common, worked out once a process.

Most tests build the whole application. Its published data and the code of its routes are the same
each time; reading, trying and compiling them anew was two thirds of what an application costs.
Only what nobody can change is kept, and the compiler of certificates, which works on one page at a
time; and only of the project's own folders: a test that writes types or contracts of its own has
them read as they are.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import pytest
from sqlalchemy import Engine, create_engine
from werkzeug.routing import Rule

from app.core import database
from app.exchange.contracts import library
from app.web import pages
from app.web.pages import Pages
from app.wiring import authorities
from certificates import catalogue
from certificates.catalogue import Catalogue
from certificates.render import Renderer

Builder = Callable[..., tuple[str, str]]
T = TypeVar("T")


def remember(patched: pytest.MonkeyPatch) -> None:
    """Keep contracts, types, pages, routes, statements and one compiler of certificates."""
    patched.setattr(library, "read_contract", _kept(library.read_contract, library.HOME))
    patched.setattr(Catalogue, "load", _kept(Catalogue.load, catalogue.HOME))
    patched.setattr(Pages, "read", _kept(Pages.read, pages.HOME))
    patched.setattr(authorities, "Renderer", _kept(Renderer, catalogue.HOME))
    patched.setattr(Rule, "_compile_builder", _routes(Rule._compile_builder))
    patched.setattr(database, "create_engine", _engines(create_engine))


def _kept(read: Callable[..., T], home: Path) -> Callable[..., T]:
    """Read once what lies in the project's own `home` or is a folder of it; else read anew."""
    kept = cache(read)

    def remembered(folder: Path = home, **more: object) -> T:
        own = home in (folder, folder.parent)
        return (kept if own else read)(folder, **more)

    return remembered


def _routes(compiled: Callable[[Rule, bool], Builder]) -> Callable[[Rule, bool], Builder]:
    kept: dict[Any, Builder] = {}

    def remembered(rule: Rule, append_unknown: bool = True) -> Builder:  # noqa: FBT001, FBT002 - as there
        # A builder is code alone: it asks the rule it is called for about its converters.
        if rule.defaults:
            return compiled(rule, append_unknown)
        key = (rule.rule, tuple(rule._trace), append_unknown)
        if key not in kept:
            kept[key] = compiled(rule, append_unknown)
        return kept[key]

    return remembered


def _engines(create: Callable[..., Engine]) -> Callable[..., Engine]:
    """Engines of one server share what was learned of it, and statements as it is sent them.

    Each has a pool of its own. A program has one engine and works each statement out once.
    """
    kept: dict[str, Engine] = {}

    def remembered(url: str, **more: Any) -> Engine:
        key = f"{url} {more}"
        if key not in kept:
            kept[key] = create(url, **more)
        first = kept[key]
        engine = Engine(
            first.pool.recreate(), first.dialect, first.url, hide_parameters=first.hide_parameters
        )
        engine._compiled_cache = first._compiled_cache
        return engine

    return remembered
