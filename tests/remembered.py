"""What every application of a run has in common, worked out once a process.

Most tests build the whole application. Its published data and the code of its routes are the same
each time; reading, trying and compiling them anew was two thirds of what an application costs.
Only results that nobody can change are kept, and only of the project's own folders: a test that
writes types or contracts of its own has them read as they are.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from werkzeug.routing import Rule

from app.exchange.contracts import library
from app.exchange.contracts.contract import Contract
from app.web import pages
from app.web.pages import Pages
from app.wiring import authorities
from certificates import catalogue
from certificates.catalogue import Catalogue
from certificates.render import Renderer

Builder = Callable[..., tuple[str, str]]


def remember(patched: pytest.MonkeyPatch) -> None:
    """Keep contracts, types, pages, routes and one compiler of certificates, until undone."""
    patched.setattr(library, "read_contract", _contracts(library.read_contract))
    patched.setattr(Catalogue, "load", _types(Catalogue.load))
    patched.setattr(Pages, "read", _pages(Pages.read))
    patched.setattr(authorities, "Renderer", cache(Renderer))
    patched.setattr(Rule, "_compile_builder", _routes(Rule._compile_builder))


def _contracts(read: Callable[[Path], Contract]) -> Callable[[Path], Contract]:
    kept = cache(read)
    return lambda folder: (kept if folder.parent == library.HOME else read)(folder)


def _types(load: Callable[[Path], Catalogue]) -> Callable[..., Catalogue]:
    kept = cache(load)

    def remembered(home: Path = catalogue.HOME) -> Catalogue:
        return (kept if home == catalogue.HOME else load)(home)

    return staticmethod(remembered)


def _pages(read: Callable[..., Pages]) -> Callable[..., Pages]:
    kept = cache(read)

    def remembered(folder: Path, *, origin: str) -> Pages:
        return (kept if folder == pages.HOME else read)(folder, origin=origin)

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
