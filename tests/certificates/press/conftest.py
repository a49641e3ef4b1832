"""Presses, and what a certificate of household registration prints of somebody."""

from collections.abc import Callable

import pytest

from certificates.catalogue import HOME
from certificates.evidence import Evidence
from certificates.press.press import Press
from tests.certificates.builders import Office, order, person, said
from tests.certificates.press.pages import Page

PageOf = Callable[..., Page]
_CHECK_CODE = "2345-6789-ABCD-EFGH"
"""As wide as most. One in two thousand drawn ones is too wide to be printed from a plate."""


@pytest.fixture(scope="module")
def press() -> Press:
    return Press(HOME)


@pytest.fixture(scope="session")
def page_of(office: Office) -> PageOf:
    def page(**changes: object) -> Page:
        evidence: dict[str, Evidence] = {"population": said(person(**changes))}
        made = office.maker.statement(order(evidence=evidence)).page()
        return made | {"check_code": _CHECK_CODE}

    return page
