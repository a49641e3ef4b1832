"""The operators' page: entered by a code, each panel by its scope."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from launch.system import System
from tests.browser.accessible import serious
from tests.browser.conftest import Contexts
from tests.browser.operators import enrolment_code
from tests.browser.watching import everything_fits
from verify.liveness.findings import RetryCode

pytestmark = [pytest.mark.browser, pytest.mark.model, pytest.mark.timeout(300)]

ALL = (
    "sources.read",
    "queues.read",
    "queues.retry",
    "webhooks.read",
    "webhooks.replay",
    "verifications.read",
    "reconciliation.read",
    "partners.read",
)


@pytest.fixture
def page(contexts: Contexts) -> Page:
    page = contexts(width=1280, height=900, locale="en-GB", touch=False).new_page()
    page.goto("/ops/")
    return page


def entered(page: Page, code: str) -> None:
    page.get_by_label("Enrolment code").fill(code)
    page.get_by_label("Enrolment code").press("Enter")
    expect(page.get_by_text("Signed in: ")).to_be_visible()


def test_with_every_scope_every_panel_is_filled_and_stays_over_a_reload(
    page: Page, system: System, tmp_path: Path
) -> None:
    entered(page, enrolment_code(system, tmp_path, *ALL))
    page.reload()

    expect(page.get_by_role("row", name="population registry")).to_be_visible()
    expect(page.get_by_role("img", name="Verification outcomes")).to_be_visible()
    expect(page.get_by_text("The dispatcher keeps up.")).to_be_visible()
    expect(page.get_by_text("Loading…")).to_have_count(0)
    expect(page.get_by_role("alert")).to_have_count(0)
    assert serious(page) == []
    page.get_by_role("button", name="By the day (30 d)").click()
    page.get_by_text("As a table").click()
    expect(page.get_by_role("columnheader", name="Passed")).to_be_visible()
    page.set_viewport_size({"width": 320, "height": 700})
    assert everything_fits(page)


def test_every_reason_fits_the_smallest_screen_also_where_it_is_rare(
    page: Page, system: System, tmp_path: Path
) -> None:
    def told(route: Route) -> None:
        answer = route.fetch()
        few = {"begin": "2026-11-23T08:00:00Z", "status": "FAILED"}
        items = [{**few, "retry_code": code.value} for code in RetryCode]
        body = {**answer.json(), "items": items}
        route.fulfill(response=answer, json=body)

    page.route("**/v1/operator/verifications/outcomes*", told)
    page.set_viewport_size({"width": 320, "height": 700})
    entered(page, enrolment_code(system, tmp_path, "verifications.read"))
    for code in RetryCode:
        expect(page.get_by_role("rowheader", name=code.value, exact=True)).to_be_visible()
    assert everything_fits(page)


def test_what_is_not_allowed_says_which_scope_is_missing(
    page: Page, system: System, tmp_path: Path
) -> None:
    entered(page, enrolment_code(system, tmp_path, "sources.read"))

    expect(page.get_by_role("row", name="population registry")).to_be_visible()
    for scope in ("verifications.read", "queues.read", "webhooks.read", "reconciliation.read"):
        expect(page.get_by_text(f"“{scope}”")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_label("Enrolment code")).to_be_visible()


def test_a_wrong_code_is_refused_in_words(page: Page) -> None:
    page.get_by_label("Enrolment code").fill("12")
    page.get_by_label("Enrolment code").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("ten letters and digits")
    assert serious(page) == []
    page.get_by_label("Enrolment code").fill("00000-00000")
    page.get_by_role("button", name="Enrol this browser").click()
    expect(page.get_by_role("alert")).not_to_contain_text("ten letters")
